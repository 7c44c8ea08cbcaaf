// The elements that hold a value: text, numbers, choices. Each becomes a field: {node, control, type, read, check},
// where `read()` is the element's entry in `state.values` and `check()` a sentence, empty where all is well.

import { el, newId } from "./dom.js";
import { textOf } from "./mrkdwn.js";
import { state } from "./state.js";

const words = (text) => text?.text ?? "";
const REQUIRED = "Please fill this in.";

function lengthFault(element, value) {
  if (element.min_length && value.length < element.min_length) return `Please write at least ${element.min_length} characters.`;
  if (element.max_length && value.length > element.max_length) return `Please write at most ${element.max_length} characters.`;
  return "";
}

function urlFault(_element, value) {
  return /^https?:\/\/\S+$/iu.test(value) ? "" : "Please give a whole link, such as https://example.com/pictures.zip.";
}

function numberFault({ is_decimal_allowed: decimal, min_value: min, max_value: max }, value) {
  const number = Number(value);
  if (Number.isNaN(number)) return "Please give a number.";
  if (!decimal && !Number.isInteger(number)) return "Please give a whole number.";
  if (min !== undefined && number < Number(min)) return `Please give ${min} or more.`;
  if (max !== undefined && number > Number(max)) return `Please give ${max} or less.`;
  return "";
}

const TEXTS = {
  plain_text_input: { inputmode: "text", fault: lengthFault },
  url_text_input: { inputmode: "url", fault: urlFault },
  email_text_input: {
    inputmode: "email",
    fault: (_, value) => (value.includes("@") ? "" : "Please give an email address."),
  },
  number_input: { inputmode: "decimal", fault: numberFault },
};

function textField(element, common) {
  const { inputmode, fault } = TEXTS[element.type];
  const tag = element.multiline ? "textarea" : "input";
  const control = el(tag, {
    ...common,
    class: "field",
    inputmode,
    type: tag === "input" ? "text" : null,
    rows: tag === "textarea" ? 4 : null,
    autocomplete: "off",
    placeholder: words(element.placeholder),
    maxlength: element.max_length,
  });
  control.value = element.initial_value ?? "";
  return {
    node: control,
    control,
    read: () => ({ type: element.type, value: control.value === "" ? null : control.value }),
    check: (optional) => {
      if (!control.value.trim()) return optional ? "" : REQUIRED;
      return fault(element, control.value.trim());
    },
  };
}

function dateField(kind, initial) {
  return (element, common) => {
    const control = el("input", { ...common, class: "field", type: kind });
    control.value = element[initial] ?? "";
    return {
      node: control,
      control,
      read: () => ({ type: element.type, [`selected_${kind}`]: control.value || null }),
      check: (optional) => (control.value || optional ? "" : REQUIRED),
    };
  };
}

const userChoices = () => state.world.people.filter(({ deleted }) => !deleted).map((each) => ({
  key: each.id,
  label: each.real_name || each.name,
  value: each.id,
}));
const channelChoices = () => state.world.channels.map((each) => ({
  key: each.id,
  label: `#${each.name}`,
  value: each.id,
}));
const placeChoices = () => [
  ...channelChoices(),
  ...state.world.dms.map((each) => ({ key: each.id, label: state.world.bot.name, value: each.id })),
];
const optionChoices = (options) => options.map((option) => ({
  key: option.value,
  label: words(option.text),
  value: option,
}));

/** For each kind of choice: where its choices come from, and what its value and initial value are called. */
const CHOICES = {
  static_select: { choices: null, one: "selected_option", initial: "initial_option", many: "initial_options" },
  users_select: { choices: userChoices, one: "selected_user", initial: "initial_user", many: "initial_users" },
  channels_select: {
    choices: channelChoices,
    one: "selected_channel",
    initial: "initial_channel",
    many: "initial_channels",
  },
  conversations_select: {
    choices: placeChoices,
    one: "selected_conversation",
    initial: "initial_conversation",
    many: "initial_conversations",
  },
};

function startOf(element, kind, isMany) {
  if (isMany) return element[kind.many] ?? [];
  if (element.default_to_current_conversation && !element[kind.initial]) return [state.channel];
  return element[kind.initial] ? [element[kind.initial]] : [];
}

function selectField(element, common) {
  const isMany = element.type.startsWith("multi_");
  const kind = CHOICES[element.type.replace("multi_", "")];
  const all = [];
  const start = new Set(startOf(element, kind, isMany).map((each) => each.value ?? each));
  const draw = (choice) => {
    all.push(choice);
    const option = el("option", { value: String(all.length - 1) }, choice.label);
    option.selected = start.has(choice.key);
    return option;
  };
  const groups = (element.option_groups ?? []).map((group) =>
    el("optgroup", { label: words(group.label) }, ...optionChoices(group.options).map(draw)),
  );
  const choices = kind.choices ? kind.choices() : optionChoices(element.options ?? []);
  const empty = el("option", { value: "" }, words(element.placeholder) || "Choose…");
  const control = el(
    "select",
    { ...common, class: "field", multiple: isMany },
    isMany ? null : empty,
    ...groups,
    ...choices.map(draw),
  );
  if (!isMany && start.size === 0) empty.selected = true;
  const chosen = () => [...control.selectedOptions].filter((option) => option.value !== "").map((option) => all[Number(option.value)].value);
  return {
    node: isMany ? control : el("span", { class: "select" }, control),
    control,
    read: () => ({
      type: element.type,
      [isMany ? `${kind.one}s` : kind.one]: isMany ? chosen() : (chosen()[0] ?? null),
    }),
    check: (optional) => (chosen().length > 0 || optional ? "" : "Please choose one."),
  };
}

/** Ticks or dots, one for each option; a list to choose several from is a list of ticks that scrolls. */
function tickField(element, common) {
  const isMany = element.type !== "radio_buttons";
  const isList = element.type === "multi_static_select";
  const name = newId("choice");
  const start = new Set((isMany ? (element.initial_options ?? []) : [element.initial_option]).filter(Boolean).map((each) => each.value));
  const groups = element.option_groups ?? [{ options: element.options }];
  const ticks = groups.flatMap(({ options }) => options).map((option) => {
    const input = el("input", { type: isMany ? "checkbox" : "radio", name, value: option.value });
    input.checked = start.has(option.value);
    const about = option.description ? el("span", { class: "tick-about" }, textOf(option.description)) : null;
    return { option, input, row: el("label", { class: "tick" }, input, el("span", {}, textOf(option.text), about)) };
  });
  const node = el(
    "div",
    { ...common, class: isList ? "ticks ticks-list" : "ticks", role: isMany ? "group" : "radiogroup" },
    ...groups.flatMap(({ label, options }) => [
      label ? el("p", { class: "ticks-title" }, words(label)) : null,
      ...ticks.filter(({ option }) => options.includes(option)).map(({ row }) => row),
    ]),
  );
  const chosen = () => ticks.filter(({ input }) => input.checked).map(({ option }) => option);
  const most = element.max_selected_items ?? ticks.length;
  const settle = () => {
    for (const { input } of isMany ? ticks : []) input.disabled = !input.checked && chosen().length >= most;
  };
  node.addEventListener("change", settle);
  settle();
  return {
    node,
    control: node,
    isGroup: true,
    read: () => ({
      type: element.type,
      ...(isMany ? { selected_options: chosen() } : { selected_option: chosen()[0] ?? null }),
    }),
    check: (optional) => (chosen().length > 0 || optional ? "" : "Please choose one."),
  };
}

const MAKERS = {
  ...Object.fromEntries(Object.keys(TEXTS).map((type) => [type, textField])),
  ...Object.fromEntries(Object.keys(CHOICES).flatMap((type) => [[type, selectField], [`multi_${type}`, selectField]])),
  multi_static_select: tickField,
  radio_buttons: tickField,
  checkboxes: tickField,
  datepicker: dateField("date", "initial_date"),
  timepicker: dateField("time", "initial_time"),
};

/** Return the field of an element that holds a value, or null for any other; `common` goes on its control. */
export function field(element, common = {}) {
  return MAKERS[element.type]?.(element, common) ?? null;
}

/** Return `element` as it would have to be for `value` (what `read()` gave) to be what it starts with. */
export function startingWith(element, value) {
  const starts = { initial_value: value.value };
  for (const [name, each] of Object.entries(value)) {
    if (name.startsWith("selected_")) starts[name.replace("selected_", "initial_")] = each;
  }
  return { ...element, ...Object.fromEntries(Object.entries(starts).map(([name, each]) => [name, each ?? undefined])) };
}
