// Where a person writes: one for the channel, with commands and things to try, and one for the thread.

import { send } from "./acting.js";
import { completion } from "./completion.js";
import { el, icon } from "./dom.js";
import { state } from "./state.js";

const PROMPT = "/generate a red fox on a mossy rock at dusk";

/** Return a composer: {node, control, fill(text)}. `thread()` is the ts it writes under, "" for the channel. */
export function composer({ hook, sendHook, label, thread, withCommands }) {
  const control = el(
    "textarea",
    {
      class: "compose-words",
      rows: "1",
      "data-testid": hook,
      "aria-label": label(),
      placeholder: label(),
      autocomplete: "off",
      spellcheck: "true",
      enterkeyhint: "send",
    },
  );
  const button = el(
    "button",
    { type: "submit", class: "compose-send", "data-testid": sendHook, "aria-label": "Send" },
    icon("send"),
  );
  const fault = el("p", { class: "fault", role: "alert" });
  const help = withCommands ? completion(control, () => state.world?.commands ?? []) : null;
  const node = el(
    "form",
    { class: "composer" },
    fault,
    help?.list,
    el("div", { class: "compose-box" }, control, button),
    help?.usage,
  );

  const settle = () => {
    button.disabled = !control.value.trim();
    fault.textContent = "";
  };
  const submit = () => {
    const text = control.value.trim();
    if (!text) return;
    fault.textContent = send(text, thread());
    if (fault.textContent) return;
    control.value = "";
    control.dispatchEvent(new Event("input"));
  };
  control.addEventListener("input", settle);
  control.addEventListener("keydown", (event) => {
    if (help?.onKey(event) || event.isComposing) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    submit();
  });
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    control.focus();
  });
  settle();
  const fill = (text) => {
    control.value = text;
    control.dispatchEvent(new Event("input"));
    control.focus();
  };
  const relabel = () => {
    control.setAttribute("aria-label", label());
    control.placeholder = label();
  };
  return { node, control, fill, relabel };
}

/** Return the row of lines to try, each of which fills the composer and waits there to be sent. */
export function suggestions(fill) {
  const chip = (words, text, hook) => {
    const node = el("button", { type: "button", class: "chip", "data-testid": hook, title: text }, words);
    node.addEventListener("click", () => fill(text));
    return node;
  };
  const datasets = state.world.datasets.map((each) =>
    chip(`/train ${each.name}, ${each.pictures} pictures`, `/train ${each.url} as Stellar`, `try-train-${each.name}`),
  );
  return el(
    "div",
    { class: "chips", role: "group", "aria-label": "Things to try" },
    el("span", { class: "chips-title" }, "Try:"),
    ...datasets,
    chip("/generate a red fox…", PROMPT, "try-generate"),
    chip("/style list", "/style list", "try-style"),
  );
}
