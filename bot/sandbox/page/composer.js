// Where a person writes: one for the channel, with commands and things to try, and one for the thread.

import { send } from "./acting.js";
import { completion } from "./completion.js";
import { el, icon } from "./dom.js";
import { attaching } from "./files.js";
import { state } from "./state.js";

const PROMPT = "/generate a red fox on a mossy rock at dusk";

/**
 * Return a composer: {node, control, fill(text), attach()}. `thread()` is the ts it writes under, "" for the channel;
 * files dropped on `zone` are attached.
 */
export function composer({ hook, sendHook, label, thread, withCommands, zone }) {
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
  const attached = attaching({ zone, hook, changed: (why) => settle(why) });
  const node = el(
    "form",
    { class: "composer" },
    fault,
    help?.list,
    el(
      "div",
      { class: "compose-box" },
      attached.tray,
      el("div", { class: "compose-row" }, attached.button, control, button),
    ),
    attached.input,
    help?.usage,
  );

  const settle = (why = "") => {
    button.disabled = !control.value.trim() && attached.files().length === 0;
    fault.textContent = why;
  };
  const submit = () => {
    const text = control.value.trim();
    const files = attached.files();
    if (!text && files.length === 0) return;
    const why = send(text, thread(), files);
    if (why) {
      settle(why);
      return;
    }
    attached.clear();
    control.value = "";
    control.dispatchEvent(new Event("input"));
  };
  control.addEventListener("input", () => settle());
  control.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    attached.add(event.clipboardData.files);
  });
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
  return { node, control, fill, relabel, attach: () => attached.button.click() };
}

/** Return a dataset's name as a style would be called. */
const styleName = (name) => name.split(/[-_\s]+/u).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");

/** Return the row of things to try: lines that fill the composer and wait there, and files to attach. */
export function suggestions({ fill, attach }) {
  const chip = (words, text, hook, act = () => fill(text)) => {
    const node = el("button", { type: "button", class: "chip", "data-testid": hook, title: text }, words);
    node.addEventListener("click", act);
    return node;
  };
  const { datasets: offered, shortcuts } = state.world;
  const datasets = offered.map((each) =>
    chip(`/train ${each.name}, ${each.pictures} pictures`, `/train ${each.url} as ${styleName(each.name)}`, `try-train-${each.name}`),
  );
  const about = `Attach pictures or a ZIP and send them; then choose “${shortcuts[0]?.name}” from the ⋯ menu of that message`;
  return el(
    "div",
    { class: "chips", role: "group", "aria-label": "Things to try" },
    el("span", { class: "chips-title" }, "Try:"),
    ...datasets,
    shortcuts.length > 0 ? chip(`Attach pictures, then ⋯ ${shortcuts[0].name}`, about, "try-attach", attach) : null,
    chip("/generate a red fox…", PROMPT, "try-generate"),
    chip("/style list", "/style list", "try-style"),
  );
}
