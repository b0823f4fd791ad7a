// Starts a small shop behind the program under test, and a Chromium before it.
import { EventEmitter, once } from "node:events";
import http from "node:http";
import { chromium } from "playwright-core";

export { admin_token, start_doorward } from "../support/doorward.mjs";

// The key by which the shop ends visits, and the line for it in the configuration.
const shop_key = "backend-key-0123456789";
export const identity = `
identity:
  api_keys:
    - { name: shop, sha256: 95f691188978c0ae43ea554626cc672c97a850b5c16f277c993472190d647855 }
`;

// A shop whose visits end with the thanks for a purchase: it tells Doorward, whose address is `door`.
export async function start_shop() {
  const shop = { sold: [], ended: [], told: new EventEmitter(), door: null };
  const end_visit = async (ticket) => {
    const answer = await fetch(`${shop.door}/.doorward/v1/sessions/${ticket}`,
      { method: "DELETE", headers: { "X-API-Key": shop_key } });
    shop.ended.push({ ticket, status: answer.status });
    shop.told.emit("ended");
  };
  shop.has_ended = async (count) => { while (shop.ended.length < count) await once(shop.told, "ended"); };
  const server = http.createServer((request, response) => {
    if (request.method === "POST") {
      shop.sold.push(request.headers["x-doorward-ticket"]);
      request.resume();
      response.writeHead(303, { Location: "/buy/thanks" }).end();
      return;
    }
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    const thanks = request.url.endsWith("/thanks");
    response.end(thanks ? "<title>Thanks</title><h1>Thank you</h1>"
      : "<title>Shop</title><h1>The shop</h1><form method=post action=/buy><button>Buy</button></form>");
    if (thanks) end_visit(request.headers["x-doorward-ticket"]);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return Object.assign(shop, { port: server.address().port, stop: () => server.close() });
}

export function start_browser() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}
