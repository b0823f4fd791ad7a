// System 4's story in a real Chromium with both client libraries: enqueue, wait, redirect to /checkout?jwt=…, verify, finish, the next one in.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { start_browser, start_doorward } from "../browser/support.mjs";
import { enqueue, Gatekeeper, waitUntilReady } from "../../sdk/js/gatekeeper.js";
import { shelf } from "./support.mjs";

const example = readFileSync(new URL("../../examples/gatekeeper.yaml", import.meta.url), "utf8");
const patience = { timeout: 30000 };
const keys = Array.from({ length: 8 }, (_, i) => `an_api_key_of_the_tests_${i}`);
const timeout = 60000;

describe("Gatekeeper API with its two libraries", { concurrency: false, timeout: 4 * timeout }, () => {
  let door, browser, context, shop, key;
  before(async () => {
    Object.assign(process.env, { BUSINESS_IDS: keys.join(":"), JWT_SECRET: "your_super_secret_random_string_here" });
    door = await start_doorward(example);
    browser = await start_browser();
  });
  after(async () => {
    await browser?.close();
    await door?.stop();
  });

  async function call(method, path, headers = {}, body) {
    const answer = await fetch(door.origin + path, { method, body: body && JSON.stringify(body),
      headers: { business_id: key, ...headers, ...(body && { "Content-Type": "application/json" }) } });
    assert.equal(answer.status, 200, `${method} ${path}`);
    return answer.json();
  }
  const configure = (settings) => call("POST", "/config", {}, settings);
  // Nobody is let in, until one at a time every second.
  const shut = () => configure({ admission_limit: 1, admission_frequency: 86400 });
  const one_a_second = () => configure({ admission_limit: 1, admission_frequency: 1 });

  // A business of its own for every test.
  beforeEach(async () => {
    key = keys.pop();
    context = await browser.newContext();
    shop = spawn(process.env.DOORWARD_PYTHON ?? "python3", [fileURLToPath(new URL("gatekeeper_backend.py", import.meta.url))],
      { env: { ...process.env, DOORWARD_URL: door.origin, BUSINESS_ID: key }, stdio: ["ignore", "pipe", "inherit"] });
    shop.origin = await new Promise((done, fail) => {
      shop.stdout.on("data", (said) => { const port = /listening on (\d+)/.exec(said)?.[1]; if (port) done(`http://127.0.0.1:${port}`); });
      shop.on("exit", (code) => fail(new Error(`the shop ended with ${code}`)));
    });
  });
  afterEach(async () => {
    shop.removeAllListeners("exit");
    shop.kill();
    await context.close();
  });

  async function visit(user, where = context) {
    const page = await where.newPage();
    await page.goto(`${shop.origin}/?user=${user}`);
    return page;
  }
  const titled = (page, title) => page.waitForFunction((wanted) => document.title === wanted, title, patience);
  const at = (page, place) => page.locator("#place", { hasText: new RegExp(`^place ${place}$`) }).waitFor(patience);
  const jwt_of = (page) => new URL(page.url()).searchParams.get("jwt");

  test("enqueue, wait, redirect, verify, finish, and the next one in", { timeout }, async () => {
    await shut();
    const ann = await visit("ann");
    await at(ann, 1);
    const bob = await visit("bob");
    await at(bob, 2);
    assert.equal((await call("GET", "/config")).updated_config.admission_limit, 1);
    await one_a_second();
    await titled(ann, "Checkout");
    assert.equal(new URL(ann.url()).pathname, "/checkout");
    const jwt = jwt_of(ann);
    assert.equal((await call("GET", "/queue/verify", { jwt })).ready, true);
    await ann.getByRole("button", { name: "Buy" }).click();
    await titled(ann, "Sold");
    assert.equal((await call("GET", "/queue/verify", { jwt })).ready, false);
    await titled(bob, "Checkout");
    await bob.getByRole("button", { name: "Buy" }).click();
    await titled(bob, "Sold");
    const again = await context.newPage();
    assert.equal((await again.goto(`${shop.origin}/checkout?jwt=${jwt}`)).status(), 403);
  });

  test("a reload keeps the place, and another device is told", { timeout }, async () => {
    await shut();
    const ann = await visit("ann");
    await at(ann, 1);
    await at(await visit("bob"), 2);
    await ann.reload();
    await at(ann, 1);
    const elsewhere = await browser.newContext();
    await titled(await visit("ann", elsewhere), "Error: already-queued");
    await elsewhere.close();
    await one_a_second();
    await titled(ann, "Checkout");
  });

  test("without a place, or with a forged one, nobody reaches the checkout", { timeout }, async () => {
    const page = await context.newPage();
    for (const jwt of ["", "forged", "eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoiYW5uIn0."])
      assert.equal((await page.goto(`${shop.origin}/checkout?jwt=${jwt}`)).status(), 403, jwt);
  });

  test("an enqueue whose answer is lost gets its JWT by the next try", { timeout }, async () => {
    await shut();
    let lost = 0;
    const lossy = async (...request) => {
      const answer = await fetch(...request);
      if (lost < 2) { lost += 1; throw new TypeError("the line broke"); }
      return answer;
    };
    const queue = new Gatekeeper({ url: door.origin, businessId: key, storage: shelf(), fetch: lossy });
    const { jwt, position } = await queue.enqueue("ann");
    assert.deepEqual([lost, position], [2, 1]);
    assert.equal((await call("GET", "/queue/status", { jwt })).position, 1);
  });

  test("whoever forgets to configure is told so", { timeout }, async () => {
    await assert.rejects(enqueue("ann"), /Call configure/);
    await assert.rejects(waitUntilReady(), /Call configure/);
  });

  test("the library waits with an end, and is told when a place is gone", { timeout }, async () => {
    await shut();
    const storage = shelf();
    const queue = new Gatekeeper({ url: door.origin, businessId: key, storage });
    await assert.rejects(queue.waitUntilReady(), { type: "not-queued" });
    const { jwt, position } = await queue.enqueue("ann");
    assert.equal(position, 1);
    const controller = new AbortController();
    const reason = new Error("enough");
    await assert.rejects(queue.waitUntilReady({ signal: controller.signal, onPosition: () => controller.abort(reason) }), reason);
    await one_a_second();
    assert.equal(await queue.waitUntilReady(), jwt);
    assert.equal((await call("DELETE", "/queue/finish", { jwt })).status, "ready_cleared");
    await assert.rejects(queue.waitUntilReady(), { type: "ticket-over", reason: "forgotten" });
    assert.equal(storage.size(), 0);
    const stranger = new Gatekeeper({ url: door.origin, businessId: "nobody", storage });
    await assert.rejects(stranger.enqueue("ann"), { name: "DoorwardError", status: 401 });
  });
});
