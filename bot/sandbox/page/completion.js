// Slash-command completion: a list above the composer (an ARIA combobox), with the usage of the command in hand.

import { el, newId } from "./dom.js";

/**
 * Attach completion to a textarea. `commands()` gives [{command, description, usage_hint}]. Returns
 * {list, usage, onKey}: two elements to place, and a function that is true where it has used up a key press.
 */
export function completion(control, commands) {
  const id = newId("commands");
  const list = el(
    "ul",
    { id, class: "commands", role: "listbox", "aria-label": "Commands", hidden: true, "data-testid": "commands" },
  );
  const usage = el("p", { class: "usage", id: newId("usage") });
  let shown = [];
  let at = 0;

  const isOpen = () => !list.hidden;
  const mark = () => {
    [...list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === at)));
    const active = isOpen() ? list.children[at] : null;
    if (active) control.setAttribute("aria-activedescendant", active.id);
    else control.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    control.setAttribute("aria-expanded", "false");
    mark();
  };
  const accept = (command) => {
    control.value = `${command.command} `;
    control.focus();
    control.dispatchEvent(new Event("input"));
  };
  const row = (command) => {
    const words = [
      el("strong", {}, command.command),
      " ",
      el("span", { class: "commands-usage" }, command.usage_hint ?? ""),
    ];
    const node = el(
      "li",
      { id: newId("command"), role: "option" },
      el("p", {}, ...words),
      el("p", { class: "commands-about" }, command.description),
    );
    node.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the caret stays in the composer
      accept(command);
    });
    return node;
  };
  const look = () => {
    const text = control.value;
    const word = text.split(/\s/u)[0];
    const all = commands();
    shown = /^\/\S*$/u.test(text) ? all.filter(({ command }) => command.startsWith(text.toLowerCase())) : [];
    list.replaceChildren(...shown.map(row));
    list.hidden = shown.length === 0;
    control.setAttribute("aria-expanded", String(isOpen()));
    at = 0;
    mark();
    const known = isOpen() ? null : all.find(({ command }) => command === word);
    usage.replaceChildren(...(known ? [el("strong", {}, known.command), ` ${known.usage_hint ?? ""}`] : []));
  };
  const keys = {
    ArrowDown: () => { at = (at + 1) % shown.length; },
    ArrowUp: () => { at = (at - 1 + shown.length) % shown.length; },
    Tab: () => accept(shown[at]),
    Enter: () => accept(shown[at]),
    Escape: close,
  };
  const onKey = (event) => {
    const isWhole = event.key === "Enter" && shown.some(({ command }) => command === control.value);
    if (!isOpen() || !keys[event.key] || event.shiftKey || isWhole) return false;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
    mark();
    return true;
  };

  // A textarea and not an input: a message may have several lines. The pattern is the same.
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    "aria-controls": id,
    "aria-describedby": usage.id,
  })) control.setAttribute(name, value);
  control.addEventListener("input", look);
  control.addEventListener("blur", close);
  return { list, usage, onKey };
}
