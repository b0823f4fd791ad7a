// What only some rooms have: several lines, something to sell, a draw.
import { call } from "../api";
import { h, replace, set_text } from "../dom";
import { ask, attempt, say } from "../feedback";
import { count, plural, who_wait } from "../format";
import type { Inventory, Room } from "./room_state";

// Who waits in which line, and how the admissions are shared out.
export function lanes_part() {
  const list = h("ul", { class: "lanes" });
  const element = h("section", { class: "part", "aria-label": "Lanes", hidden: true }, h("h3", {}, "Lanes"), list);
  let shown = "";
  return {
    element,
    show({ lanes }: Room) {
      element.hidden = lanes.length === 0;
      const now = JSON.stringify(lanes);
      if (now === shown) return;
      shown = now;
      const shares = lanes.reduce((sum, lane) => sum + lane.share, 0);
      const most = Math.max(1, ...lanes.map((lane) => lane.waiting));
      replace(list, ...lanes.map((lane) => {
        const bar = h("span", { class: "bar" });
        bar.style.setProperty("--part", `${(lane.waiting / most) * 100}%`);
        return h("li", {}, h("span", { class: "lane-name" }, lane.name), h("span", {}, h("b", { class: "c-amber" }, count(lane.waiting)), " waiting"),
          h("span", { class: "soft", title: "Of the admissions while people wait in every lane" }, `${count(lane.share)} of ${count(shares)} turns`), bar);
      }));
    },
  };
}

// What is left of the inventory that the room sells.
export function stock_part() {
  const name = h("code");
  const factor = h("span", { class: "soft" });
  const bar = h("div", { class: "stock-bar", "aria-hidden": "true" }, h("i", { class: "confirmed" }), h("i", { class: "held" }));
  const words = h("p");
  const element = h("section", { class: "part", "aria-label": "Stock", hidden: true }, h("h3", {}, "Stock ", name, factor), bar, words);
  return {
    element,
    show({ policy }: Room, inventory: Inventory | undefined) {
      const stock = policy.stock;
      element.hidden = !stock;
      if (!stock) return;
      set_text(name, stock.inventory);
      set_text(factor, stock.factor ? ` at most ${stock.factor} inside for each unit` : "");
      bar.hidden = !inventory;
      if (!inventory) {
        set_text(words, `There is no inventory "${stock.inventory}": until it is made, the room counts as sold out.`);
        return;
      }
      const { units, available, held, confirmed } = inventory;
      const part = (n: number): string => `${units ? (n / units) * 100 : 0}%`;
      bar.style.setProperty("--confirmed", part(confirmed));
      bar.style.setProperty("--held", part(held));
      set_text(words, `${count(available)} available, ${count(held)} held, ${count(confirmed)} confirmed of ${count(units)}`);
    },
  };
}

// Whether the lots are drawn; and drawing them now.
export function draw_part(name: string, changed: () => void) {
  const words = h("p");
  let room: Room | undefined;
  const button = h("button", { type: "button", onclick: () => void draw() }, "Draw now");
  const element = h("section", { class: "part draw", "aria-label": "Draw", hidden: true }, h("div", {}, h("h3", {}, "Draw"), words), button);

  async function draw(): Promise<void> {
    const waiting = room?.waiting ?? 0;
    const goes_on = room?.mode === "open" && waiting ? " Who fits goes in at once." : "";
    if (!(await ask("Draw the order now?", `${waiting ? `${who_wait(waiting)} and ${waiting === 1 ? "gets a place" : "get their places"} by lot.` : "Nobody waits."} Whoever comes later stands behind. It is drawn once only.${goes_on}`, "Draw"))) return;
    await attempt(async () => {
      await call("POST", `/rooms/${encodeURIComponent(name)}/draw`);
      say(`${name}: the places are drawn.`);
      changed();
    }, button);
  }

  return {
    element,
    show(now: Room) {
      room = now;
      element.hidden = now.policy.order !== "draw";
      button.hidden = !now.awaits_draw || now.mode === "closed";
      const by_itself = now.policy.opens_at && now.mode === "paused" && now.policy.mode === "open";
      set_text(words, !now.awaits_draw ? "Drawn. Whoever comes now stands behind, by arrival."
        : `Not drawn: ${plural(now.waiting, "entrant")} without a place${by_itself ? ", who are drawn when the room opens" : ""}.`);
    },
  };
}
