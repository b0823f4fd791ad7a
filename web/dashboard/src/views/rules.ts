// The rules: what each says, whether it is on, and what it did lately.
import { call, read_tagged } from "../api";
import { h, replace, set_text, svg } from "../dom";
import { ask, attempt, say } from "../feedback";
import { icons } from "../icons";
import { count, plural } from "../format";
import { read_stats, watch, type Outcomes } from "../stats";
import { algorithms, key_text, match_words, quota_words, sendable, type Rule } from "./rule";
import { edit_rule } from "./rule_form";
import type { View } from "./view";

const period_ms = 3000;
const path_of = (rule: Rule): string => `/rules/${encodeURIComponent(rule.name)}`;
const blank: Rule = {
  name: "", match: { paths: [], methods: [], hosts: [] }, key: ["client"], active: true, dry_run: false,
  quotas: [{ algorithm: "sliding_counter", limit: 100, window: "1m" }],
};

function quota_list(rule: Rule): HTMLElement {
  const quotas = rule.quotas ?? [];
  return h("ul", { class: "rule-quotas" }, ...quotas.map((quota) =>
    h("li", {}, h("b", {}, quota_words(quota)), h("span", { class: "soft" }, algorithms[quota.algorithm] ?? quota.algorithm))));
}

// What it said since the server started. Of a dry run what it would have done is what one looks for.
function outcome_words(rule: Rule, said: Outcomes | undefined): string {
  const { passed = 0, refused = 0, would_refuse = 0, denied = 0 } = said ?? {};
  const all = passed + refused + would_refuse + denied;
  if (all === 0) return "Nothing has met it since the start.";
  const no = rule.dry_run ? `would have refused ${count(would_refuse)}` : `refused ${count(refused + denied)}`;
  return `Since the start: ${no} of ${plural(all, "request")}.`;
}

function rule_row(rule: Rule, refresh: () => void): { element: HTMLElement; tell: (said: Outcomes | undefined) => void } {
  const on = rule.active ?? true;
  const toggle = h("button", { type: "button", class: "switch", role: "switch", "aria-checked": String(on), "aria-label": `${rule.name} switched on`, onclick: () =>
    void attempt(async () => {
      await call("PATCH", path_of(rule), { active: !on });
      say(`${rule.name} is ${on ? "off" : "on"}.`);
      refresh();
    }, toggle) }, h("i"));
  const edit = h("button", { type: "button", "aria-label": `Edit ${rule.name}`, onclick: () => void attempt(async () => {
    const { value, tag } = await read_tagged<Rule>(path_of(rule));
    edit_rule(value, false, async (next) => {
      await call("PUT", path_of(rule), sendable(next), tag);
      say(`${rule.name} was changed.`);
      refresh();
    });
  }, edit) }, "Edit");
  const remove = h("button", { type: "button", class: "quiet", "aria-label": `Delete ${rule.name}`, onclick: () => void (async () => {
    if (!(await ask(`Delete ${rule.name}?`, "Its counters go with it.", "Delete"))) return;
    await attempt(async () => {
      await call("DELETE", path_of(rule));
      say(`${rule.name} was deleted.`);
      refresh();
    }, remove);
  })() }, "Delete");
  const outcome = h("p", { class: `rule-said${rule.dry_run ? "" : " soft"}` });
  const element = h("li", { class: `rule sheet${on ? "" : " off"}`, "data-rule": rule.name },
    h("div", { class: "rule-name" }, h("h2", {}, rule.name), rule.dry_run ? h("span", { class: "chip amber" }, "dry run") : null,
      rule.source === "file" ? h("span", { class: "chip" }, "from the file") : null),
    h("p", { class: "rule-what" }, h("code", {}, match_words(rule.match)), h("span", { class: "soft" }, key_text(rule.key))),
    quota_list(rule), outcome,
    h("div", { class: "rule-acts" }, toggle, edit, remove));
  return { element, tell: (said) => set_text(outcome, outcome_words(rule, said)) };
}

interface Told { rules: Rule[]; said: Map<string, Outcomes> | null }

// Without statistics the rules are shown all the same.
async function ask_rules(): Promise<Told> {
  const [{ rules }, stats] = await Promise.all([call<{ rules: Rule[] }>("GET", "/rules"), read_stats("15m").catch(() => null)]);
  return { rules, said: stats && new Map(stats.rules.map((one) => [one.rule, one])) };
}

export function rules(): View {
  const list = h("ul", { class: "rules" });
  const none = h("p", { class: "empty sheet", hidden: true }, "There is no rule: nobody is refused for asking too often.");
  let shown = "";
  let rows = new Map<string, ReturnType<typeof rule_row>>();
  function show({ rules: all, said }: Told): void {
    const now = JSON.stringify(all);
    if (now !== shown) draw(all);
    shown = now;
    if (said) for (const [name, row] of rows) row.tell(said.get(name));
  }
  function draw(all: Rule[]): void {
    // What had the focus has it again.
    const focused = document.activeElement?.getAttribute("aria-label");
    rows = new Map(all.map((rule) => [rule.name, rule_row(rule, () => void refresh())]));
    replace(list, ...[...rows.values()].map((row) => row.element));
    if (focused) list.querySelector<HTMLElement>(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
    none.hidden = all.length > 0;
  }
  const refresh = async (): Promise<void> => { await ask_rules().then(show, () => undefined); };
  const add = h("button", { type: "button", class: "primary", onclick: () => edit_rule(blank, true, async (rule) => {
    await call("POST", "/rules", sendable(rule));
    say(`${rule.name} was made.`);
    await refresh();
  }) }, svg(icons.plus, 18), h("span", {}, "New rule"));
  const stop = watch(ask_rules, () => period_ms, show);
  const element = h("div", { class: "view" }, h("header", { class: "view-head" }, h("h1", {}, "Rules"), add), list, none);
  return { element, stop };
}
