// The small dialogs: "are you sure?" before an action, and a picture at its full size.

import { el, icon, newId } from "./dom.js";
import { textOf } from "./mrkdwn.js";

/** Let Tab go round within a dialog, instead of out to the browser's own buttons. */
export function holdFocus(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const all = [...dialog.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']")];
    const stops = all.filter((each) => !each.disabled && each.getClientRects().length > 0);
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== from || !to) return;
    event.preventDefault();
    to.focus();
  });
}

function show(dialog) {
  const before = document.activeElement;
  document.body.append(dialog);
  holdFocus(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.showModal();
}

/** Ask what a `confirm` object asks; resolves to true only if the person says so. */
export function confirmed(question) {
  if (!question) return Promise.resolve(true);
  const [title, body] = [newId("title"), newId("body")];
  const yes = el(
    "button",
    {
      type: "button",
      class: `button button-${question.style === "danger" ? "danger" : "primary"}`,
      "data-testid": "confirm",
    },
    textOf(question.confirm) || "Yes",
  );
  const no = el(
    "button",
    { type: "button", class: "button", "data-testid": "deny" },
    textOf(question.deny) || "Cancel",
  );
  const dialog = el(
    "dialog",
    {
      class: "dialog dialog-small",
      role: "alertdialog",
      "aria-labelledby": title,
      "aria-describedby": body,
      "data-testid": "confirm-dialog",
    },
    el("h2", { id: title, class: "dialog-title" }, textOf(question.title) || "Are you sure?"),
    el("div", { id: body, class: "dialog-body" }, textOf(question.text)),
    el("div", { class: "dialog-foot" }, no, yes),
  );
  return new Promise((resolve) => {
    let answer = false;
    yes.addEventListener("click", () => {
      answer = true;
      dialog.close();
    });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => resolve(answer));
    show(dialog);
    no.focus();
  });
}

/** Show one picture as large as the window allows. */
export function enlarge(source, alt, title) {
  const close = el(
    "button",
    { type: "button", class: "icon-button lightbox-close", "aria-label": "Close the picture" },
    icon("close"),
  );
  const dialog = el(
    "dialog",
    { class: "lightbox", "aria-label": title || alt || "Picture", "data-testid": "lightbox" },
    close,
    el("img", { src: source, alt }),
    el("p", { class: "lightbox-words" }, alt || title),
  );
  close.addEventListener("click", () => dialog.close());
  show(dialog);
}
