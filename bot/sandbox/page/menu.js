// A button that opens a menu: what an overflow element and the menu of a message have in common.

import { el, icon, newId } from "./dom.js";

/**
 * Return a button with its menu. `items(close)` gives the menu's buttons, each with role "menuitem"; one that is
 * chosen calls `close`. `label` names both, `hook` is the button's test id.
 */
export function menu({ label, hook, items }) {
  const id = newId("menu");
  const opener = el(
    "button",
    {
      type: "button",
      class: "icon-button",
      title: label,
      "data-testid": hook,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-controls": id,
      "aria-label": label,
    },
    icon("more"),
  );
  const list = el("div", { id, class: "menu-list", role: "menu", "aria-label": label, hidden: true });
  const hide = () => {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
  };
  const close = () => {
    hide();
    opener.focus({ preventScroll: true });
  };
  const all = items(close, opener);
  list.append(...all);
  opener.addEventListener("click", () => {
    if (!list.hidden) return close();
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    list.scrollIntoView({ block: "nearest" });
    return all[0]?.focus({ preventScroll: true });
  });
  list.addEventListener("keydown", (event) => {
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") close();
    if (event.key === "Escape") event.stopPropagation();
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  });
  const frame = el("span", { class: "menu-frame" }, opener, list);
  frame.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !frame.contains(relatedTarget) && !list.hidden) hide();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!list.hidden && !frame.contains(target)) hide();
  });
  return frame;
}

/** Return one entry of a menu. */
export function entry(hook, close, chosen, ...words) {
  const node = el("button", { type: "button", role: "menuitem", tabindex: "-1", "data-testid": hook }, ...words);
  node.addEventListener("click", () => {
    close();
    chosen();
  });
  return node;
}
