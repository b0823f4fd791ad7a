// Who gets to the dashboard, and what the page may do.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { admin_token, start_stage } from "./stage.mjs";

describe("signing in", { concurrency: false }, () => {
  let stage;
  before(async () => { stage = await start_stage("rooms:\n  sale: { capacity: 5 }\n"); });
  after(() => stage?.stop());

  test("a wrong token is said, the right one opens, a reload keeps it and signing out ends it", async () => {
    const { page, context, faults } = await stage.visit();
    await page.getByLabel("Admin token").fill("not-the-token-0123456789");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "not the admin token" }).waitFor();
    await page.getByLabel("Admin token").fill(admin_token);
    await page.keyboard.press("Enter");
    await page.getByRole("navigation").waitFor();
    const cookies = await context.cookies(`${stage.door.origin}/.doorward/v1`);
    assert.deepEqual(cookies.map(({ name, httpOnly, sameSite, path }) => ({ name, httpOnly, sameSite, path })),
      [{ name: "doorward_admin", httpOnly: true, sameSite: "Strict", path: "/.doorward/" }]);
    assert.equal(await page.evaluate(() => document.cookie), "");
    await page.reload();
    await page.getByRole("navigation").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Admin token").waitFor();
    const answer = await context.request.get(`${stage.door.origin}/.doorward/v1/admin/rooms`, { headers: { Cookie: `doorward_admin=${cookies[0].value}` } });
    assert.equal(answer.status(), 401);
    assert.deepEqual(faults, []);
  });

  test("a session that ended elsewhere leads back to the door", async () => {
    const { page, context } = await stage.sign_in();
    await context.clearCookies();
    await page.getByRole("navigation").getByRole("link", { name: "Rooms" }).click();
    await page.getByLabel("Admin token").waitFor();
  });

  test("the page asks nothing of another site and runs nothing inline", async () => {
    const { page } = await stage.visit();
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    const answer = await page.reload();
    await page.getByLabel("Admin token").waitFor();
    assert.ok(asked.length > 3);
    assert.deepEqual(asked.filter((url) => !url.startsWith(`${stage.door.origin}/`)), []);
    const policy = (await answer.allHeaders())["content-security-policy"];
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|data:|\*/);
    await assert.rejects(page.evaluate(() => { document.body.innerHTML = "<p>x</p>"; }), /TrustedHTML/);
    await assert.rejects(page.evaluate(() => fetch("http://127.0.0.1:1/")), /Failed to fetch/);
  });
});

test("open on loopback, nobody has to sign in", async () => {
  const stage = await start_stage("admin: { open_on_loopback: true }\n");
  try {
    const { page, faults } = await stage.visit();
    await page.getByRole("navigation").waitFor();
    assert.equal(await page.getByRole("button", { name: "Sign out" }).count(), 0);
    assert.deepEqual(faults, []);
  } finally {
    await stage.stop();
  }
});
