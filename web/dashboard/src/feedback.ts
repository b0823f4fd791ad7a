// What was done and what went wrong, said once to eyes and to screen readers; and questions before what cannot be undone.
import { h } from "./dom";
import { words_of } from "./api";

const shown_ms = 5000;
const region = h("div", { class: "notes", role: "status", "aria-live": "polite" });

export function mount_notes(): void {
  document.body.append(region);
}

export function say(text: string, kind: "good" | "bad" = "good"): void {
  const note = h("p", { class: `note ${kind}` }, text);
  region.append(note);
  while (region.children.length > 3) region.firstElementChild?.remove();
  setTimeout(() => note.remove(), kind === "bad" ? shown_ms * 2 : shown_ms);
}

// Does it, with the button out of reach meanwhile, and says what went wrong.
export async function attempt(act: () => Promise<void>, ...buttons: HTMLButtonElement[]): Promise<boolean> {
  for (const button of buttons) button.disabled = true;
  try {
    await act();
    return true;
  } catch (fault) {
    say(words_of(fault), "bad");
    return false;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

// Going back, as a phone is asked to close things, closes a dialog and stays on its page: while it is open the history has
// an entry of its own, which goes with it. A step back takes a moment, for which the next dialog waits with its entry.
let stepped_back: Promise<unknown> = Promise.resolve();

function step_back(): void {
  stepped_back = new Promise((done) => addEventListener("popstate", done, { once: true }));
  history.back();
}

export function open_dialog(dialog: HTMLDialogElement): void {
  let has_entry = false;
  const went_back = (): void => {
    has_entry = false;
    dialog.close("back");
  };
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    removeEventListener("popstate", went_back);
    dialog.remove();
    if (has_entry) step_back();
  });
  dialog.showModal();
  void stepped_back.then(() => {
    if (!dialog.open) return;
    history.pushState(null, "");
    has_entry = true;
    addEventListener("popstate", went_back);
  });
}

export function ask(question: string, explanation: string, yes: string): Promise<boolean> {
  return new Promise((done) => {
    const title = h("h2", { id: "ask-title" }, question);
    const dialog = h("dialog", { class: "ask", "aria-labelledby": "ask-title" },
      title, h("p", {}, explanation),
      h("div", { class: "actions" },
        h("button", { type: "button", onclick: () => dialog.close("no") }, "Cancel"),
        h("button", { type: "button", class: "danger", onclick: () => dialog.close("yes") }, yes)));
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"));
    open_dialog(dialog);
  });
}
