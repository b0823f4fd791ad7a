// Capacity and rate of one room. Visitors who were let in cannot be sent back: what opens the door wide asks first.
import { call } from "../api";
import { h, field } from "../dom";
import { ask, attempt, say } from "../feedback";
import { count, plural } from "../format";
import type { Rate, Room } from "./room_state";

interface Limits { capacity: number | null; admit: Rate | null }

const limits_of = ({ policy }: Room): Limits => ({ capacity: policy.capacity ?? null, admit: policy.admit ?? null });

// The bounds of core/room/policy.hpp.
const people_max = 50_000_000;
const rate_max = 1_000_000;
// So many times more is what one zero too much makes of a number.
const much = 10;

const unit_ms: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function per_ms(rate: Rate | null): number | null {
  if (!rate) return null;
  let every = 0;
  for (const [, n, unit] of rate.every.matchAll(/(\d+)(ms|s|m|h|d)/g)) every += Number(n) * (unit_ms[unit ?? ""] ?? 0);
  return rate.count / (every || 1000);
}

const is_removed = (old: number | null, fresh: number | null): boolean => old !== null && fresh === null;
const is_raised_much = (old: number | null, fresh: number | null): boolean => old !== null && fresh !== null && fresh >= old * much;

// The question and its yes; none where at most a few more go in.
function question_of(old: Limits, fresh: Limits): [string, string] | null {
  const [was, will] = [per_ms(old.admit), per_ms(fresh.admit)];
  if (is_removed(old.capacity, fresh.capacity)) return ["Remove the capacity?", "Remove"];
  if (is_removed(was, will)) return ["Remove the rate?", "Remove"];
  if (is_raised_much(old.capacity, fresh.capacity)) return [`Raise the capacity from ${count(old.capacity ?? 0)} to ${count(fresh.capacity ?? 0)}?`, "Raise"];
  if (!is_raised_much(was, will)) return null;
  const text = (rate: Rate | null): string => (rate ? `${count(rate.count)} in every ${rate.every}` : "");
  return [`Raise the rate from ${text(old.admit)} to ${text(fresh.admit)}?`, "Raise"];
}

function outcome_of(room: Room, { capacity, admit }: Limits): string {
  const is_free = capacity === null && admit === null;
  if (room.waiting === 0) return is_free ? "No limit: whoever comes does not wait." : "Nobody waits at the moment.";
  const later = is_free ? " Whoever comes later does not wait." : "";
  const n = Math.min(room.waiting, capacity === null ? Infinity : Math.max(0, capacity - room.inside), admit?.count ?? Infinity);
  if (n === 0) return "Nobody goes in at once.";
  const who = n === 1 ? "1 visitor who waits goes" : `${plural(n, "visitor")} who wait go`;
  const when = room.mode === "open" ? "at once, and cannot be sent back" : "as soon as the room is open";
  return `${is_free ? "No limit: " : ""}${who} in ${when}.${later}`;
}

// What is being typed is not overwritten by what the server says meanwhile, and what is not is neither kept nor sent: it
// may be another's by now.
export function limits_form(room_name: string, changed: () => void) {
  const number = (max: number): HTMLInputElement => h("input", { type: "number", min: 1, max, inputmode: "numeric", placeholder: "no bound" });
  const capacity = number(people_max);
  const rate = number(rate_max);
  const every = h("input", { type: "text", placeholder: "1s", size: 5, autocomplete: "off", spellcheck: "false" });
  const save = h("button", { type: "submit", disabled: true }, "Save");
  const undo = h("button", { type: "button", class: "quiet", hidden: true }, "Undo");
  const form = h("form", { class: "limits" }, field("Capacity", capacity), field("Let in", rate), field("in every", every), h("div", { class: "actions" }, save, undo));
  const inputs = [capacity, rate, every];
  let shown: Room | undefined;
  let known: string[] = ["", "", ""];
  const typed = new Set<HTMLInputElement>();
  let under_way = false;

  const mark = (): void => {
    save.disabled = under_way || typed.size === 0;
    undo.hidden = typed.size === 0;
  };
  const fill = (): void => inputs.forEach((input, i) => {
    const value = known[i] ?? "";
    if (!typed.has(input) && input.value !== value) input.value = value;
  });
  const forget = (values: string[]): void => {
    inputs.forEach((input, i) => { if (input.value === values[i]) typed.delete(input); });
    fill();
    mark();
  };

  // A rate is one thing: its count and its time are sent together.
  function changes(): Partial<Limits> {
    return {
      ...(typed.has(capacity) ? { capacity: capacity.value === "" ? null : Number(capacity.value) } : {}),
      ...(typed.has(rate) || typed.has(every) ? { admit: rate.value === "" ? null : { count: Number(rate.value), every: every.value || "1s" } } : {}),
    };
  }

  async function store(): Promise<void> {
    if (!shown) return;
    const body = changes();
    const old = limits_of(shown);
    const fresh = { ...old, ...body };
    const question = question_of(old, fresh);
    if (question && !(await ask(question[0], outcome_of(shown, fresh), question[1]))) return;
    const sent = inputs.map((input) => input.value);
    under_way = true;
    mark();
    await attempt(async () => {
      shown = await call<Room>("PATCH", `/rooms/${encodeURIComponent(room_name)}`, body);
      know(shown);
      forget(sent); // not what was typed since
      say(`The limits of ${room_name} were changed.`);
      changed();
    });
    under_way = false;
    mark();
  }

  function know({ policy }: Room): void {
    known = [policy.capacity?.toString() ?? "", policy.admit?.count.toString() ?? "", policy.admit?.every ?? ""];
  }

  form.addEventListener("input", () => {
    inputs.forEach((input, i) => {
      if (input.value === known[i]) typed.delete(input);
      else typed.add(input);
    });
    mark();
  });
  undo.addEventListener("click", () => forget(inputs.map((input) => input.value)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void store();
  });
  return {
    element: form,
    show(room: Room) {
      shown = room;
      know(room);
      fill();
    },
  };
}
