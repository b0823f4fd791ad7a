// A rule is made, a client meets it, is refused before our eyes, the rule is changed, and the client passes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually, go, start_stage } from "./stage.mjs";
import { start_shop } from "../browser/support.mjs";

describe("live", { concurrency: false }, () => {
  let stage, shop, page, watcher;
  const hit = () => stage.door.call("GET", "/api/data").then((answer) => answer.status);

  before(async () => {
    shop = await start_shop();
    stage = await start_stage(`upstreams: { shop: 'http://127.0.0.1:${shop.port}' }\nroutes: [{ path: /api/**, upstream: shop }]\n`);
    ({ page } = await stage.sign_in());
    ({ page: watcher } = await stage.sign_in());
    await go(watcher, "Events");
    await watcher.getByText("Nothing has happened").waitFor();
  });
  after(async () => {
    await stage?.stop();
    shop?.stop();
  });

  test("a rule is made", async () => {
    await go(page, "Rules");
    await page.getByRole("button", { name: "New rule" }).click();
    const form = page.getByRole("dialog", { name: "A new rule" });
    await form.getByLabel("Name").fill("few");
    await form.getByLabel("Paths").fill("/api/data");
    await form.getByLabel("Limit").fill("3");
    await form.getByLabel("in", { exact: true }).fill("1h");
    await form.getByRole("button", { name: "Create" }).click();
    await page.locator("[data-rule=few]").waitFor();
  });

  test("a client meets it and is refused before our eyes", async () => {
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push(await hit());
    assert.deepEqual(statuses, [200, 200, 200, 429]);
    await watcher.locator(".event.rate_limit_exceeded").filter({ hasText: "few" }).waitFor();
  });

  test("the rule is changed, and the client passes", async () => {
    await page.getByRole("button", { name: "Edit few" }).click();
    const form = page.getByRole("dialog", { name: "few" });
    await form.getByLabel("Limit").fill("100");
    await form.getByRole("button", { name: "Save" }).click();
    await eventually("it passes", async () => (await hit()) === 200);
    await watcher.locator(".event.request_processed").filter({ hasText: "/api/data" }).first().waitFor();
  });

  test("the overview tells of it", async () => {
    await go(page, "Overview");
    await page.getByText(/(was|were) refused by/).waitFor();
    await page.getByRole("heading", { name: "Refused most" }).locator("..").getByText("few").waitFor();
    await page.getByRole("img", { name: /^Traffic/ }).focus();
    await page.keyboard.press("ArrowLeft");
  });
});
