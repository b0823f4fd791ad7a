// One room: who waits, the door, who is inside; and what an operator does to it.
import { call } from "../api";
import { h, set_text } from "../dom";
import { ask, attempt, say } from "../feedback";
import { count, dash, wait_between, who_wait } from "../format";
import type { RoomNow } from "../stats";
import { limits_form } from "./limits_form";
import { draw_part, lanes_part, stock_part } from "./room_parts";
import { said_of, state_of, type Inventory, type Look, type Mode, type Room } from "./room_state";

const modes: { mode: Mode; verb: string; label: string; question?: [string, string] }[] = [
  { mode: "open", verb: "open", label: "Open" },
  { mode: "paused", verb: "pause", label: "Pause" },
  { mode: "closed", verb: "close", label: "Close", question: ["Close this room?", "Everybody who waits in it loses the place. Those inside stay until their session ends."] },
  { mode: "bypass", verb: "bypass", label: "Bypass", question: ["Let everybody through?", "Nobody waits any more and the capacity is not kept, until the room is opened again."] },
];

export interface RoomCard {
  element: HTMLElement;
  show(room: Room, now: RoomNow | undefined, inventory: Inventory | undefined): void;
}

// A queue of ten is seen as well as one of a million.
const queue_part = (waiting: number): number => (waiting === 0 ? 0 : Math.min(1, 0.12 + Math.log10(waiting) / 6.8));

function scene() {
  const waiting = h("b", { class: "figure c-amber" }, dash);
  const inside = h("b", { class: "figure c-blue" }, dash);
  const of = h("span", { class: "soft" });
  const queue = h("span", { class: "queue" });
  const fill = h("span", { class: "fill" });
  const element = h("div", { class: "scene" },
    h("div", { class: "side wait" }, h("div", { class: "number" }, waiting, h("span", {}, "waiting")), h("div", { class: "lane", "aria-hidden": "true" }, queue)),
    h("div", { class: "door", "aria-hidden": "true" }, h("i")),
    h("div", { class: "side in" }, h("div", { class: "number" }, inside, of), h("div", { class: "lane hall", "aria-hidden": "true" }, fill)));
  return {
    element,
    show(room: Room, look: Look) {
      set_text(waiting, count(room.waiting));
      set_text(inside, count(room.inside));
      const capacity = room.policy.capacity ?? null;
      set_text(of, capacity === null ? "inside" : `of ${count(capacity)} inside`);
      queue.style.setProperty("--part", `${queue_part(room.waiting) * 100}%`);
      fill.style.setProperty("--part", `${(capacity ? Math.min(1, room.inside / capacity) : queue_part(room.inside)) * 100}%`);
      element.dataset["look"] = look;
    },
  };
}

// The rate is of the last minute, or of as much of it as was seen: never more than were let in at all.
function pace_of(room: Room, per_min: number | null | undefined): string {
  return per_min === undefined || per_min === null ? dash : count(Math.min(per_min, room.admitted_total));
}

function facts() {
  const names = ["Wait for who joins now", "Let in per minute", "Joined so far", "Let in so far"];
  const values = names.map(() => h("dd", {}, dash));
  const element = h("dl", { class: "facts" }, ...names.map((name, i) => h("div", {}, h("dt", {}, name), values[i])));
  return {
    element,
    show(room: Room, now: RoomNow | undefined) {
      const eta = now?.eta;
      const texts = [eta ? wait_between(eta.low_s, eta.high_s) : dash,
        pace_of(room, now?.admitted_per_min),
        count(room.joined_total), count(room.admitted_total)];
      values.forEach((value, i) => set_text(value, texts[i] ?? dash));
    },
  };
}

export function room_card(name: string, changed: () => void): RoomCard {
  const state = h("span", { class: "state" });
  const said = h("p", { class: "soft" });
  const view = scene();
  const list = facts();
  const lanes = lanes_part();
  const stock = stock_part();
  const draw = draw_part(name, changed);
  const limits = limits_form(name, changed);
  let now: Mode = "open";
  let waiting = 0;

  async function set_mode({ mode, verb, label, question }: (typeof modes)[number]): Promise<void> {
    if (mode === now) return;
    const warning = question && mode === "closed" && waiting > 0 ? `${who_wait(waiting)}. ${question[1]}` : question?.[1];
    if (question && !(await ask(question[0], warning ?? "", label))) return;
    await attempt(async () => {
      await call("POST", `/rooms/${encodeURIComponent(name)}/${verb}`);
      say(`${name}: ${said_of[mode].toLowerCase()}.`);
      changed();
    }, ...buttons);
  }
  const buttons = modes.map((entry) => h("button", { type: "button", onclick: () => void set_mode(entry) }, entry.label));

  const element = h("article", { class: "room sheet", "aria-label": `Room ${name}` },
    h("header", {}, h("div", {}, h("h2", {}, name), h("p", { class: "state-line" }, state, said)),
      h("div", { class: "segments", role: "group", "aria-label": `Mode of ${name}` }, ...buttons)),
    view.element, lanes.element, stock.element, draw.element, list.element, limits.element);
  return {
    element,
    show(room, stats, inventory) {
      now = room.policy.mode;
      waiting = room.waiting;
      const told = state_of(room, inventory);
      element.dataset["look"] = told.look;
      set_text(state, told.state);
      set_text(said, told.said);
      modes.forEach(({ mode }, i) => buttons[i]?.setAttribute("aria-pressed", String(mode === now)));
      view.show(room, told.look);
      lanes.show(room);
      stock.show(room, inventory);
      draw.show(room);
      list.show(room, stats);
      limits.show(room);
    },
  };
}
