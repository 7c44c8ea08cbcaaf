// The elements that do something when used: buttons, menus, choices in a message. A context tells them where they
// are: `act(payload)` carries an action out, `form` collects the fields of a form (modals), null elsewhere.

import { confirmed } from "./dialogs.js";
import { el, icon, safeLink } from "./dom.js";
import { field } from "./inputs.js";
import { entry, menu } from "./menu.js";
import { textOf } from "./mrkdwn.js";
import { thumbnail } from "./pictures.js";

const hook = (element) => `action-${element.action_id ?? element.type}`;

/** The actions on their way, each as `nameOf` says: a message drawn anew meanwhile keeps them out of use. */
const busy = new Set();
const nameOf = (element, context) => `${context.where} ${element.action_id} ${element.value ?? ""}`;

function setBusy(control, isBusy) {
  control.disabled = isBusy;
  if (isBusy) control.setAttribute("aria-busy", "true");
  else control.removeAttribute("aria-busy");
}

/** Do the action if the person confirms it; `control` is out of use until the answer is there. */
async function run(control, element, payload, context) {
  if (!(await confirmed(payload.selected_option?.confirm ?? element.confirm))) return;
  const name = nameOf(element, context);
  busy.add(name);
  control.dataset.busyName = name;
  const hadFocus = document.activeElement === control;
  setBusy(control, true);
  await context.act({ block_id: context.blockId, action_id: element.action_id, type: element.type, ...payload });
  busy.delete(name);
  for (const each of [
    control,
    ...document.querySelectorAll(`[data-busy-name="${CSS.escape(name)}"]`),
  ]) setBusy(each, false);
  if (hadFocus && document.activeElement === document.body) stillThere(control, name, context)?.focus({ preventScroll: true });
}

/** Return what the keyboard should be on now: the control, the one drawn in its place, or its message. */
function stillThere(control, name, { where }) {
  if (control.isConnected) return control;
  return document.querySelector(`[data-busy-name="${CSS.escape(name)}"], article[data-ts="${CSS.escape(where)}"]`);
}

/** Return `control`, out of use if its action is still on its way. */
function ready(control, element, context) {
  const name = nameOf(element, context);
  control.dataset.busyName = name;
  if (busy.has(name)) setBusy(control, true);
  return control;
}

function button(element, context) {
  const props = {
    class: `button button-${element.style ?? "plain"}`,
    "data-testid": hook(element),
    "aria-label": element.accessibility_label,
  };
  const target = element.url ? safeLink(element.url) : null;
  if (target) {
    const anchor = el(
      "a",
      { ...props, href: target, target: "_blank", rel: "noopener noreferrer" },
      textOf(element.text),
      icon("out"),
    );
    if (element.action_id) anchor.addEventListener(
      "click",
      () => run(anchor, { ...element, confirm: null }, { value: element.value }, context),
    );
    return anchor;
  }
  const node = el("button", { ...props, type: "button" }, textOf(element.text));
  node.addEventListener("click", () => run(node, element, { value: element.value }, context));
  return ready(node, element, context);
}

function overflow(element, context) {
  const items = (close, opener) => element.options.map((option) => {
    const about = option.description ? el("span", { class: "tick-about" }, textOf(option.description)) : null;
    const chosen = () => {
      const target = option.url ? safeLink(option.url) : null;
      if (target) window.open(target, "_blank", "noopener,noreferrer");
      run(opener, element, { selected_option: option }, context);
    };
    return entry(`option-${option.value}`, close, chosen, textOf(option.text), about ?? "");
  });
  return menu({ label: "More actions", hook: hook(element), items });
}

function feedback(element, context) {
  const thumb = (side, name, fallback) => {
    const label = side?.accessibility_label || side?.text?.text || fallback;
    const node = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        title: label,
        "aria-label": label,
        "data-testid": `${hook(element)}-${name}`,
      },
      icon(name),
    );
    node.addEventListener("click", () => run(node, element, { value: side?.value }, context));
    return node;
  };
  const { positive_button: good, negative_button: bad } = element;
  return el(
    "span",
    { class: "feedback", role: "group", "aria-label": "Feedback" },
    thumb(good, "up", "Good"),
    thumb(bad, "down", "Bad"),
  );
}

function iconButton(element, context) {
  const label = element.accessibility_label || element.text?.text || "Delete";
  const node = el(
    "button",
    { type: "button", class: "icon-button", title: label, "aria-label": label, "data-testid": hook(element) },
    icon("trash"),
  );
  node.addEventListener("click", () => run(node, element, { value: element.value }, context));
  return node;
}

const labelOf = (element) => element.accessibility_label || element.placeholder?.text || "Choose";

function choice(element, context) {
  const made = field(element, { "data-testid": hook(element), "aria-label": labelOf(element) });
  if (!made) return odd(element.type);
  context.form?.add(context.blockId, element, made);
  made.node.addEventListener("change", () => run(made.control, element, made.read(), context));
  return made.node;
}

/** Return a clearly marked stand-in for a type this page does not draw. */
export function odd(type) {
  return el(
    "div",
    { class: "odd", "data-testid": "unknown-block" },
    icon("failed"),
    `This sandbox does not draw “${type}”.`,
  );
}

const ELEMENTS = {
  button,
  overflow,
  feedback_buttons: feedback,
  icon_button: iconButton,
  workflow_button: button,
  image: (element) => thumbnail(element),
};

/** Return one element of an actions, section or context block. */
export function element(each, context) {
  return (ELEMENTS[each.type] ?? choice)(each, context);
}
