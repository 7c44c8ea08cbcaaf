// Block Kit, block by block, into elements. A context says where the blocks are (see elements.js); an unknown block
// becomes a marked stand-in, never nothing.

import { el, newId } from "./dom.js";
import { element, odd } from "./elements.js";
import { field } from "./inputs.js";
import { markdown } from "./markdown.js";
import { textOf } from "./mrkdwn.js";
import { picture, thumbnail } from "./pictures.js";
import { plan, task } from "./plan.js";
import { richText } from "./richtext.js";

function section({ text, fields = [], accessory }, context) {
  const large = accessory?.type === "image" ? el("div", { class: "accessory" }, picture(accessory)) : null;
  const beside = accessory && !large ? el("div", { class: "accessory" }, element(accessory, context)) : null;
  const cells = fields.map((each) => el("div", { class: "cell" }, textOf(each)));
  return el(
    "div",
    { class: "block block-section" },
    el(
      "div",
      { class: "section-words" },
      text ? textOf(text) : null,
      cells.length > 0 ? el("div", { class: "cells" }, ...cells) : null,
    ),
    large ?? beside,
  );
}

function header({ text }, context) {
  const level = context.surface === "message" ? "4" : "3";
  return el("div", { class: "block block-header", role: "heading", "aria-level": level }, textOf(text));
}

function context({ elements }) {
  const parts = elements.map((each) => (each.type === "image" ? thumbnail(each) : el(
    "div",
    { class: "aside" },
    textOf(each),
  )));
  return el("div", { class: "block block-context" }, ...parts);
}

function actions({ elements }, where) {
  return el("div", { class: "block block-actions" }, ...elements.map((each) => element(each, where)));
}

function image(block) {
  const title = block.title?.text ?? "";
  const caption = title ? el("figcaption", {}, textOf(block.title)) : null;
  return el("figure", { class: "block block-image" }, picture(block, { title }), caption);
}

function cell(each, { align = "left" } = {}) {
  const inside = each.type === "rich_text" ? richText(each) : (each.text ?? "");
  return [{ class: `align-${["center", "right"].includes(align) ? align : "left"}` }, inside];
}

function table({ rows = [], column_settings: columns = [] }) {
  const draw = (row, tag) => el("tr", {}, ...row.map((each, at) => el(tag, ...cell(each, columns[at] ?? {}))));
  const [head, ...body] = rows;
  const inside = el(
    "table",
    {},
    head ? el("thead", {}, draw(head, "th")) : null,
    el("tbody", {}, ...body.map((row) => draw(row, "td"))),
  );
  return el("div", { class: "block table-frame", role: "region", "aria-label": "Table", tabindex: "0" }, inside);
}

/** An input block's parts: label, control, hint and the place for its error, tied together for screen readers. */
function input(block, where) {
  const [id, about, fault] = [newId("field"), newId("hint"), newId("fault")];
  const labelId = newId("label");
  const common = { id, "data-testid": `input-${block.block_id}`, "aria-describedby": `${about} ${fault}` };
  const made = field(block.element, common);
  if (!made) return odd(block.element.type);
  const error = el("p", { id: fault, class: "fault", hidden: true, "data-testid": `error-${block.block_id}` });
  const label = el(
    made.isGroup ? "span" : "label",
    { id: labelId, for: made.isGroup ? null : id, class: "label" },
    textOf(block.label),
    block.optional ? el("span", { class: "optional" }, " (optional)") : null,
  );
  if (made.isGroup) made.control.setAttribute("aria-labelledby", labelId);
  else if (!block.optional) made.control.setAttribute("aria-required", "true");
  where.form?.add(
    block.block_id,
    block.element,
    { ...made, error, isOptional: Boolean(block.optional), isInput: true },
  );
  if (block.dispatch_action) {
    const act = () => where.act({ block_id: block.block_id, action_id: block.element.action_id, ...made.read() });
    made.node.addEventListener("change", act);
  }
  const hint = el("p", { id: about, class: "hint" }, block.hint ? textOf(block.hint) : "");
  return el("div", { class: "block block-input" }, label, made.node, error, hint);
}

const BLOCKS = {
  section,
  header,
  context,
  actions,
  context_actions: actions,
  image,
  input,
  table,
  plan,
  divider: () => el("hr", { class: "block block-divider" }),
  markdown: ({ text }) => el("div", { class: "block" }, markdown(text)),
  rich_text: (block) => el("div", { class: "block" }, richText(block)),
  task_card: (block) => el("div", { class: "block plan" }, task(block)),
};

function draw(block, where) {
  return Object.hasOwn(BLOCKS, block.type) ? BLOCKS[block.type](
    block,
    { ...where, blockId: block.block_id },
  ) : odd(block.type);
}

/** Return the blocks drawn, in order; pictures that follow each other stand side by side. */
export function blocks(list, where) {
  const fragment = document.createDocumentFragment();
  let gallery = null;
  list.forEach((block, at) => {
    const isPicture = block.type === "image";
    if (isPicture && !gallery && list[at + 1]?.type === "image") {
      gallery = el("div", { class: "gallery" });
      fragment.append(gallery);
    }
    if (!isPicture) gallery = null;
    (gallery ?? fragment).append(draw(block, where));
  });
  return fragment;
}
