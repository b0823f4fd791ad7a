// Making or changing a rule: what most need as fields, everything as JSON.
import { Problem, words_of } from "../api";
import { field, h, set_text } from "../dom";
import { open_dialog } from "../feedback";
import { quota_rows } from "./quota_rows";
import type { Rule } from "./rule";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const keys: [string, string][] = [["client", "Client address"], ["user", "User"], ["api_key", "API key"], ["endpoint", "Path"], ["room", "Room"]];
const number_of_lines = 2;

const lines = (text: string): string[] => text.split(/[\n,]/).map((line) => line.trim()).filter(Boolean);

function pills(legend: string, options: [string, string][], chosen: string[], hint: string) {
  const boxes = options.map(([value]) => h("input", { type: "checkbox", value, checked: chosen.includes(value) }));
  const element = h("fieldset", { class: "pills" }, h("legend", {}, legend),
    ...options.map(([, label], i) => h("label", {}, boxes[i], h("span", {}, label))), h("small", {}, hint));
  return { element, read: () => boxes.filter((box) => box.checked).map((box) => box.value) };
}

function area(value: string[], placeholder: string): HTMLTextAreaElement {
  const element = h("textarea", { rows: number_of_lines, spellcheck: "false", placeholder });
  element.value = value.join("\n");
  return element;
}

function check(label: string, hint: string, checked: boolean) {
  const box = h("input", { type: "checkbox", checked });
  return { box, element: h("label", { class: "check" }, box, h("span", {}, label, h("small", {}, hint))) };
}

// The fields over `rule`; members that have no field here stay as they are.
function fields_of(rule: Rule, is_new: boolean) {
  const name = h("input", { type: "text", required: true, value: rule.name, readonly: !is_new, pattern: "[a-z0-9][a-z0-9._\\-]{0,127}", title: "small letters, digits, '.', '_' and '-'", spellcheck: "false", autocomplete: "off" });
  const paths = area(rule.match?.paths ?? [], "/api/data\n/api/**");
  const hosts = area(rule.match?.hosts ?? [], "every host");
  const by_method = pills("Methods", methods.map((method) => [method, method]), rule.match?.methods ?? [], "None chosen: all.");
  const known = keys.map(([key]) => key);
  const key = rule.key ?? ["client"];
  const by_key = pills("Counted for each", keys, key, "None chosen: all requests share one count.");
  const others = h("input", { type: "text", value: key.filter((part) => !known.includes(part)).join(", "), placeholder: "header:X-Client-ID, cookie:plan", spellcheck: "false" });
  const quotas = quota_rows(rule.quotas ?? []);
  const dry = check("Dry run", "Counts and reports, and refuses nobody.", rule.dry_run ?? false);
  const active = check("Switched on", "", rule.active ?? true);
  const stop = check("The last to apply", "Of the rules that match, none after this one does.", rule.stop ?? false);
  const priority = h("input", { type: "number", value: rule.priority ?? 0 });
  const on_error = h("select", {}, h("option", { value: "open", selected: rule.on_error !== "closed" }, "Let pass"), h("option", { value: "closed", selected: rule.on_error === "closed" }, "Refuse"));
  const element = h("div", { class: "rule-fields" },
    field("Name", name),
    h("div", { class: "two" }, field("Paths", paths, "One a line; /** for everything below. Empty: all."), field("Hosts", hosts)),
    by_method.element, by_key.element, field("and for each", others),
    h("fieldset", {}, h("legend", {}, "Quotas, each of which must hold"), quotas.element),
    h("div", { class: "two" }, dry.element, active.element),
    h("details", {}, h("summary", {}, "More"),
      h("div", { class: "two" }, field("Priority", priority, "Higher comes first."), field("While counters cannot be had", on_error)), stop.element));
  return {
    element,
    read(): Rule {
      return {
        ...rule, name: name.value,
        match: { ...rule.match, paths: lines(paths.value), hosts: lines(hosts.value), methods: by_method.read() },
        key: [...by_key.read(), ...lines(others.value)], quotas: quotas.read(),
        dry_run: dry.box.checked, active: active.box.checked, stop: stop.box.checked,
        priority: Number(priority.value), on_error: on_error.value === "closed" ? "closed" : "open",
      };
    },
  };
}

export function edit_rule(rule: Rule, is_new: boolean, save: (rule: Rule) => Promise<void>): void {
  let fields = fields_of(rule, is_new);
  let as_text = false;
  const body = h("div", {}, fields.element);
  const text = h("textarea", { class: "json", rows: 20, spellcheck: "false", "aria-label": "The rule as JSON" });
  const fault = h("p", { class: "fault", role: "alert" });
  const button = h("button", { type: "submit", class: "primary" }, is_new ? "Create" : "Save");

  const read = (): Rule => (as_text ? JSON.parse(text.value) as Rule : fields.read());
  const toggle = h("button", { type: "button", class: "quiet", onclick: () => {
    try {
      const now = read();
      as_text = !as_text;
      if (as_text) text.value = JSON.stringify(now, null, 2);
      else fields = fields_of(now, is_new);
      body.replaceChildren(as_text ? text : fields.element);
      set_text(toggle, as_text ? "As fields" : "As JSON");
      set_text(fault, "");
    } catch (problem) {
      set_text(fault, words_of(problem));
    }
  } }, "As JSON");

  const form = h("form", { method: "dialog" }, h("header", {}, h("h2", { id: "rule-title" }, is_new ? "A new rule" : rule.name), toggle),
    body, fault, h("div", { class: "actions" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    Promise.resolve().then(read).then(save).then(() => dialog.close(), (problem: unknown) => {
      set_text(fault, problem instanceof Problem ? `${problem.title}. ${problem.detail}` : words_of(problem));
      button.disabled = false;
    });
  });
  const dialog = h("dialog", { class: "rule-dialog", "aria-labelledby": "rule-title" }, form);
  open_dialog(dialog);
}
