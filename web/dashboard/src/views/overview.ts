// How things are: a sentence for the day, four charts, who is refused most, and the rooms.
import { make_chart, type Chart, type Values } from "../chart";
import { h, replace, set_text } from "../dom";
import { compact, count, millis, per_second, percent, plural, wait_between } from "../format";
import { read_stats, watch, type RoomNow, type Stats, type Window } from "../stats";
import type { View } from "./view";

const windows: [Window, string, string][] = [["15m", "15 min", "Last 15 minutes"], ["1h", "1 h", "Last hour"], ["24h", "24 h", "Last 24 hours"]];
const period_ms: Record<Window, number> = { "15m": 2000, "1h": 10_000, "24h": 30_000 };

function charts(): Record<"traffic" | "success" | "latency" | "queue", Chart> {
  const note = "now";
  return {
    traffic: make_chart({ title: "Traffic", note, format: per_second,
      lines: [{ label: "Requests", colour: "green", fill: true }, { label: "Refused", colour: "rust", fill: true }] }),
    success: make_chart({ title: "Success rate", note, format: (value) => percent(value), top: 1, ceiling: 1.04,
      lines: [{ label: "Neither refused nor failed", colour: "green" }] }),
    latency: make_chart({ title: "Latency", note, format: millis, top: 5,
      lines: [{ label: "Median", colour: "blue", fill: true }, { label: "99th percentile", colour: "plum", dashed: true }] }),
    queue: make_chart({ title: "Rooms", note, format: compact, top: 5,
      lines: [{ label: "Waiting", colour: "amber", fill: true }, { label: "Inside", colour: "blue" }] }),
  };
}

const rates = (values: Values, step_s: number): Values => values.map((value) => (value === null ? null : value / step_s));

function success_of({ requests, refused, errors }: Stats["series"]): Values {
  return requests.map((all, i) => (all ? Math.max(0, 1 - ((refused[i] ?? 0) + (errors[i] ?? 0)) / all) : null));
}

function day_sentence(stats: Stats): (Node | string)[] {
  const { requests, refused, success_rate } = stats.last_24h;
  if (requests === 0) return ["No request in the last 24 hours. ", h("a", { href: "#/try" }, "Send some.")];
  // Those who refused longer ago than the ranking goes back are not known.
  const by = refused > 0 && stats.refusing_rules > 0 ? [" by ", h("a", { href: "#/rules" }, plural(stats.refusing_rules, "rule"))] : [];
  return [h("b", { class: "c-green" }, count(requests)), ` ${requests === 1 ? "request" : "requests"} in 24 hours. `,
    h("b", { class: "c-green" }, percent(success_rate)), " went well, ",
    h("b", { class: "c-rust" }, count(refused)), ` ${refused === 1 ? "was" : "were"} refused`, ...by, "."];
}

function refused_table(rows: Stats["top_refused"]): HTMLElement {
  if (rows.length === 0) return h("p", { class: "empty" }, "Nobody has been refused.");
  const most = Math.max(...rows.map((row) => row.count), 1);
  return h("ol", { class: "ranks" }, ...rows.slice(0, 8).map((row) => {
    const bar = h("span", { class: "bar" });
    bar.style.setProperty("--part", `${(row.count / most) * 100}%`);
    const about = row.at_most_over > 0 ? ` (at most ${count(row.at_most_over)} fewer)` : "";
    return h("li", {}, h("code", { title: row.key }, row.key), h("span", { class: "soft" }, row.rule),
      h("b", { title: about }, count(row.count)), bar);
  }));
}

function room_line(room: RoomNow): HTMLElement {
  const eta = room.eta ? `wait: ${wait_between(room.eta.low_s, room.eta.high_s)}` : "";
  // Why nobody is let in says more than an estimate.
  const halt = room.mode === "open" && room.sold_out ? "sold out" : room.mode === "paused" || room.mode === "closed" ? room.mode : "";
  return h("li", {}, h("a", { href: "#/rooms" }, room.room),
    h("span", {}, h("b", { class: "c-amber" }, count(room.waiting)), " waiting"),
    h("span", {}, h("b", { class: "c-blue" }, count(room.inside)), " inside"),
    halt ? h("span", { class: room.mode === "paused" ? "c-amber" : "c-rust" }, halt) : h("span", { class: "soft", title: "Wait for who joins now" }, room.mode === "bypass" ? "bypass" : eta));
}

export function overview(): View {
  let window: Window = "15m";
  let stop_watch: () => void = () => undefined;
  const sentence = h("p", { class: "day" }, "…");
  const set = charts();
  const refused = h("div");
  const rooms = h("ul", { class: "room-lines" });
  const caption = h("span", { class: "unseen" });
  const buttons = windows.map(([key, label, spoken]) => h("button", { type: "button", "aria-label": spoken, onclick: () => choose(key) }, label));
  const switcher = h("div", { class: "segments", role: "group", "aria-label": "How far back" }, ...buttons);

  function show(stats: Stats): void {
    replace(sentence, ...day_sentence(stats));
    const { series, step_s } = stats;
    const begin = Date.parse(stats.from) / 1000;
    const times = series.requests.map((_value, i) => begin + i * step_s);
    set.traffic.set(times, [rates(series.requests, step_s), rates(series.refused, step_s)]);
    set.success.set(times, [success_of(series)]);
    set.latency.set(times, [series.latency_p50_ms, series.latency_p99_ms]);
    set.queue.set(times, [series.waiting, series.inside]);
    replace(refused, refused_table(stats.top_refused));
    replace(rooms, ...(stats.rooms.length ? stats.rooms.map(room_line) : [h("li", { class: "empty" }, "There is no room.")]));
  }

  function choose(next: Window): void {
    window = next;
    windows.forEach(([key, , spoken], i) => {
      buttons[i]?.setAttribute("aria-pressed", String(key === next));
      if (key === next) set_text(caption, spoken);
    });
    stop_watch();
    stop_watch = watch(() => read_stats(window), () => period_ms[window], show);
  }
  choose(window);

  const element = h("div", { class: "view" },
    h("header", { class: "view-head" }, h("h1", { class: "unseen" }, "Overview"), sentence, switcher, caption),
    h("section", { class: "charts", "aria-label": "Charts" }, ...Object.values(set).map((chart) => chart.element)),
    h("div", { class: "pair" },
      h("section", { class: "sheet" }, h("h2", {}, "Refused most"), refused),
      h("section", { class: "sheet" }, h("h2", {}, "Rooms"), rooms)));
  return { element, stop() { stop_watch(); Object.values(set).forEach((chart) => chart.stop()); } };
}
