// An operator looks after the rooms.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually, go, shot, start_stage } from "./stage.mjs";

const inside_count = 40;
const waiting_count = 120;

describe("rooms", { concurrency: false }, () => {
  let stage, page, faults, card;
  const room = async () => (await stage.door.call("GET", "/v1/admin/rooms/spring-sale", { token: "admin" })).json();

  before(async () => {
    stage = await start_stage(`rooms:
  spring-sale: { capacity: ${inside_count}, session: { ttl: 10m }, claim: { ttl: 5m } }
  winter-sale: { opens_at: 2099-06-01T10:00:00Z }
  last-seats: { stock: { inventory: seats } }
  lottery: { order: draw, lanes: [ { name: gold, share: 3 }, { name: normal, share: 1 } ] }
inventories: { seats: { count: 0 } }
`);
    for (let i = 0; i < 3; i += 1) assert.equal((await stage.door.call("POST", "/v1/rooms/lottery/tickets")).status, 201);
    for (let i = 0; i < waiting_count + inside_count; i += 1) {
      const answer = await stage.door.call("POST", "/v1/rooms/spring-sale/tickets");
      assert.equal(answer.status, 201);
    }
    ({ page, faults } = await stage.sign_in());
    await go(page, "Rooms");
    card = page.getByRole("article", { name: "Room spring-sale" });
  });
  after(() => stage?.stop());

  test("a room shows who waits and who is inside", async () => {
    await card.getByText("of 40 inside").waitFor();
    await eventually("both figures are there", async () =>
      (await card.locator(".figure").allTextContents()).join(" ") === `${waiting_count} ${inside_count}`);
    await shot(page, "dashboard-rooms.png");
  });

  test("its mode is set by its buttons", async () => {
    await card.getByRole("button", { name: "Pause" }).click();
    await eventually("paused", async () => (await room()).mode === "paused");
    await card.getByText("Places are kept").waitFor();
    await card.getByRole("button", { name: "Open" }).click();
    await eventually("open", async () => (await room()).mode === "open");
  });

  test("a room that opens later says so, and can be paused until then", async () => {
    const later = page.getByRole("article", { name: "Room winter-sale" });
    await later.getByText("not open yet").waitFor();
    await later.getByText(/Opens 1 Jun 2099/).waitFor();
    await later.getByRole("button", { name: "Open", pressed: true }).waitFor();
    await later.getByRole("button", { name: "Pause" }).click();
    await later.getByText("Places are kept, nobody is let in").waitFor();
    assert.equal(await later.getByText("not open yet").count(), 0);
  });

  test("a room that has nothing to sell says so", async () => {
    const sold_out = page.getByRole("article", { name: "Room last-seats" });
    await sold_out.getByText("sold out", { exact: true }).waitFor();
    await sold_out.getByText("0 available, 0 held, 0 confirmed of 0").waitFor();
  });

  test("a draw shows who waits in which lane, and is drawn once", async () => {
    const lottery = page.getByRole("article", { name: "Room lottery" });
    await lottery.getByText("to be drawn").waitFor();
    const lanes = lottery.getByRole("region", { name: "Lanes" });
    await lanes.getByRole("listitem").filter({ hasText: "gold" }).getByText("3 waiting").waitFor();
    await lanes.getByRole("listitem").filter({ hasText: "normal" }).getByText("0 waiting").waitFor();
    await lottery.getByRole("button", { name: "Draw now" }).click();
    const question = page.getByRole("dialog", { name: "Draw the order now?" });
    await question.getByText("3 visitors wait and get their places by lot.").waitFor();
    await question.getByRole("button", { name: "Draw" }).click();
    await lottery.getByText("Drawn. Whoever comes now stands behind").waitFor();
    assert.equal(await lottery.getByRole("button", { name: "Draw now" }).count(), 0);
  });

  test("closing asks first, and Escape is no", async () => {
    await card.getByRole("button", { name: "Close" }).click();
    const question = page.getByRole("dialog", { name: "Close this room?" });
    await question.getByText(`${waiting_count} visitors wait`).waitFor();
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "hidden" });
    assert.equal((await room()).mode, "open");
  });

  test("an emptied capacity lets nobody in before a yes", async () => {
    const capacity = card.getByLabel("Capacity");
    assert.equal(await capacity.getAttribute("min"), "1");
    assert.equal(await capacity.getAttribute("max"), "50000000");
    const question = page.getByRole("dialog", { name: "Remove the capacity?" });
    const save = async () => {
      await capacity.fill("");
      await card.getByRole("button", { name: "Save" }).click();
      await question.getByText(`No limit: ${waiting_count} visitors who wait go in at once`).waitFor();
    };
    await save();
    await shot(page, "dashboard-remove-capacity.png");
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "hidden" });
    const { policy, inside } = await room();
    assert.deepEqual([policy.capacity, inside], [inside_count, inside_count]);
    await save();
    await question.getByRole("button", { name: "Cancel" }).click();
    await card.getByRole("button", { name: "Undo" }).click();
    assert.equal(await capacity.inputValue(), String(inside_count));
  });

  test("ten times the capacity, or of the rate, is asked for; a little more is not", async () => {
    const tried = async (fields, name, outcome) => {
      for (const [label, value] of Object.entries(fields)) await card.getByLabel(label, { exact: true }).fill(value);
      await card.getByRole("button", { name: "Save" }).click();
      const question = page.getByRole("dialog", { name });
      await question.getByText(outcome).waitFor();
      await question.getByRole("button", { name: "Cancel" }).click();
      await card.getByRole("button", { name: "Undo" }).click();
    };
    await tried({ Capacity: "400" }, "Raise the capacity from 40 to 400?", `${waiting_count} visitors who wait go in at once`);
    await card.getByLabel("Let in", { exact: true }).fill("2");
    await card.getByLabel("in every").fill("1m");
    await card.getByRole("button", { name: "Save" }).click();
    await eventually("the rate is kept without a question", async () => (await room()).policy.admit?.every === "1m");
    await eventually("nothing is left to save", () => card.getByRole("button", { name: "Save" }).isDisabled());
    await tried({ "in every": "1s" }, "Raise the rate from 2 in every 1m to 2 in every 1s?", "Nobody goes in at once");
    await tried({ "Let in": "" }, "Remove the rate?", "Nobody goes in at once");
  });

  test("capacity and rate are changed, and let visitors in at once", async () => {
    await card.getByLabel("Capacity").fill("50");
    await card.getByLabel("Let in", { exact: true }).fill("100");
    await card.getByLabel("in every").fill("1s");
    await card.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Raise" }).click();
    await eventually("the policy is changed", async () => {
      const { policy, inside } = await room();
      return policy.capacity === 50 && policy.admit?.count === 100 && inside === 50;
    });
    await card.getByText("of 50 inside").waitFor();
    await eventually("nothing is left to save", () => card.getByRole("button", { name: "Save" }).isDisabled());
  });

  test("a rate that is saved leaves the capacity that another set meanwhile", async () => {
    await card.getByLabel("Let in", { exact: true }).fill("90");
    await stage.door.call("PATCH", "/v1/admin/rooms/spring-sale", { token: "admin", body: { capacity: 45 } });
    await eventually("the other's capacity is shown", async () => (await card.getByLabel("Capacity").inputValue()) === "45");
    assert.equal(await card.getByLabel("Let in", { exact: true }).inputValue(), "90", "what is typed stays");
    const sent = page.waitForRequest((request) => request.method() === "PATCH");
    await card.getByRole("button", { name: "Save" }).click();
    assert.deepEqual(Object.keys((await sent).postDataJSON()), ["admit"]);
    await eventually("the rate is changed", async () => (await room()).policy.admit?.count === 90);
    assert.equal((await room()).policy.capacity, 45);
    await eventually("nothing is left to save", () => card.getByRole("button", { name: "Save" }).isDisabled());
  });

  test("what the server refuses is said in its words", async () => {
    await card.getByLabel("in every").fill("soon");
    await card.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").filter({ hasText: "admit.every" }).waitFor();
    await card.getByRole("button", { name: "Undo" }).click();
    assert.equal(await card.getByLabel("in every").inputValue(), "1s");
  });

  test("the keyboard reaches everything", async () => {
    await page.reload();
    await card.waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Pause");
    await page.keyboard.press("Enter");
    await eventually("paused by key", async () => (await room()).mode === "paused");
    assert.deepEqual(faults, []);
  });
});
