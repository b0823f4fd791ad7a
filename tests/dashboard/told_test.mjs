// What the overview and the stream of events make of what they are told. The numbers are made up here, so that every
// case is there at once; that the server tells such things is shown by the tests of its calls.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { go, shot, start_stage } from "./stage.mjs";

const steps = 180;
const step_s = { "15m": 5, "1h": 20, "24h": 480 };

function stats(window) {
  const step = step_s[window];
  const begin = Math.floor(Date.now() / 1000 / step) * step - steps * step;
  const each = (make) => Array.from({ length: steps }, (_, i) => make(i));
  const wave = (i, middle, swing, length) => middle + swing * Math.sin(i / length) + swing * 0.4 * Math.sin(i / length * 3.1 + 2) + swing * 0.08 * Math.sin(i * 7.3);
  const requests = each((i) => Math.round(wave(i, 190, 80, 29) * step));
  const p50 = each((i) => wave(i, 2.2, 0.6, 23));
  return {
    at: new Date().toISOString(), from: new Date(begin * 1000).toISOString(), step_s: step,
    series: {
      requests, refused: requests.map((all, i) => Math.round(all * Math.max(0.004, 0.05 * Math.sin(i / 17)))), errors: requests.map((all) => Math.round(all * 0.002)),
      latency_p50_ms: p50, latency_p99_ms: p50.map((half, i) => half * 3.4 + Math.abs(wave(i, 1.5, 1.2, 11))),
      waiting: each((i) => Math.round(wave(i, 1150, 160, 41))), inside: each((i) => (i < 12 ? null : 50 - (i % 3))),
    },
    last_24h: { requests: 1204311, refused: 31204, success_rate: 0.9738 }, active_rules: 6, refusing_rules: 2,
    rules: [{ rule: "trial", passed: 1190, refused: 0, would_refuse: 14, denied: 0 }, { rule: "submit", passed: 9020, refused: 40, would_refuse: 0, denied: 2 }],
    top_refused: [
      { key: "203.0.113.7", rule: "api-data", count: 12840, at_most_over: 0 }, { key: "2001:db8:0:14::/64", rule: "api-data", count: 6120, at_most_over: 12 },
      { key: "user:ann", rule: "submit", count: 2210, at_most_over: 0 }, { key: "198.51.100.22", rule: "submit", count: 940, at_most_over: 40 },
    ],
    rooms: [
      { room: "spring-sale", mode: "open", sold_out: false, waiting: 1204, inside: 48, capacity: 50, admitted_per_min: 118, eta: { low_s: 540, high_s: 720 } },
      { room: "enrolment", mode: "paused", sold_out: false, waiting: 87, inside: 200, capacity: 200, admitted_per_min: 0, eta: null },
      { room: "presale", mode: "open", sold_out: true, waiting: 640, inside: 3, capacity: 50, admitted_per_min: 0, eta: null },
    ],
  };
}

const room = (name, members) => ({
  room: name, source: "file", mode: "open", waiting: 0, inside: 0, lanes: [], sold_out: false, awaits_draw: false, joined_total: 700, admitted_total: 1,
  ...members, policy: { capacity: 50, admit: null, mode: "open", order: "fifo", opens_at: null, closes_at: null, stock: null, ...members.policy },
});
const told_rooms = [
  room("presale", {
    waiting: 640, inside: 3, sold_out: true, lanes: [{ name: "gold", share: 3, waiting: 40 }, { name: "normal", share: 1, waiting: 600 }],
    policy: { stock: { inventory: "tickets", factor: 1.5 } },
  }),
  room("misspelt", { sold_out: true, policy: { stock: { inventory: "seets", factor: null } } }),
  room("lottery", { mode: "paused", waiting: 320, awaits_draw: true, policy: { order: "draw", opens_at: "2099-06-01T10:00:00Z" } }),
];
const told_inventories = [{ inventory: "tickets", kind: "count", units: 500, available: 0, held: 80, confirmed: 420, sold_out: true }];
const told_rules = ["trial", "submit", "unmet"].map((name) => ({
  name, match: { paths: ["/api/**"] }, key: ["client"], quotas: [{ algorithm: "sliding_counter", limit: 10, window: "10s" }],
  active: true, dry_run: name === "trial", source: "file",
}));

const at = new Date().toISOString();
const told_events = [
  { type: "request_processed", at, client: "203.0.113.7", endpoint: "/api/data", method: "GET", status: 200, rule: "api-data" },
  { type: "rate_limit_exceeded", at, client: "203.0.113.7", endpoint: "/api/data", method: "GET", status: 429, rule: "api-data", detail: "10 per 10s" },
  { type: "rate_limit_exceeded", at, client: "198.51.100.22", endpoint: "/api/submit", method: "POST", status: 200, rule: "submit", dry_run: true },
  { type: "room", at, detail: "spring-sale paused" },
  { type: "lost", at, count: 12 },
  { type: "stats", at },
];

// Chromium hears this once and does not ask again for an hour.
const stream_of = (events) => `retry: 3600000\n\n${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}`;

describe("what is told", { concurrency: false }, () => {
  let stage;
  before(async () => { stage = await start_stage("admin: { open_on_loopback: true }\n"); });
  after(() => stage?.stop());

  async function visit(options, events = told_events) {
    const visitor = await stage.visit(options);
    await visitor.page.route("**/admin/stats?*", (route) => route.fulfill({ json: stats(new URL(route.request().url()).searchParams.get("window")) }));
    await visitor.page.route("**/admin/events", (route) => route.fulfill({ contentType: "text/event-stream", body: stream_of(events) }));
    for (const [path, told] of [["rooms", { rooms: told_rooms }], ["inventories", { inventories: told_inventories }], ["rules", { rules: told_rules }]])
      await visitor.page.route(`**/admin/${path}`, (route) => route.fulfill({ json: told }));
    await visitor.page.reload();
    await visitor.page.getByRole("navigation").waitFor();
    return visitor;
  }

  test("the overview says the day in a sentence, and draws four charts", async () => {
    const { page, faults } = await visit();
    await page.getByText("1,204,311 requests in 24 hours. 97.4 % went well, 31,204 were refused by 2 rules.").waitFor();
    const names = await page.getByRole("img").evaluateAll((charts) => charts.map((chart) => chart.getAttribute("aria-label")));
    assert.deepEqual(names.map((name) => name.split(".")[0]), ["Traffic", "Success rate", "Latency", "Rooms"]);
    assert.match(names[0], /Requests: now \d+\/s, highest \d+\/s/);
    await page.getByText("9 min to 12 min").waitFor();
    await page.getByRole("listitem").filter({ hasText: "presale" }).getByText("sold out").waitFor();
    await page.getByRole("listitem").filter({ hasText: "enrolment" }).getByText("paused").waitFor();
    await shot(page, "dashboard.png");
    assert.deepEqual(faults, []);
  });

  test("a room that has nothing left to sell is not called open", async () => {
    const { page, faults } = await visit();
    await go(page, "Rooms");
    const presale = page.getByRole("article", { name: "Room presale" });
    await presale.getByText("sold out", { exact: true }).waitFor();
    await presale.getByText("Nothing is left to sell. Nobody is let in or may join").waitFor();
    await presale.getByText("0 available, 80 held, 420 confirmed of 500").waitFor();
    assert.equal(await presale.getByText("Letting in, in order").count(), 0);
    await presale.getByRole("region", { name: "Lanes" }).getByText("40 waiting").waitFor();
    const misspelt = page.getByRole("article", { name: "Room misspelt" });
    await misspelt.getByText('There is no inventory "seets": until it is made, the room counts as sold out.').waitFor();
    assert.equal(await misspelt.getByRole("region", { name: "Lanes" }).count(), 0);
    const lottery = page.getByRole("article", { name: "Room lottery" });
    await lottery.getByText(/Opens 1 Jun 2099.* Whoever comes before is in the draw/).waitFor();
    await lottery.getByText("Not drawn: 320 entrants without a place, who are drawn when the room opens.").waitFor();
    assert.deepEqual(faults, []);
  });

  test("a rule says what it refused, and in dry run what it would have", async () => {
    const { page } = await visit();
    await go(page, "Rules");
    await page.locator("[data-rule=trial]").getByText("Since the start: would have refused 14 of 1,204 requests.").waitFor();
    await page.locator("[data-rule=submit]").getByText("Since the start: refused 42 of 9,062 requests.").waitFor();
    await page.locator("[data-rule=unmet]").getByText("Nothing has met it since the start.").waitFor();
  });

  test("arrow keys read along a chart, and Escape comes back", async () => {
    const { page } = await visit();
    const chart = page.getByRole("img", { name: /^Latency/ });
    await chart.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    const read = page.getByText(/^\d\d:\d\d:\d\d: Median [\d.]+ ms, 99th percentile [\d.]+ ms$/);
    await read.waitFor();
    await page.keyboard.press("Escape");
    await read.waitFor({ state: "detached" });
  });

  test("another span of time is asked for", async () => {
    const { page } = await visit();
    const asked = page.waitForRequest(/stats\?window=24h/);
    await page.getByRole("button", { name: "Last 24 hours" }).click();
    await asked;
    assert.equal(await page.getByRole("button", { name: "Last 24 hours" }).getAttribute("aria-pressed"), "true");
  });

  test("events are listed, filtered and held back", async () => {
    const { page, faults } = await visit();
    await go(page, "Events");
    const rows = page.locator(".event");
    await rows.nth(3).waitFor();
    assert.equal(await rows.count(), 4);
    await page.getByText("12 events came too fast").waitFor();
    await page.getByText("would refuse").waitFor();
    await page.getByLabel("Only of this rule").fill("SUBMIT");
    assert.equal(await rows.count(), 1);
    await page.getByLabel("Only of this rule").fill("");
    await page.getByRole("checkbox", { name: "Requests" }).uncheck();
    assert.equal(await rows.count(), 3);
    await page.getByLabel("Only of this client").fill("nobody");
    await page.getByText("Nothing matches.").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    assert.equal(await page.getByRole("button", { name: "Resume" }).getAttribute("aria-pressed"), "true");
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("Nothing has happened").or(page.getByText("Connecting")).waitFor();
    assert.deepEqual(faults, []);
  });

  test("a flood stays bounded", async () => {
    const { page } = await visit({}, Array.from({ length: 2000 }, (_, i) => ({ ...told_events[0], endpoint: `/${i}` })));
    await go(page, "Events");
    await page.getByText("500 of 500 kept").waitFor();
    assert.equal(await page.locator(".event").count(), 150);
    await page.getByText("/1999", { exact: false }).first().waitFor();
  });

  test("on a phone, in the dark", async () => {
    const { page, faults } = await visit({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: "dark" });
    await page.getByText("1,204,311 requests").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    await shot(page, "dashboard-phone-dark.png");
    for (const place of ["Rooms", "Rules"]) {
      await go(page, place);
      await page.getByRole("heading", { level: 2 }).first().waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, place);
    }
    assert.deepEqual(faults, []);
  });
});
