import "uplot/dist/uPlot.min.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/shell.css";
import "./style/overview.css";
import "./style/rooms.css";
import "./style/rules.css";
import "./style/events.css";
import "./style/try_it.css";
import { read_session, when_signed_out, words_of, type Session } from "./api";
import { h } from "./dom";
import { mount_notes } from "./feedback";
import { shell } from "./shell";
import { start_theme } from "./theme";
import { sign_in_page } from "./views/sign_in";

const root = h("div", { id: "root" });
let stop: () => void = () => undefined;

function show(...elements: HTMLElement[]): void {
  root.replaceChildren(...elements);
}

function enter(session: Session): void {
  stop();
  const made = shell(session, ask_to_sign_in);
  stop = made.stop;
  show(...made.elements);
}

function ask_to_sign_in(): void {
  stop();
  stop = () => undefined;
  document.title = "Doorward";
  show(sign_in_page(() => void begin()));
  root.querySelector("input")?.focus();
}

async function begin(): Promise<void> {
  try {
    const session = await read_session();
    if (session.signed_in) enter(session);
    else ask_to_sign_in();
  } catch (fault) {
    show(h("main", { class: "gate" }, h("div", { class: "sign-in sheet" }, h("h1", {}, "Not now"), h("p", {}, words_of(fault)),
      h("button", { type: "button", class: "primary", onclick: () => void begin() }, "Try again"))));
  }
}

start_theme();
document.body.append(root);
mount_notes();
when_signed_out(ask_to_sign_in);
void begin();
