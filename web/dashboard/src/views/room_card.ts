// One room: who waits, the door, who is inside; and what an operator does to it.
import { call } from "../api";
import { h, set_text } from "../dom";
import { ask, attempt, say } from "../feedback";
import { count, dash, day_and_time, wait_between, who_wait } from "../format";
import type { RoomNow } from "../stats";
import { limits_form } from "./limits_form";

export type Mode = "open" | "paused" | "closed" | "bypass";
export interface Rate { count: number; every: string }

export interface Room {
  room: string;
  source: "file" | "admin";
  mode: Mode;
  waiting: number;
  inside: number;
  joined_total: number;
  admitted_total: number;
  policy: { capacity?: number | null; admit?: Rate | null; mode: Mode; opens_at?: string | null; closes_at?: string | null };
}

const modes: { mode: Mode; verb: string; label: string; question?: [string, string] }[] = [
  { mode: "open", verb: "open", label: "Open" },
  { mode: "paused", verb: "pause", label: "Pause" },
  { mode: "closed", verb: "close", label: "Close", question: ["Close this room?", "Everybody who waits in it loses the place. Those inside stay until their session ends."] },
  { mode: "bypass", verb: "bypass", label: "Bypass", question: ["Let everybody through?", "Nobody waits any more and the capacity is not kept, until the room is opened again."] },
];

const said_of: Record<Mode, string> = {
  open: "Letting in, in order", paused: "Places are kept, nobody is let in", closed: "Nobody may join", bypass: "Everybody walks through",
};

// `mode` is what holds now, `policy.mode` what the operator said: the times of the room may stand between.
function state_of({ mode, policy }: Room): { state: string; said: string } {
  if (mode === "paused" && policy.mode === "open" && policy.opens_at)
    return { state: "not open yet", said: `Opens ${day_and_time(new Date(policy.opens_at))}. Places are taken already` };
  if (mode === "closed" && policy.mode !== "closed" && policy.closes_at)
    return { state: "closed", said: `Closed since ${day_and_time(new Date(policy.closes_at))}` };
  return { state: mode, said: said_of[mode] };
}

export interface RoomCard {
  element: HTMLElement;
  show(room: Room, now: RoomNow | undefined): void;
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
    show(room: Room) {
      set_text(waiting, count(room.waiting));
      set_text(inside, count(room.inside));
      const capacity = room.policy.capacity ?? null;
      set_text(of, capacity === null ? "inside" : `of ${count(capacity)} inside`);
      queue.style.setProperty("--part", `${queue_part(room.waiting) * 100}%`);
      fill.style.setProperty("--part", `${(capacity ? Math.min(1, room.inside / capacity) : queue_part(room.inside)) * 100}%`);
      element.dataset["mode"] = room.mode;
    },
  };
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
        now?.admitted_per_min === undefined || now.admitted_per_min === null ? dash : count(now.admitted_per_min),
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
    view.element, list.element, limits.element);
  return {
    element,
    show(room, stats) {
      now = room.policy.mode;
      waiting = room.waiting;
      element.dataset["mode"] = room.mode;
      const told = state_of(room);
      set_text(state, told.state);
      set_text(said, told.said);
      modes.forEach(({ mode }, i) => buttons[i]?.setAttribute("aria-pressed", String(mode === now)));
      view.show(room);
      list.show(room, stats);
      limits.show(room);
    },
  };
}
