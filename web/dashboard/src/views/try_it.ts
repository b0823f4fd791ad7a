// Fires requests at an endpoint and shows how its limit is reached.
import { call, is_among_visitors, words_of } from "../api";
import { field, h, replace, set_text } from "../dom";
import { count, millis, plural } from "../format";
import { is_limit_header, is_refusal, limit_of, type LimitSaid } from "../limit_headers";
import type { View } from "./view";

const shots_max = 200;

interface Shot { status: number; took_ms: number; said: LimitSaid; headers: [string, string][]; body: string; fault: string }

interface Order { method: string; path: string; headers: Headers; body: string; shots: number; pause_ms: number }

// Through Doorward itself, where the visitors' listener is another.
async function fire_probe({ method, path, headers, body }: Order): Promise<Shot> {
  const began = performance.now();
  const answer = await call<{ status: number; headers: [string, string][]; body: string }>("POST", "/probe",
    { method, path, headers: Object.fromEntries(headers), ...(body ? { body } : {}) });
  return { status: answer.status, took_ms: performance.now() - began, said: limit_of(new Headers(answer.headers)), headers: answer.headers, body: answer.body.slice(0, 2000), fault: "" };
}

async function fire(order: Order, signal: AbortSignal): Promise<Shot> {
  const began = performance.now();
  try {
    return await (is_among_visitors() ? fire_here(order, signal) : fire_probe(order));
  } catch (fault) {
    return { status: 0, took_ms: performance.now() - began, said: { limit: null, remaining: null, reset_s: null, retry_s: null }, headers: [], body: "", fault: words_of(fault) };
  }
}

async function fire_here({ method, path, headers, body }: Order, signal: AbortSignal): Promise<Shot> {
  const began = performance.now();
  const answer = await fetch(path, { method, headers, signal, cache: "no-store", credentials: "omit", redirect: "manual", ...(body && method !== "GET" && method !== "HEAD" ? { body } : {}) });
  const text = (await answer.text()).slice(0, 2000);
  return { status: answer.status, took_ms: performance.now() - began, said: limit_of(answer.headers), headers: [...answer.headers], body: text, fault: "" };
}

// A column for each request, as high as what was left after it.
function column(shot: Shot, number: number, top: number, choose: () => void): HTMLElement {
  const refused = is_refusal(shot.status);
  const left = shot.said.remaining;
  const label = `Request ${number}: ${shot.fault || shot.status}${left === null ? "" : `, ${plural(left, "left", "left")}`}`;
  const bar = h("i");
  bar.style.setProperty("--part", `${refused || left === null ? 100 : Math.max(3, (left / top) * 100)}%`);
  return h("button", { type: "button", class: `shot ${shot.fault || (shot.status >= 400 && !refused) ? "failed" : refused ? "refused" : left === null ? "unknown" : "passed"}`, title: label, "aria-label": label, onclick: choose }, bar);
}

function details(shot: Shot, number: number): HTMLElement {
  const rows = shot.headers.map(([name, value]) => h("tr", { class: is_limit_header(name) ? "limit" : "" }, h("th", { scope: "row" }, name), h("td", {}, value)));
  rows.sort((a, b) => Number(b.className === "limit") - Number(a.className === "limit"));
  return h("div", { class: "answer" },
    h("h2", {}, `Answer ${number}`), h("p", { class: "answer-line" }, h("b", { class: is_refusal(shot.status) ? "c-rust" : "c-green" }, shot.fault || String(shot.status)), h("span", { class: "soft" }, millis(shot.took_ms))),
    h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Headers" }, h("table", { class: "headers" }, h("tbody", {}, ...rows))),
    shot.body ? h("pre", { tabindex: 0, "aria-label": "Body" }, shot.body) : null);
}

function headers_from(text: string): Headers {
  const headers = new Headers();
  for (const row of text.split("\n")) {
    const colon = row.indexOf(":");
    if (colon > 0) headers.append(row.slice(0, colon).trim(), row.slice(colon + 1).trim());
  }
  return headers;
}

function verdict(shots: Shot[]): string {
  const refused = shots.filter((shot) => is_refusal(shot.status)).length;
  const first = shots.findIndex((shot) => is_refusal(shot.status));
  const passed = shots.filter((shot) => shot.status > 0 && shot.status < 400).length;
  if (shots.length === 0) return "";
  const limit = shots.find((shot) => shot.said.limit !== null)?.said.limit;
  const of = limit === undefined || limit === null ? "" : ` of a limit of ${count(limit)}`;
  const failed = failures_of(shots);
  const others = failed ? ` ${failed}` : "";
  if (refused === 0 && failed && passed === 0) return `No limit was met, but none passed:${others}`;
  if (refused === 0) return `${plural(passed, "request")}${of} passed, none was refused.${others}`;
  return `${plural(passed, "request")}${of} passed; refused from the ${ordinal(first + 1)} on.${others}`;
}

// What was neither passed nor refused by a limit, by its answer: "15 were answered 409."
function failures_of(shots: Shot[]): string {
  const failures = new Map<string, number>();
  for (const { status } of shots) {
    if (is_refusal(status) || (status > 0 && status < 400)) continue;
    const answer = status === 0 ? "not answered" : `answered ${status}`;
    failures.set(answer, (failures.get(answer) ?? 0) + 1);
  }
  const parts = [...failures].map(([answer, n]) => `${count(n)} ${n === 1 ? "was" : "were"} ${answer}`);
  return parts.length ? `${parts.join(", ")}.` : "";
}

const endings: Record<string, string> = { one: "st", two: "nd", few: "rd", other: "th" };
const ordinal = (n: number): string => `${n}${endings[new Intl.PluralRules("en", { type: "ordinal" }).select(n)] ?? "th"}`;

export function try_it(): View {
  const method = h("select", {}, ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map((name) => h("option", { value: name }, name)));
  const path = h("input", { type: "text", required: true, value: "/", pattern: "/.*", title: "a path, beginning with /", spellcheck: "false", autocomplete: "off" });
  const shots = h("input", { type: "number", min: 1, max: shots_max, value: 15, required: true, inputmode: "numeric" });
  const pace = h("select", {}, ...[["0", "one after another"], ["100", "10 a second"], ["500", "2 a second"], ["1000", "1 a second"]].map(([value, label]) => h("option", { value: value ?? "0" }, label ?? "")));
  const headers = h("textarea", { rows: 2, spellcheck: "false", placeholder: "X-Client-ID: ann" });
  const body = h("textarea", { rows: 2, spellcheck: "false", placeholder: '{"a": 1}' });
  const go = h("button", { type: "submit", class: "primary" }, "Fire");
  const columns = h("div", { class: "shots", role: "group", "aria-label": "One column for each request, as high as what was left after it" });
  const said = h("p", { class: "verdict", role: "status" }, "Choose an endpoint and fire. Each request becomes a column, as high as what is left of its limit; a refused one is red.");
  const again = h("p", { class: "soft countdown" });
  const answer = h("section", { class: "sheet", hidden: true, "aria-label": "Answer" });
  let running: AbortController | null = null;
  let countdown = 0;

  function count_down(seconds_left: number): void {
    clearInterval(countdown);
    const end = performance.now() + seconds_left * 1000;
    const tick = (): void => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      set_text(again, left > 0 ? `The same may pass again in ${left} s.` : "The same may pass again now.");
      if (left === 0) clearInterval(countdown);
    };
    tick();
    countdown = window.setInterval(tick, 250);
  }

  async function run(order: Order): Promise<void> {
    const mine = running = new AbortController();
    const done: Shot[] = [];
    clearInterval(countdown);
    replace(columns);
    set_text(again, "");
    set_text(go, "Stop");
    let top = 1;
    const show = (index: number): void => {
      const shot = done[index];
      if (!shot) return;
      answer.hidden = false;
      replace(answer, details(shot, index + 1));
      [...columns.children].forEach((child, i) => child.setAttribute("aria-pressed", String(i === index)));
    };
    for (let i = 0; i < order.shots && !mine.signal.aborted; i += 1) {
      const shot = await fire(order, mine.signal);
      if (mine.signal.aborted) break;
      done.push(shot);
      top = Math.max(top, shot.said.limit ?? 1, shot.said.remaining ?? 1);
      columns.append(column(shot, i + 1, top, () => show(i)));
      if (order.pause_ms) await new Promise((wake) => setTimeout(wake, Math.max(0, order.pause_ms - shot.took_ms)));
    }
    if (running !== mine) return;
    running = null;
    set_text(go, "Fire");
    set_text(said, verdict(done));
    show(done.length - 1);
    const last = done[done.length - 1];
    if (last && is_refusal(last.status) && last.said.retry_s !== null) count_down(last.said.retry_s);
  }

  const form = h("form", { class: "try sheet" },
    h("div", { class: "line" }, field("Method", method), field("Path", path), field("Times", shots), field("Pace", pace), go),
    h("details", {}, h("summary", {}, "Headers and body"), h("div", { class: "two" }, field("Headers", headers, "Name: value, one a line."), field("Body", body))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) {
      running.abort();
      running = null;
      set_text(go, "Fire");
      return;
    }
    try {
      void run({ method: method.value, path: path.value, headers: headers_from(headers.value), body: body.value, shots: Math.min(shots_max, Number(shots.value)), pause_ms: Number(pace.value) });
    } catch (fault) {
      set_text(said, String(fault));
    }
  });

  const element = h("div", { class: "view" }, h("header", { class: "view-head" }, h("h1", {}, "Try it")), form,
    h("section", { class: "sheet result", "aria-label": "Result" }, said, columns, again), answer);
  return { element, stop() { running?.abort(); clearInterval(countdown); } };
}
