// A Doorward and pages of its dashboard. With DOORWARD_SCREENSHOTS=DIR the pictures of docs/ are made anew.
import assert from "node:assert/strict";
import { join } from "node:path";
import { admin_token, start_browser, start_doorward } from "../browser/support.mjs";

export const patience = { timeout: 30000 };
export { admin_token };

export async function start_stage(config) {
  const door = await start_doorward(config);
  const browser = await start_browser();

  // A browser of its own that has not signed in. What goes wrong in it is kept in `faults`.
  async function visit(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: "light", reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(patience.timeout);
    const faults = [];
    page.on("pageerror", (fault) => faults.push(String(fault)));
    page.on("console", (message) => {
      // An answer such as 401 or 429 is logged by Chromium itself.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) faults.push(message.text());
    });
    await page.goto(`${door.admin_origin}/dashboard`);
    return { page, context, faults };
  }

  async function sign_in(options) {
    const visitor = await visit(options);
    await visitor.page.getByLabel("Admin token").fill(admin_token);
    await visitor.page.getByRole("button", { name: "Sign in" }).click();
    await visitor.page.getByRole("navigation").waitFor();
    return visitor;
  }

  return {
    door, visit, sign_in,
    async stop() {
      await browser.close();
      await door.stop();
    },
  };
}

export const go = (page, name) => page.getByRole("navigation").getByRole("link", { name }).click();

export async function shot(page, name) {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  if (process.env.DOORWARD_SCREENSHOTS) await page.screenshot({ path: join(process.env.DOORWARD_SCREENSHOTS, name) });
}

// Asks until it holds.
export async function eventually(what, holds) {
  const give_up = Date.now() + patience.timeout;
  while (Date.now() < give_up) {
    if (await holds()) return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  assert.fail(`in vain: ${what}`);
}
