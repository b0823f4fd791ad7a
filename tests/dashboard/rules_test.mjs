// An operator makes, changes, switches off and deletes rules.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually, go, start_stage } from "./stage.mjs";

describe("rules", { concurrency: false }, () => {
  let stage, page, faults;
  const rule = async (name) => {
    const answer = await stage.door.call("GET", `/v1/admin/rules/${name}`, { token: "admin" });
    return answer.ok ? answer.json() : null;
  };
  const row = () => page.locator("[data-rule=api-data]");

  before(async () => {
    stage = await start_stage("admin: { open_on_loopback: true }\n");
    ({ page, faults } = await stage.visit());
    await go(page, "Rules");
    await page.getByText("There is no rule").waitFor();
  });
  after(() => stage?.stop());

  test("a rule is made by its fields", async () => {
    await page.getByRole("button", { name: "New rule" }).click();
    const form = page.getByRole("dialog", { name: "A new rule" });
    await form.getByLabel("Name").fill("api-data");
    await form.getByLabel("Paths").fill("/api/data\n/api/more/**");
    await form.getByRole("checkbox", { name: "GET" }).check();
    await form.getByLabel("and for each").fill("header:X-Client-ID");
    await form.getByLabel("Limit").fill("5");
    await form.getByLabel("in", { exact: true }).fill("10s");
    await form.getByLabel("Counted as").selectOption("token_bucket");
    await form.getByLabel("At once").fill("8");
    await form.getByRole("button", { name: "Create" }).click();
    await row().getByText("5 per 10s, 8 at once").waitFor();
    const made = await rule("api-data");
    assert.deepEqual(made.match.paths, ["/api/data", "/api/more/**"]);
    assert.deepEqual(made.match.methods, ["GET"]);
    assert.deepEqual(made.key, ["client", "header:X-Client-ID"]);
    assert.equal(made.quotas[0].algorithm, "token_bucket");
  });

  test("a second of the name, and a limit of nothing, are refused in the server's words", async () => {
    await page.getByRole("button", { name: "New rule" }).click();
    const form = page.getByRole("dialog", { name: "A new rule" });
    await form.getByLabel("Name").fill("api-data");
    await form.getByRole("button", { name: "Create" }).click();
    await form.getByRole("alert").filter({ hasText: "There is such a rule already" }).waitFor();
    await form.getByLabel("Name").fill("other");
    await form.getByLabel("in", { exact: true }).fill("1ms");
    await form.getByRole("button", { name: "Create" }).click();
    await form.getByRole("alert").filter({ hasText: "window" }).waitFor();
    await page.keyboard.press("Escape");
    await form.waitFor({ state: "detached" });
  });

  test("going back closes the form and stays on the page", async () => {
    const form = page.getByRole("dialog", { name: "A new rule" });
    for (let round = 0; round < 2; round += 1) {
      await page.getByRole("button", { name: "New rule" }).click();
      await form.waitFor();
      await page.waitForFunction((had) => history.length > had, await page.evaluate(() => history.length - 1));
      await page.goBack();
      await form.waitFor({ state: "detached" });
      assert.match(page.url(), /#\/rules$/);
    }
    await page.getByRole("button", { name: "New rule" }).click();
    await form.getByRole("button", { name: "Cancel" }).click();
    await form.waitFor({ state: "detached" });
    await page.getByRole("heading", { level: 1, name: "Rules" }).waitFor();
    assert.match(page.url(), /#\/rules$/, "what closes it otherwise stays too");
  });

  test("what has no field of its own is changed as JSON, and fields keep it", async () => {
    await row().getByRole("button", { name: "Edit api-data" }).click();
    const form = page.getByRole("dialog", { name: "api-data" });
    await form.getByRole("button", { name: "As JSON" }).click();
    const text = JSON.parse(await form.getByLabel("The rule as JSON").inputValue());
    await form.getByLabel("The rule as JSON").fill(JSON.stringify({ ...text, deny: ["192.0.2.0/24"] }));
    await form.getByRole("button", { name: "As fields" }).click();
    await form.getByLabel("Dry run").check();
    await form.getByRole("button", { name: "Save" }).click();
    await row().getByText("dry run").waitFor();
    const changed = await rule("api-data");
    assert.deepEqual(changed.deny, ["192.0.2.0/24"]);
    assert.equal(changed.dry_run, true);
  });

  test("what another changed meanwhile is not overwritten", async () => {
    await row().getByRole("button", { name: "Edit api-data" }).click();
    const form = page.getByRole("dialog", { name: "api-data" });
    await form.getByLabel("Limit").waitFor();
    await stage.door.call("PATCH", "/v1/admin/rules/api-data", { token: "admin", body: { priority: 7 } });
    await form.getByLabel("Limit").fill("6");
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByRole("alert").filter({ hasText: "changed meanwhile" }).waitFor();
    await form.getByRole("button", { name: "Cancel" }).click();
    assert.equal((await rule("api-data")).priority, 7);
  });

  test("it is switched off and on, and deleted when asked for", async () => {
    await row().getByRole("switch").click();
    await eventually("off", async () => (await rule("api-data")).active === false);
    await page.getByRole("switch", { name: "api-data switched on", checked: false }).press("Space");
    await eventually("on", async () => (await rule("api-data")).active === true);
    await row().getByRole("button", { name: "Delete api-data" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("There is no rule").waitFor();
    assert.equal(await rule("api-data"), null);
    assert.deepEqual(faults, []);
  });
});
