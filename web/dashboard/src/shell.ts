// The frame: where one can go, whether the connection stands, light or dark, and signing out.
import { sign_out, type Session } from "./api";
import { h, replace, set_text, svg } from "./dom";
import { attempt } from "./feedback";
import { icons, type IconName } from "./icons";
import { mark } from "./shell_parts";
import { link } from "./stats";
import { next_scheme, scheme } from "./theme";
import { events } from "./views/events";
import { overview } from "./views/overview";
import { rooms } from "./views/rooms";
import { rules } from "./views/rules";
import { try_it } from "./views/try_it";
import type { View } from "./views/view";

interface Place { path: string; label: string; icon: IconName; open: () => View }

const places: Place[] = [
  { path: "", label: "Overview", icon: "overview", open: overview },
  { path: "rooms", label: "Rooms", icon: "rooms", open: rooms },
  { path: "rules", label: "Rules", icon: "rules", open: rules },
  { path: "events", label: "Events", icon: "events", open: events },
  { path: "try", label: "Try it", icon: "try_it", open: try_it },
];

const place_of = (): Place =>
  places.find((place) => place.path === location.hash.replace(/^#\/?/, "").split("/")[0]) ?? (places[0] as Place);

function scheme_button(): HTMLElement {
  const word = h("span", {}, scheme());
  const button = h("button", { type: "button", class: "quiet", onclick: () => {
    set_text(word, next_scheme());
    button.setAttribute("aria-label", `Colours: ${scheme()}`);
  } }, svg(icons.sun, 18), word);
  button.setAttribute("aria-label", `Colours: ${scheme()}`);
  return button;
}

function link_line(): { element: HTMLElement; stop: () => void } {
  const word = h("span");
  const why = h("span", { class: "why" });
  const element = h("p", { class: "link", role: "status" }, h("i"), word, why);
  const show = (): void => {
    element.classList.toggle("off", !link.ok);
    set_text(word, link.ok ? "Live" : "Not live");
    set_text(why, link.why);
  };
  link.changed.add(show);
  show();
  return { element, stop: () => { link.changed.delete(show); } };
}

export function shell(session: Session, left: () => void): { elements: HTMLElement[]; stop: () => void } {
  const stage = h("main", { id: "stage", tabindex: -1 });
  const anchors = places.map(({ path, label, icon }) => h("a", { href: `#/${path}` }, svg(icons[icon], 20), h("span", {}, label)));
  const line = link_line();
  const out = session.by === "cookie" && h("button", { type: "button", class: "quiet", "aria-label": "Sign out", onclick: () => void attempt(async () => {
    await sign_out();
    left();
  }) }, svg(icons.out, 18), h("span", {}, "Sign out"));
  const rail = h("header", { class: "rail" },
    h("a", { class: "skip", href: "#stage", onclick: (event: Event) => { event.preventDefault(); stage.focus(); } }, "Skip to the content"),
    h("a", { class: "brand", href: "#/", "aria-label": "Doorward, overview" }, mark(30), h("span", {}, "Doorward")),
    h("nav", { "aria-label": "Dashboard" }, ...anchors),
    h("div", { class: "rail-foot" }, line.element, scheme_button(), out));

  let view: View | null = null;
  let shown: Place | null = null;
  function go(): void {
    const place = place_of();
    if (place === shown) return;
    view?.stop();
    const moved = shown !== null;
    shown = place;
    anchors.forEach((anchor, i) => {
      if (places[i] === place) anchor.setAttribute("aria-current", "page");
      else anchor.removeAttribute("aria-current");
    });
    document.title = `${place.label} – Doorward`;
    view = place.open();
    replace(stage, view.element);
    if (moved) {
      scrollTo(0, 0);
      stage.focus({ preventScroll: true });
    }
  }
  addEventListener("hashchange", go);
  go();
  return { elements: [rail, stage], stop: () => { removeEventListener("hashchange", go); line.stop(); view?.stop(); } };
}
