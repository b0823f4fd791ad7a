// The demonstration's seat map in two browsers, and a third visitor who waits until something comes back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { start_browser, start_doorward } from "./support.mjs";

const patience = { timeout: 30000 };
const seats_page = new URL("../../examples/shop/seats.html", import.meta.url);

describe("seat map", { concurrency: false }, () => {
  let shop, door, browser;

  before(async () => {
    const page = await readFile(seats_page);
    shop = http.createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(page));
    await new Promise((done) => shop.listen(0, "127.0.0.1", done));
    door = await start_doorward(`
upstreams: { shop: "http://127.0.0.1:${shop.address().port}" }
rooms:
  hall: { capacity: 2, stock: { inventory: hall } }
inventories:
  hall:
    sections: [{ name: A, price: 9900, rows: 1, seats: 3 }]
    currency: EUR
routes:
  - { path: /seats/**, room: hall, upstream: shop }
`);
    browser = await start_browser();
  });

  after(async () => {
    await browser?.close();
    await door?.stop();
    shop?.close();
  });

  async function visitor() {
    const context = await browser.newContext({ locale: "en-US" });
    const page = await context.newPage();
    page.faults = [];
    page.on("pageerror", (fault) => page.faults.push(String(fault)));
    await page.goto(`${door.origin}/seats`);
    return page;
  }
  const seat = (page, number, state) => page.waitForSelector(`[data-seat="A-1-${number}"][data-state=${state}]`, patience);

  test("what one holds, another sees taken; sold out closes the room, and giving back opens it", async () => {
    const ann = await visitor();
    const bob = await visitor();
    await (await seat(ann, 1, "a")).click();
    await (await seat(ann, 2, "a")).click();
    await ann.click("#hold");
    await ann.getByText("You hold 2.").waitFor(patience);
    const colour = (page, number) => page.locator(`[data-seat="A-1-${number}"]`)
      .evaluate((element) => getComputedStyle(element).backgroundColor);
    assert.equal(await colour(ann, 3), "rgb(230, 244, 234)", "free, though not to be chosen now");
    assert.match(await ann.getAttribute('[data-seat="A-1-3"]', "aria-label"), /free, but you hold others/);
    if (process.env.DOORWARD_SCREENSHOTS) await ann.screenshot({ path: `${process.env.DOORWARD_SCREENSHOTS}/seats-held.png` });
    await seat(bob, 1, "h");
    assert.ok(await (await seat(bob, 2, "h")).isDisabled());
    const carol = await visitor();
    await carol.waitForFunction(() => document.getElementById("dw-position")?.textContent === "1", null, patience);

    await (await seat(bob, 3, "a")).click();
    await bob.click("#hold");
    const lead = (part) => carol.waitForFunction(
      (text) => document.getElementById("dw-lead").textContent.includes(text), part, patience);
    await lead("sold out or held");
    await bob.click("#buy");
    await seat(ann, 3, "c");
    await ann.click("#back");
    await seat(bob, 1, "a");
    await lead("You are in the queue");
    assert.deepEqual([...ann.faults, ...bob.faults, ...carol.faults], []);
  });
});
