// Elements without markup in strings: the page's policy forbids that, and so nothing shown can become code.

type Child = Node | string | number | null | undefined | false;
type Listener = (event: Event) => void;
type Prop = string | number | boolean | null | undefined | Listener;

// h("button", { class: "plain", onclick: go, disabled: true }, "Go")
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, props: Record<string, Prop> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

export function append(element: Element, children: Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(typeof child === "number" ? String(child) : child);
  }
}

export function replace(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

// Writes only what is new, so that a screen reader and a selection are left in peace.
export function set_text(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const svg_space = "http://www.w3.org/2000/svg";

// A drawing of strokes in a square of 24.
export function svg(paths: readonly string[], size = 20): SVGSVGElement {
  const drawing = document.createElementNS(svg_space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("width", String(size));
  drawing.setAttribute("height", String(size));
  drawing.setAttribute("aria-hidden", "true");
  drawing.classList.add("icon");
  for (const path of paths) {
    const line = document.createElementNS(svg_space, "path");
    line.setAttribute("d", path);
    drawing.append(line);
  }
  return drawing;
}

let labels = 0;

// A labelled control; the hint is read with it.
export function field(label: string, control: HTMLElement, hint = ""): HTMLElement {
  labels += 1;
  const id = `f${labels}`;
  control.id = id;
  const note = hint ? h("small", { id: `${id}h` }, hint) : null;
  if (note) control.setAttribute("aria-describedby", `${id}h`);
  return h("div", { class: "field" }, h("label", { for: id }, label), control, note);
}
