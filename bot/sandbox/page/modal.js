// Modals: the stack of views the app has opened for this person, the top one shown as a dialog.

import * as api from "./api.js";
import { actor } from "./acting.js";
import { announce, note } from "./announce.js";
import { blocks } from "./blocks.js";
import { holdFocus } from "./dialogs.js";
import { el, icon } from "./dom.js";
import { startingWith } from "./inputs.js";
import { textOf } from "./mrkdwn.js";
import { state } from "./state.js";

/** How long the app's next view may take to arrive after an accepted submission, before the form is put away. */
const NEXT_VIEW_MS = 400;

let stack = [];
let before = null;
let form = null;
let drawn = "";
const typed = new Map(); // what was typed into each open view, while another one covers it or the app redraws it
let lastFocused = null;
const dialog = el("dialog", { class: "dialog", "data-testid": "modal" });

const top = () => stack.at(-1);

/** What a form's fields hold: read for submission, and checked before it. */
class Form {
  #fields = [];

  add(blockId, element, made) {
    this.#fields.push({ blockId, element, ...made });
    const mended = () => {
      made.error.hidden = true;
      made.control.removeAttribute("aria-invalid");
    };
    if (made.error) made.node.addEventListener("input", mended);
  }

  /** Return `view.state.values`, as Slack sends it. */
  values() {
    const values = {};
    for (const { blockId, element, read } of this.#fields) {
      values[blockId] = { ...values[blockId], [element.action_id]: read() };
    }
    return values;
  }

  /** Return {block_id: sentence} for every field that is not fit to send. */
  faults() {
    const inputs = this.#fields.filter(({ isInput }) => isInput);
    return Object.fromEntries(inputs.map((each) => [
      each.blockId,
      each.check(each.isOptional),
    ]).filter(([, fault]) => fault));
  }

  /** Show each fault beside its field, take the person to the first, and say how many there are. */
  show(faults) {
    const inputs = this.#fields.filter(({ isInput }) => isInput);
    for (const { blockId, control, error } of inputs) {
      const fault = faults[blockId] ?? "";
      error.textContent = fault;
      error.hidden = !fault;
      control.setAttribute("aria-invalid", String(Boolean(fault)));
    }
    const wrong = inputs.filter(({ blockId }) => faults[blockId]);
    if (wrong.length === 0) return;
    focusOn(wrong[0]);
    const count = wrong.length === 1 ? "One field needs" : `${wrong.length} fields need`;
    announce(`${count} your attention. ${wrong.map(({ blockId }) => faults[blockId]).join(" ")}`, { urgent: true });
  }
}

const focusOn = ({ control, isGroup }) => (isGroup ? control.querySelector("input") : control).focus();

/** Return the view's blocks with what was typed before it was drawn anew. */
function carriedOver(view, values) {
  return view.blocks.map((block) => {
    const value = block.type === "input" ? values[block.block_id]?.[block.element.action_id] : null;
    return value ? { ...block, element: startingWith(block.element, value) } : block;
  });
}

async function close() {
  const view = top();
  if (!view) return;
  forget(view.id);
  const answer = await api.closeView(state.as, view.id);
  if (!answer.ok && answer.error === "offline") note(api.sentence(answer.error), "failed");
}

async function submit(view, current, button) {
  const faults = current.faults();
  current.show(faults);
  if (Object.keys(faults).length > 0) return;
  const words = [...button.childNodes];
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  button.replaceChildren("Sending…");
  announce("Sending the form.");
  const answer = await api.submit(state.as, view.id, current.values());
  button.disabled = false;
  button.removeAttribute("aria-busy");
  button.replaceChildren(...words);
  if (answer.errors && Object.keys(answer.errors).length > 0) current.show(answer.errors);
  else if (!answer.ok) note(api.sentence(answer.error), "failed");
  else {
    announce("The form was sent.");
    setTimeout(() => stack.includes(view) && top() === view && forget(view.id), NEXT_VIEW_MS);
  }
}

function draw(values) {
  const view = top();
  const current = new Form();
  form = current;
  const context = { surface: "modal", where: view.id, form: current, act: actor({ view_id: view.id }) };
  const inside = el("div", { class: "dialog-body" }, blocks(carriedOver(view, values), context));
  const shut = el("button", { type: "button", class: "icon-button", "aria-label": "Close the form" }, icon("close"));
  const cancel = el(
    "button",
    { type: "button", class: "button", "data-testid": "modal-close" },
    textOf(view.close) || "Close",
  );
  const go = view.submit ? el(
    "button",
    { type: "submit", class: "button button-primary", "data-testid": "modal-submit" },
    textOf(view.submit),
  ) : null;
  const head = el(
    "div",
    { class: "dialog-head" },
    el("h2", { id: "modal-title", class: "dialog-title" }, textOf(view.title)),
    shut,
  );
  const whole = el(
    "form",
    { class: "dialog-form", novalidate: true },
    head,
    inside,
    el("div", { class: "dialog-foot" }, cancel, go),
  );
  shut.addEventListener("click", close);
  cancel.addEventListener("click", close);
  whole.addEventListener("submit", (event) => {
    event.preventDefault();
    if (go && !go.disabled) submit(view, current, go);
  });
  dialog.replaceChildren(whole);
  dialog.setAttribute("aria-labelledby", "modal-title");
  (inside.querySelector("input, textarea, select") ?? go ?? cancel).focus();
}

function settle() {
  if (drawn) typed.set(drawn, form.values());
  drawn = top()?.id ?? "";
  for (const id of typed.keys()) if (!stack.some((view) => view.id === id)) typed.delete(id);
  if (!drawn) {
    dialog.close();
    dialog.replaceChildren();
    dialog.removeAttribute("aria-labelledby");
    if (before?.isConnected) before.focus({ preventScroll: true });
    return;
  }
  if (!dialog.open) {
    before = lastFocused; // not the active element: a button on its way is out of use and has lost the focus
    dialog.showModal();
  }
  draw(typed.get(drawn) ?? {});
}

/** Take in a view: a new one goes on top, a known one is drawn anew and keeps what was typed. */
export function open(view) {
  if (view.type === "home") return;
  const isKnown = stack.some(({ id }) => id === view.id);
  stack = isKnown ? stack.map((each) => (each.id === view.id ? view : each)) : [...stack, view];
  settle();
}

/** Put a view away that the app or the person has closed. */
export function forget(viewId) {
  if (!stack.some(({ id }) => id === viewId)) return;
  stack = stack.filter(({ id }) => id !== viewId);
  settle();
}

/** Put all views away: they belong to another person. */
export function forgetAll() {
  if (stack.length === 0) return;
  stack = [];
  settle();
}

/** Place the dialog in the page. */
export function start() {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("close", () => stack.length > 0 && close()); // a browser may insist on Escape
  document.addEventListener("focusin", ({ target }) => {
    if (!target.closest("dialog")) lastFocused = target;
  });
  document.body.append(dialog);
  holdFocus(dialog);
}
