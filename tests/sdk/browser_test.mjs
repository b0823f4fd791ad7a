// sdk/js in a real Chromium, on a page of another origin than Doorward's, as a shop has it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { start_browser, start_doorward } from "../browser/support.mjs";

const sources = fileURLToPath(new URL("../../sdk/js", import.meta.url));
const patience = { timeout: 30000 };
const page_text = `<!doctype html><title>Shop</title><output id=place>joining</output>
<script type=module>
  import { join } from "/doorward.js";
  const [url, room] = new URLSearchParams(location.search).getAll("q");
  const show = ({ detail }) => { document.getElementById("place").textContent = detail.state + " " + detail.position; };
  const place = window.place = await join({ url, room });
  for (const name of ["position", "admitted", "closed"]) place.addEventListener(name, show);
  show({ detail: place.ticket });
  place.waitUntilReady().then((ticket) => { document.title = ticket.pass ? "Come in" : "No pass"; }, (error) => { document.title = error.reason; });
</script>`;

async function start_shop() {
  const server = http.createServer(async (request, response) => {
    const name = request.url.slice(1);
    if (name === "doorward.js") response.writeHead(200, { "Content-Type": "text/javascript" }).end(await readFile(join(sources, name)));
    else if (name === "favicon.ico") response.writeHead(204).end();
    else response.writeHead(200, { "Content-Type": "text/html" }).end(page_text);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => { server.close(); server.closeAllConnections(); } };
}

describe("a page with the library", { concurrency: false, timeout: 240000 }, () => {
  let shop, door, browser, context, room;
  before(async () => {
    shop = await start_shop();
    door = await start_doorward(`cors: { origins: ["${shop.origin}"] }\n`);
    browser = await start_browser();
  });
  after(async () => {
    await browser?.close();
    await door?.stop();
    shop?.stop();
  });
  let count = 0;
  const others = [];
  // Every test has a room of its own, for one at a time, and four before its visitor.
  beforeEach(async () => {
    room = `sale-${count += 1}`;
    await door.call("PUT", `/v1/admin/rooms/${room}`, { body: { capacity: 1, session: { ttl: "10m" } }, token: "admin" });
    others.length = 0;
    for (let i = 0; i < 4; i += 1) others.push(await (await door.call("POST", `/v1/rooms/${room}/tickets`)).json());
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  async function visit() {
    const page = await context.newPage();
    await page.goto(`${shop.origin}/?q=${encodeURIComponent(door.origin)}&q=${room}`);
    return page;
  }
  const shows = (page, text) => page.locator("#place", { hasText: text }).waitFor(patience);
  const titled = (page, title) => page.waitForFunction((wanted) => document.title === wanted, title, patience);
  const ticket = (page) => page.evaluate(() => window.place.ticket.ticket);
  async function finish(number) {
    for (const other of others.splice(0, number))
      assert.equal((await door.call("DELETE", `/v1/sessions/${other.ticket}`, { token: "admin" })).status, 204);
  }

  test("counts down and is let in", async () => {
    const page = await visit();
    await shows(page, "waiting 4");
    await finish(2);
    await shows(page, "waiting 2");
    await finish(2);
    await titled(page, "Come in");
    await shows(page, "admitted null");
  });

  test("keeps the place over a reload and in a second tab", async () => {
    const page = await visit();
    await shows(page, "waiting 4");
    const first = await ticket(page);
    await page.reload();
    await shows(page, "waiting 4");
    const tab = await visit();
    await shows(tab, "waiting 4");
    assert.deepEqual([await ticket(page), await ticket(tab)], [first, first]);
    await finish(4);
    await Promise.all([titled(page, "Come in"), titled(tab, "Come in")]);
  });

  test("catches up at once when a frozen tab wakes", async () => {
    const page = await visit();
    await shows(page, "waiting 4");
    const devtools = await context.newCDPSession(page);
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await finish(3);
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    await shows(page, "waiting 1");
  });

  test("asks at once when it is seen again, without the timers that a hidden tab lost", async () => {
    const page = await visit();
    await shows(page, "waiting 4");
    await page.waitForFunction(() => window.place.link === "live", null, patience);
    let asked = 0;
    page.on("request", (request) => { if (request.url().endsWith("/self")) asked += 1; });
    const seen = page.waitForRequest((request) => request.url().endsWith("/self") && request.method() === "GET", patience);
    await page.evaluate(() => {
      const now = Date.now();
      let state = "hidden";
      Object.defineProperty(document, "visibilityState", { get: () => state });
      document.dispatchEvent(new Event("visibilitychange"));
      Date.now = () => now + 60000; // it slept for a minute
      state = "visible";
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await seen;
    await page.waitForFunction(() => window.place.link === "live", null, patience);
    assert.equal(asked, 1);
  });

  test("goes on by itself after a time without network", async () => {
    const page = await visit();
    await shows(page, "waiting 4");
    await context.setOffline(true);
    await page.waitForFunction(() => { dispatchEvent(new Event("online")); return window.place.link === "off"; }, null, patience);
    await finish(4);
    await context.setOffline(false);
    await titled(page, "Come in");
  });

  test("leaves", async () => {
    const page = await visit();
    await shows(page, "waiting 4");
    await page.evaluate(() => window.place.leave());
    await titled(page, "left");
    assert.equal((await (await door.call("GET", `/v1/rooms/${room}`)).json()).waiting, 3);
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  });
});
