// What is said aside: to screen readers through the live regions, and to everyone in a short-lived note.

import { el, icon } from "./dom.js";

const NOTE_MS = 7000;

/** Say `text` to screen readers, after what they are saying now. */
export function announce(text, { urgent = false } = {}) {
  const region = document.getElementById(urgent ? "assertive" : "polite");
  region.replaceChildren(el("span", {}, text)); // a new element each time: the same words twice are said twice
}

/** Show `text` in a corner for a while and say it; `kind` is "done" or "failed". */
export function note(text, kind = "done") {
  const close = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Dismiss this note" },
    icon("close"),
  );
  const toast = el(
    "div",
    { class: `toast toast-${kind}`, "data-testid": "note" },
    icon(kind),
    el("span", {}, text),
    close,
  );
  close.addEventListener("click", () => toast.remove());
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), NOTE_MS);
  announce(text, { urgent: kind === "failed" });
}
