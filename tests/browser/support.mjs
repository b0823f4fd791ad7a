// Starts a small shop behind the program under test, and a Chromium before it.
import http from "node:http";
import { chromium } from "playwright-core";

export { admin_token, start_doorward } from "../support/doorward.mjs";

export async function start_shop() {
  const sold = [];
  const server = http.createServer((request, response) => {
    if (request.method === "POST") {
      sold.push(request.headers["x-doorward-subject"] ?? "");
      request.resume();
      response.writeHead(303, { Location: "/buy/thanks" }).end();
      return;
    }
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    const thanks = request.url.endsWith("/thanks");
    response.end(thanks ? "<title>Thanks</title><h1>Thank you</h1>"
      : "<title>Shop</title><h1>The shop</h1><form method=post action=/buy><button>Buy</button></form>");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { sold, port: server.address().port, stop: () => server.close() };
}

export function start_browser() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}
