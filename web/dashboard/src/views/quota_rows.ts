// The quotas of a rule as rows that can be added and taken away.
import { h, replace, svg } from "../dom";
import { icons } from "../icons";
import { algorithms, type Algorithm, type Quota } from "./rule";

interface Row { element: HTMLElement; read(): Quota }

const has_burst = (algorithm: string): boolean => algorithm === "token_bucket" || algorithm === "gcra";

function labelled(label: string, control: HTMLElement): HTMLElement {
  return h("label", {}, h("span", {}, label), control);
}

function make_row(quota: Quota, remove: (row: Row) => void): Row {
  const limit = h("input", { type: "number", min: 1, required: true, inputmode: "numeric", value: quota.limit });
  const window = h("input", { type: "text", required: true, size: 5, value: quota.window, pattern: "[0-9]+(ms|s|m|h|d)", title: "such as 500ms, 10s, 1m, 24h", spellcheck: "false" });
  const burst = h("input", { type: "number", min: 0, inputmode: "numeric", value: quota.burst ? quota.burst : "", placeholder: "as the limit" });
  const name = h("input", { type: "text", value: quota.name ?? "", placeholder: "as its window", spellcheck: "false" });
  const algorithm = h("select", {}, ...Object.entries(algorithms).map(([key, label]) =>
    h("option", { value: key, selected: key === quota.algorithm }, label)));
  const burst_field = labelled("At once", burst);
  const fit = (): void => { burst_field.hidden = !has_burst(algorithm.value); };
  algorithm.addEventListener("change", fit);
  fit();
  const row: Row = {
    element: h("li", { class: "quota" },
      labelled("Limit", limit), labelled("in", window), labelled("Counted as", algorithm), burst_field, labelled("Called", name),
      h("button", { type: "button", class: "quiet icon-only", "aria-label": `Remove the quota ${quota.name ?? ""}`, onclick: () => remove(row) }, svg(icons.remove, 18))),
    read() {
      const { burst: _burst, name: _name, ...kept } = quota;
      return { ...kept, algorithm: algorithm.value as Algorithm, limit: Number(limit.value), window: window.value,
        ...(name.value ? { name: name.value } : {}),
        ...(has_burst(algorithm.value) && burst.value ? { burst: Number(burst.value) } : {}) };
    },
  };
  return row;
}

export function quota_rows(quotas: Quota[]): { element: HTMLElement; read(): Quota[] } {
  const list = h("ul", { class: "quotas" });
  let rows: Row[] = [];
  const draw = (): void => replace(list, ...rows.map((row) => row.element));
  const remove = (gone: Row): void => {
    rows = rows.filter((row) => row !== gone);
    draw();
  };
  const add = (quota: Quota): void => {
    rows.push(make_row(quota, remove));
    draw();
  };
  quotas.forEach(add);
  const more = h("button", { type: "button", class: "quiet", onclick: () => {
    add({ algorithm: "sliding_counter", limit: 100, window: "1m" });
    list.lastElementChild?.querySelector("input")?.focus();
  } }, svg(icons.plus, 18), h("span", {}, "Another quota"));
  return { element: h("div", {}, list, more), read: () => rows.map((row) => row.read()) };
}
