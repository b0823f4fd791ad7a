// A visitor's way through the queue in a real browser, behind two hundred others.
// With DOORWARD_SCREENSHOTS=DIR the screenshots of docs/ are made anew.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import { identity, start_browser, start_doorward, start_shop } from "./support.mjs";

const others_count = 200;
const capacity = 5;
const room = "sale";
const patience = { timeout: 30000 };

describe("waiting page", { concurrency: false }, () => {
  let shop, door, browser;
  let others = [];

  before(async () => {
    shop = await start_shop();
    door = await start_doorward(`
upstreams:
  shop: http://127.0.0.1:${shop.port}
rooms:
  sale:
    capacity: ${capacity}
    session: { ttl: 10m, renew: use }
    claim: { ttl: 5m }
    display: { title: Spring Concert }
routes:
  - { path: /buy/**, room: sale, upstream: shop }
${identity}`);
    shop.door = door.origin;
    browser = await start_browser();
    for (let i = 0; i < others_count; i += 1) {
      const answer = await door.call("POST", `/v1/rooms/${room}/tickets`);
      assert.equal(answer.status, 201);
      others.push(await answer.json());
    }
  });

  after(async () => {
    await browser?.close();
    await door?.stop();
    shop?.stop();
  });

  // Ends the sessions of the next `count` visitors, in the order in which they were let in.
  async function finish(count) {
    for (const other of others.splice(0, count)) {
      const answer = await door.call("DELETE", `/v1/sessions/${other.ticket}`, { token: "admin" });
      assert.ok(answer.ok, `finish answered ${answer.status}`);
    }
  }

  async function visitor(options = {}) {
    const context = await browser.newContext({ locale: "en-US", viewport: { width: 480, height: 800 }, ...options });
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (fault) => faults.push(String(fault)));
    page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
    return { context, page, faults };
  }

  const place = async (page) => Number((await page.textContent("#dw-position")).replaceAll(/\D/g, ""));
  const ticket = (page) => page.evaluate(() => JSON.parse(document.getElementById("dw-data").textContent).ticket.ticket);
  const place_is = (page, wanted) =>
    page.waitForFunction((n) => document.getElementById("dw-position")?.textContent.replaceAll(/\D/g, "") === String(n),
      wanted, patience);
  const shot = async (page, name) => {
    if (process.env.DOORWARD_SCREENSHOTS) await page.screenshot({ path: join(process.env.DOORWARD_SCREENSHOTS, name) });
  };

  let ann;

  test("the page shows the place and counts down", async () => {
    ann = await visitor();
    const answer = await ann.page.goto(`${door.origin}/buy?seat=7`);
    assert.equal(answer.status(), 200);
    assert.equal(await place(ann.page), others_count - capacity + 1);
    await ann.page.waitForSelector("#dw-link:not(.dw-off):not([hidden])", patience);
    await shot(ann.page, "waiting-page.png");
    await finish(20);
    await place_is(ann.page, others_count - capacity + 1 - 20);
  });

  test("an open page tells at once that the room is paused, and that it goes on", async () => {
    const lead = (part) => ann.page.waitForFunction(
      (text) => document.getElementById("dw-lead").textContent.includes(text), part, patience);
    const set_mode = async (action) => {
      const answer = await door.call("POST", `/v1/admin/rooms/${room}/${action}`, { token: "admin" });
      assert.ok(answer.ok, `${action} answered ${answer.status}`);
    };
    await set_mode("pause");
    await lead("Admission is paused");
    await set_mode("open");
    await lead("You are in the queue");
  });

  test("a reload and a second tab keep the place", async () => {
    const first = await ticket(ann.page);
    await ann.page.reload();
    assert.equal(await ticket(ann.page), first);
    const tab = await ann.context.newPage();
    await tab.goto(`${door.origin}/buy`);
    assert.equal(await ticket(tab), first);
    assert.equal(await place(tab), await place(ann.page));
    await finish(10);
    await Promise.all([place_is(tab, 166), place_is(ann.page, 166)]);
    await tab.close();
    const status = await (await door.call("GET", `/v1/rooms/${room}`)).json();
    assert.equal(status.waiting, 166, "one visitor with two tabs holds one place");
  });

  test("a tab that slept comes back to its place", async () => {
    const first = await ticket(ann.page);
    const devtools = await ann.context.newCDPSession(ann.page);
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await finish(50);
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    await place_is(ann.page, 116);
    assert.equal(await ticket(ann.page), first);
  });

  test("a lost connection is said and comes back by itself", async () => {
    await ann.context.setOffline(true);
    await ann.page.evaluate(() => dispatchEvent(new Event("online")));
    await ann.page.waitForSelector("#dw-link.dw-off", patience);
    await ann.context.setOffline(false);
    await ann.page.waitForSelector("#dw-link:not(.dw-off)", patience);
  });

  test("the page is read out, and every control has a name", async () => {
    assert.match(await ann.page.textContent("[role=status]"), /Your place in line: \d+/);
    assert.equal(await ann.page.getAttribute("html", "lang"), "en");
    await ann.page.getByRole("progressbar", { name: "Progress" }).waitFor(patience);
    await ann.page.keyboard.press("Tab");
    assert.equal(await ann.page.evaluate(() => document.activeElement.textContent), "Leave the queue");
  });

  let bob;

  test("without JavaScript the page reloads itself and keeps the place, in the dark and in Korean", async () => {
    bob = await visitor({ javaScriptEnabled: false, locale: "ko-KR", colorScheme: "dark" });
    await bob.page.goto(`${door.origin}/buy`);
    assert.equal(await place(bob.page), 117);
    assert.match(await bob.page.textContent("main"), /나의 대기 순서/);
    await shot(bob.page, "waiting-page-dark-ko.png");
    await finish(1);
    const until = Date.now() + patience.timeout;
    while (await place(bob.page) !== 116) { // what was asked for before may still be on its way
      assert.ok(Date.now() < until, "the page does not reload itself");
      await bob.page.waitForEvent("load", patience);
    }
  });

  const is_in = (who) => who.page.getByRole("heading", { name: "The shop" }).waitFor(patience);
  const buy = async (who) => {
    await who.page.getByRole("button", { name: "Buy" }).click();
    await who.page.getByRole("heading", { name: "Thank you" }).waitFor(patience);
  };
  const counts = async () => {
    const { waiting, inside } = await (await door.call("GET", `/v1/rooms/${room}`)).json();
    return { waiting, inside };
  };
  let anns_ticket;

  test("the visitor is let in to the page that was asked for", async () => {
    anns_ticket = await ticket(ann.page);
    await finish(115);
    await ann.page.waitForURL(`${door.origin}/buy?seat=7`, patience);
    await is_in(ann);
    await shot(ann.page, "let-in.png");
  });

  test("a purchase ends the buyer's session, and by that the next gets in", async () => {
    const cleo = await visitor();
    await cleo.page.goto(`${door.origin}/buy`);
    assert.equal(await place(cleo.page), 2);
    assert.deepEqual(await counts(), { waiting: 2, inside: capacity }, "full, and bob and cleo wait");
    await buy(ann);
    await is_in(bob);
    await shop.has_ended(1);
    assert.deepEqual(shop.sold, [anns_ticket]);
    assert.deepEqual(shop.ended, [{ ticket: anns_ticket, status: 204 }]);
    assert.deepEqual(await counts(), { waiting: 1, inside: capacity }, "one went, one came");
    await place_is(cleo.page, 1);
    assert.equal(await cleo.page.getAttribute("#dw-bar", "aria-valuenow"), "50", "next, but not in yet");
    await buy(bob);
    await is_in(cleo);
    await shop.has_ended(2);
    assert.deepEqual(shop.ended.map((visit) => visit.status), [204, 204]);
    assert.deepEqual(await counts(), { waiting: 0, inside: capacity });
    assert.deepEqual(cleo.faults, []);
    await cleo.context.close();
  });

  test("a place that is not known any more is said to be so, with a link to join again", async () => {
    const eve = await visitor();
    await eve.page.goto(`${door.origin}/buy`);
    const lost = await ticket(eve.page);
    await eve.context.clearCookies();
    await eve.page.evaluate(() => dispatchEvent(new Event("online")));
    const lead = eve.page.locator("#dw-lead", { hasText: "Your place is not known here any more." });
    await lead.waitFor(patience);
    await eve.page.getByRole("link", { name: "Join the queue again" }).click();
    await eve.page.waitForSelector("#dw-position", patience);
    assert.notEqual(await ticket(eve.page), lost);
    for (const gone of [lost, await ticket(eve.page)])
      await door.call("DELETE", `/v1/sessions/${gone}`, { token: "admin" });
    await eve.context.close();
  });

  test("without JavaScript leaving ends on a page that stays", async () => {
    const crowd = [];
    for (let i = 0; i < capacity; i += 1) crowd.push(await (await door.call("POST", `/v1/rooms/${room}/tickets`)).json());
    const fay = await visitor({ javaScriptEnabled: false });
    await fay.page.goto(`${door.origin}/buy`);
    await fay.page.getByRole("button", { name: "Leave the queue" }).click();
    await fay.page.getByRole("link", { name: "Join the queue again" }).waitFor(patience);
    assert.match(await fay.page.textContent("#dw-lead"), /You have left the queue/);
    assert.equal(await fay.page.locator("meta[http-equiv=refresh]").count(), 0);
    for (const other of crowd) await door.call("DELETE", `/v1/sessions/${other.ticket}`, { token: "admin" });
    await fay.context.close();
  });

  test("leaving gives up the place and offers to join again", async () => {
    const crowd = [];
    for (let i = 0; i < capacity; i += 1) crowd.push(await (await door.call("POST", `/v1/rooms/${room}/tickets`)).json());
    const dan = await visitor();
    await dan.page.goto(`${door.origin}/buy`);
    dan.page.on("dialog", (dialog) => dialog.accept());
    const alert = dan.page.getByRole("alert");
    await dan.page.route("**/tickets/self", (route) => route.fulfill({ status: 403, json: {} }));
    await dan.page.getByRole("button", { name: "Leave the queue" }).click();
    await alert.filter({ hasText: "you are still in the queue" }).waitFor(patience);
    await shot(dan.page, "leave-failed.png");
    await dan.page.unroute("**/tickets/self");
    await dan.page.getByRole("button", { name: "Leave the queue" }).click();
    await dan.page.getByRole("link", { name: "Join the queue again" }).waitFor(patience);
    assert.ok(await alert.isHidden());
    await shot(dan.page, "left.png");
    const status = await (await door.call("GET", `/v1/rooms/${room}`)).json();
    assert.equal(status.waiting, crowd.filter((other) => other.state === "waiting").length);
    await dan.context.close();
  });

  test("a room that is closed says so, offers nothing to join, and does not hurry", async () => {
    const crowd = [];
    for (let i = 0; i < capacity; i += 1) crowd.push(await (await door.call("POST", `/v1/rooms/${room}/tickets`)).json());
    const gil = await visitor();
    await gil.page.goto(`${door.origin}/buy`);
    await gil.page.waitForSelector("#dw-position", patience);
    assert.ok((await door.call("POST", `/v1/admin/rooms/${room}/close`, { token: "admin" })).ok);
    const lead = gil.page.locator("#dw-lead", { hasText: "The queue is closed." });
    await lead.waitFor(patience);
    assert.equal(await gil.page.locator("#dw-foot a, #dw-foot form").count(), 0);
    const answer = await gil.page.goto(`${door.origin}/buy`);
    assert.deepEqual([answer.status(), answer.headers()["retry-after"]], [409, "60"]);
    await lead.waitFor(patience);
    assert.equal(await gil.page.locator("#dw-foot a, #dw-foot form").count(), 0);
    assert.match(await answer.text(), /http-equiv="refresh" content="60"/);
    await shot(gil.page, "closed.png");
    assert.ok((await door.call("POST", `/v1/admin/rooms/${room}/open`, { token: "admin" })).ok);
    await gil.context.close();
  });
});
