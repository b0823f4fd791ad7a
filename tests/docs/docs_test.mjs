// What a person sees at /docs and /redoc, and that "Try it out" asks this very Doorward.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { start_browser, start_doorward } from "../browser/support.mjs";

const patience = 90000;
const read = (name) => readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), "utf8");
// All five are on in the rate limiter's; a business of the gatekeeper's comes to it.
const key = "an_api_key_of_the_tests";
const example = `${read("rate-limiter")}\nbusiness_ids: ${key}\n`;

describe("the pages of the OpenAPI document", { concurrency: false }, () => {
  let door, browser, document;
  before(async () => {
    door = await start_doorward(example);
    browser = await start_browser();
    document = await (await door.call("GET", "/openapi.json")).json();
  });
  after(async () => {
    await browser?.close();
    await door?.stop();
  });

  // A page, what was asked of which host, and what the browser complained of.
  async function open(path) {
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    const asked = [], faults = [];
    page.on("request", (request) => { if (!request.url().startsWith("data:")) asked.push(new URL(request.url()).origin); });
    page.on("pageerror", (fault) => faults.push(String(fault)));
    page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
    const answer = await page.goto(door.origin + path);
    assert.match(answer.headers()["content-security-policy"], /default-src 'none'/);
    return { page, asked, faults };
  }

  const operation = (method, path) => document.paths[path][method].operationId;

  async function try_out(page, method, path, fill = async () => {}) {
    const tag = document.paths[path][method].tags[0];
    const block = page.locator(`[id="operations-${tag.replaceAll(" ", "_")}-${operation(method, path)}"]`);
    await block.locator(".opblock-summary-control").click();
    await block.getByRole("button", { name: "Try it out" }).click();
    await fill(block);
    await block.getByRole("button", { name: "Execute" }).click();
    const answer = block.locator(".live-responses-table");
    await answer.waitFor();
    return { status: (await answer.locator("tbody .response-col_status").first().innerText()).trim(), text: await answer.innerText() };
  }

  test("/docs lists every call and tries out those of all systems", async () => {
    const { page, asked, faults } = await open("/docs");
    await page.locator(".opblock").first().waitFor();
    const paths = await page.locator(".opblock-summary-path").evaluateAll((all) => all.map((one) => one.getAttribute("data-path")));
    assert.deepEqual(new Set(paths), new Set(Object.keys(document.paths)));

    const submitted = await try_out(page, "post", "/api/submit", async (block) => {
      await block.locator("textarea").fill('{"from": "the page"}');
      await block.getByPlaceholder("X-Client-ID").fill("docs");
    });
    assert.equal(submitted.status, "200");
    assert.match(submitted.text, /"from": "the page"/);
    assert.match(submitted.text, /x-ratelimit-remaining: 99/);
    const health = await try_out(page, "get", "/health");
    assert.equal(health.status, "200");
    assert.match(health.text, /"status": "healthy"/);
    const token = await try_out(page, "post", "/token/");
    assert.equal(token.status, "200");
    assert.match(token.text, /"status": "wait"/);
    const limited = await try_out(page, "get", "/limited/");
    assert.equal(limited.status, "403");
    assert.match(limited.text, /"detail": "Not authenticated"/);
    const reserved = await try_out(page, "post", "/reserve");
    assert.equal(reserved.status, "200");
    assert.match(reserved.text, /"status": "reserved"/);
    const queue = await try_out(page, "get", "/api/v1/queue/status");
    assert.equal(queue.status, "401");
    assert.match(queue.text, /"code": "USER_ID_REQUIRED"/);
    const queued = await try_out(page, "post", "/queue/enqueue", async (block) => {
      await block.getByPlaceholder("business_id").fill(key);
      await block.getByPlaceholder("user_id").fill("ann");
    });
    assert.equal(queued.status, "200");
    assert.match(queued.text, /"message": "User enqueued successfully."/);
    const config = await try_out(page, "get", "/config", (block) => block.getByPlaceholder("business_id").fill(key));
    assert.equal(config.status, "200");
    assert.match(config.text, /"admission_limit": 1000/);
    const native = await try_out(page, "get", "/v1/rooms/{room}", (block) => block.getByPlaceholder("room").fill("none"));
    assert.equal(native.status, "404");
    assert.match(native.text, /There is no room/);

    assert.deepEqual([...new Set(asked)], [door.origin]);
    assert.deepEqual(faults.filter((fault) => !fault.startsWith("Failed to load resource")), []); // the 403 and the 404 asked for
    await page.close();
  });

  test("/docs sends the token that its Authorize button was given", async () => {
    const { page, faults } = await open("/docs");
    await page.locator("button.authorize").first().click();
    const scheme = page.locator(".auth-container").filter({ hasText: "WaitQueueBearer" });
    await scheme.locator("input").fill("no-token-of-mine");
    await scheme.getByRole("button", { name: "Apply credentials" }).or(scheme.getByRole("button", { name: "Authorize" })).first().click();
    await page.locator(".close-modal").click();
    const limited = await try_out(page, "get", "/limited/");
    assert.equal(limited.status, "401");
    assert.match(limited.text, /"detail": "Invalid token"/);
    assert.deepEqual(faults.filter((fault) => !fault.startsWith("Failed to load resource")), []);
    await page.close();
  });

  test("/redoc shows the same", async () => {
    const { page, asked, faults } = await open("/redoc");
    await page.getByRole("heading", { name: "Demonstration: write" }).waitFor();
    await page.getByText("Rate limiter with real-time sync").first().waitFor();
    assert.deepEqual([...new Set(asked)], [door.origin]);
    assert.deepEqual(faults, []);
    await page.close();
  });
});
