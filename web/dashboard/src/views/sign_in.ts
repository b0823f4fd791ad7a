// The door of the dashboard itself.
import { sign_in, words_of } from "../api";
import { field, h, set_text } from "../dom";
import { mark } from "../shell_parts";

export function sign_in_page(entered: () => void): HTMLElement {
  const token = h("input", { type: "password", name: "token", autocomplete: "current-password", required: true, autofocus: true });
  const button = h("button", { type: "submit", class: "primary" }, "Sign in");
  const fault = h("p", { class: "fault", role: "alert" });
  const form = h("form", { class: "sign-in sheet" },
    h("div", { class: "brand" }, mark(40), h("h1", {}, "Doorward")),
    field("Admin token", token, "From DOORWARD_ADMIN_TOKEN, or the file admin-token in the data folder."),
    fault, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    sign_in(token.value).then(entered, (problem: unknown) => {
      set_text(fault, words_of(problem));
      button.disabled = false;
      token.select();
    });
  });
  return h("main", { class: "gate" }, form);
}
