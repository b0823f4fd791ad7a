// The same document to read. Its search runs in a worker made of text, which the page's policy does not allow.
Redoc.init(
  "/.doorward/v1/openapi.json",
  { disableSearch: true, hideDownloadButton: false, hideLoading: true, nativeScrollbars: true },
  document.getElementById("docs"),
);
