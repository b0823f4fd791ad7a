// What happens now, line by line, with filters.
import { h, replace, set_text } from "../dom";
import { count, plural, time_with_seconds } from "../format";
import { kept_max, Stream, type LiveEvent } from "../stream";
import type { View } from "./view";

const drawn_max = 150;
const kinds: [string, string][] = [["request_processed", "Requests"], ["rate_limit_exceeded", "Refused"], ["room", "Rooms"], ["rule", "Rules"]];
const word_of: Record<string, string> = { request_processed: "passed", rate_limit_exceeded: "refused", room: "room", rule: "rule" };

function line(event: LiveEvent): HTMLElement {
  const word = event.type === "rate_limit_exceeded" && event.dry_run ? "would refuse" : word_of[event.type] ?? event.type;
  const what = [event.method, event.endpoint].filter(Boolean).join(" ");
  return h("li", { class: `event ${event.type}${event.dry_run ? " dry" : ""}` },
    h("time", { datetime: event.at }, time_with_seconds(new Date(event.at))),
    h("span", { class: "kind" }, word),
    h("span", { class: "what" }, what ? h("code", {}, what) : null, event.detail ? h("span", { class: "soft" }, event.detail) : null),
    h("span", { class: "status" }, event.status ? String(event.status) : ""),
    h("span", { class: "who", title: event.client ?? "" }, event.client ?? ""),
    h("span", { class: "rule-of" }, event.rule ?? ""));
}

const holds = (text: string | undefined, part: string): boolean => (text ?? "").toLowerCase().includes(part);

export function events(): View {
  const list = h("ol", { class: "events", "aria-label": "Events, the newest first" });
  const none = h("p", { class: "empty" });
  const tally = h("p", { class: "soft tally" });
  const chosen = new Set(kinds.map(([kind]) => kind));
  const rule = h("input", { type: "search", placeholder: "Rule", "aria-label": "Only of this rule", spellcheck: "false" });
  const client = h("input", { type: "search", placeholder: "Client", "aria-label": "Only of this client", spellcheck: "false" });
  const path = h("input", { type: "search", placeholder: "Path", "aria-label": "Only of this path", spellcheck: "false" });
  let paused = false;
  const stream = new Stream(() => draw());

  function draw(): void {
    const [of_rule, of_client, of_path] = [rule, client, path].map((input) => input.value.trim().toLowerCase()) as [string, string, string];
    const found = stream.events.filter((event) => (chosen.has(event.type) || !(event.type in word_of)) && holds(event.rule, of_rule) && holds(event.client, of_client) && holds(event.endpoint, of_path));
    replace(list, ...found.slice(0, drawn_max).map(line));
    none.hidden = found.length > 0;
    set_text(none, stream.events.length > 0 ? "Nothing matches." : stream.open ? "Nothing has happened since this page was opened." : "Connecting…");
    set_text(tally, [
      `${count(found.length)} of ${count(stream.events.length)} kept`,
      stream.events.length === kept_max ? "older ones are gone" : "",
      stream.lost ? `${plural(stream.lost, "event")} came too fast for this stream` : "",
      stream.open ? "" : "not connected",
    ].filter(Boolean).join(" · "));
    set_text(pause, paused ? (stream.fresh ? `Resume, ${count(stream.fresh)} new` : "Resume") : "Pause");
  }

  const boxes = kinds.map(([kind, label]) => h("label", {}, h("input", { type: "checkbox", checked: true, onchange: (event) => {
    if ((event.target as HTMLInputElement).checked) chosen.add(kind);
    else chosen.delete(kind);
    draw();
  } }), h("span", {}, label)));
  const pause = h("button", { type: "button", "aria-pressed": "false", onclick: () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    stream.pause(paused);
  } }, "Pause");
  const clear = h("button", { type: "button", class: "quiet", onclick: () => stream.clear() }, "Clear");
  for (const input of [rule, client, path]) input.addEventListener("input", draw);
  stream.start();
  draw();

  const element = h("div", { class: "view" },
    h("header", { class: "view-head" }, h("h1", {}, "Events"), h("div", { class: "actions" }, clear, pause)),
    h("div", { class: "filters" }, h("fieldset", { class: "pills" }, h("legend", { class: "unseen" }, "Kinds"), ...boxes), rule, client, path),
    h("section", { class: "sheet flush", "aria-label": "Event stream" }, tally, none, list));
  return { element, stop: () => stream.stop() };
}
