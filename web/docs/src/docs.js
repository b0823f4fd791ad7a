// The document of this very Doorward, with "Try it out". Nothing is asked of any other host.
SwaggerUIBundle({
  url: "/.doorward/v1/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  presets: [SwaggerUIBundle.presets.apis],
  validatorUrl: null,
});
