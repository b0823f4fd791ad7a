// What the waiting page of a room that is not open yet says in a real browser.
// With DOORWARD_SCREENSHOTS=DIR pictures of it are made.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import { start_browser, start_doorward, start_shop } from "./support.mjs";

const patience = { timeout: 30000 };
const hour_ms = 3600000;
const time_zone = "Asia/Seoul";

describe("a room that is not open yet", { concurrency: false }, () => {
  let shop, door, browser;
  let opens_at = in_hours(5);

  function in_hours(hours) { return new Date(Math.ceil(Date.now() / 60000) * 60000 + hours * hour_ms).toISOString(); }

  before(async () => {
    shop = await start_shop();
    door = await start_doorward(`
upstreams:
  shop: http://127.0.0.1:${shop.port}
rooms:
  line: { capacity: 5, opens_at: "${opens_at}", display: { title: Spring Concert } }
  lot: { capacity: 5, order: draw, opens_at: "${opens_at}", display: { title: Spring Concert } }
routes:
  - { path: /line/**, room: line, upstream: shop }
  - { path: /lot/**, room: lot, upstream: shop }
`);
    browser = await start_browser();
  });

  after(async () => {
    await browser?.close();
    await door?.stop();
    shop?.stop();
  });

  async function visitor(options = {}) {
    const context = await browser.newContext({ locale: "en-US", timezoneId: time_zone, viewport: { width: 390, height: 844 }, ...options });
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (fault) => faults.push(String(fault)));
    page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
    return { context, page, faults };
  }

  async function set_opening(room, time) {
    const answer = await door.call("PATCH", `/v1/admin/rooms/${room}`, { token: "admin", body: { opens_at: time } });
    assert.ok(answer.ok, `the change answered ${answer.status}`);
  }

  const live = (page) => page.waitForSelector("#dw-link:not(.dw-off):not([hidden])", patience);
  const digits = (page) => page.textContent("#dw-opens-in > :first-child");
  const opening = (page) => page.getAttribute("#dw-opens-at", "datetime");
  const in_zone = (time, what) => new Intl.DateTimeFormat("en-US", { ...what, timeZone: time_zone }).format(new Date(time));
  const shot = async (page, name) => {
    if (process.env.DOORWARD_SCREENSHOTS) await page.screenshot({ path: join(process.env.DOORWARD_SCREENSHOTS, name), fullPage: true });
  };

  let ann;

  test("the page says when, in the visitor's time zone, and counts down without asking", async () => {
    ann = await visitor();
    await ann.page.goto(`${door.origin}/line/`);
    await live(ann.page);
    assert.equal(new Date(await opening(ann.page)).toISOString(), opens_at);
    const moment = await ann.page.textContent("#dw-opens-at");
    const time = in_zone(opens_at, { hour: "numeric", minute: "2-digit" }).split(/\s/)[0];
    for (const part of [in_zone(opens_at, { weekday: "long" }), in_zone(opens_at, { month: "long", day: "numeric" }), time, "GMT+9"])
      assert.ok(moment.includes(part), `${part} in ${moment}`);
    assert.match(await ann.page.textContent("#dw-lead"), /not open yet/);
    assert.equal(await ann.page.textContent("#dw-position"), "1");
    const asked = [];
    ann.page.on("request", (request) => asked.push(request.url()));
    for (let changes = 0; changes < 2; changes += 1) {
      const before = await digits(ann.page);
      assert.match(before, /^[45]:\d\d:\d\d$/);
      await ann.page.waitForFunction((text) => document.querySelector("#dw-opens-in > :first-child").textContent !== text, before, patience);
    }
    assert.deepEqual(asked.filter((url) => !url.endsWith("/events")), []);
    await shot(ann.page, "opening.png");
  });

  test("who hears the page is told minutes and not seconds, and only when asked", async () => {
    const timer = ann.page.getByRole("timer", { name: "Opens in" });
    await timer.waitFor(patience);
    assert.equal(await timer.getAttribute("aria-live"), null, "a timer is silent by itself");
    assert.equal(await ann.page.getAttribute("#dw-opens-in > :first-child", "aria-hidden"), "true");
    assert.match(await ann.page.textContent("#dw-opens-in > :last-child"), /^About [45] hours( \d+ minutes?)?$/);
    assert.doesNotMatch(await ann.page.textContent("[role=status]"), /:\d\d/);
  });

  test("another time is on the open page with its next event", async () => {
    opens_at = in_hours(30);
    await set_opening("line", opens_at);
    await ann.page.waitForFunction(
      (time) => Date.parse(document.getElementById("dw-opens-at").dateTime) === Date.parse(time), opens_at, patience);
    assert.match(await digits(ann.page), /^(29|30):\d\d:\d\d$/);
    assert.match(await ann.page.textContent("[role=status]"), /^Opens in: About/);
  });

  test("a device whose clock is wrong counts by the server's", async () => {
    const bob = await visitor();
    await bob.page.clock.setFixedTime(new Date("2001-02-03T04:05:06Z"));
    await bob.page.goto(`${door.origin}/line/`);
    assert.match(await digits(bob.page), /^(29|30):\d\d:\d\d$/);
    await bob.context.close();
  });

  test("without JavaScript the page says about how long it is, and the moment", async () => {
    const cleo = await visitor({ javaScriptEnabled: false });
    await cleo.page.goto(`${door.origin}/line/`);
    assert.match(await cleo.page.textContent("#dw-opens-in"), /^About (29|30) hours( \d+ minutes?)?$/);
    assert.equal(await cleo.page.textContent("#dw-opens-at"), `${opens_at.slice(0, 16).replace("T", " ")} UTC`);
    await shot(cleo.page, "opening-without-javascript.png");
    await cleo.context.close();
  });

  test("before a draw it says when it draws, and that coming earlier is no advantage, in every language", async () => {
    const said = { en: "no advantage", ko: "유리하지 않습니다", ja: "有利にはなりません", zh: "没有优势", es: "no da ventaja" };
    for (const [language, words] of Object.entries(said)) {
      const dan = await visitor({ locale: language, colorScheme: language === "ko" ? "dark" : "light" });
      await dan.page.goto(`${door.origin}/lot/`);
      await live(dan.page);
      assert.ok((await dan.page.textContent("#dw-lead")).includes(words), language);
      assert.match(await digits(dan.page), /^\d:\d\d:\d\d$/, language);
      assert.ok(await dan.page.isHidden("#dw-place"), language);
      await shot(dan.page, `draw-${language}.png`);
      assert.deepEqual(dan.faults, [], language);
      await dan.context.close();
    }
  });

  test("once it is open the countdown is gone and the visitor is let in", async () => {
    assert.deepEqual(ann.faults, []); // the shop has no icon, which is none of the waiting page's
    await set_opening("line", null);
    await ann.page.getByRole("heading", { name: "The shop" }).waitFor(patience);
    await ann.context.close();
  });
});
