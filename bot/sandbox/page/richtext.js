// The `rich_text` block: text that arrives already taken apart, so that nothing is parsed here.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelLink, groupMention, link, mention, moment, plain } from "./words.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code", highlight: "mark" };

function styled(node, style = {}) {
  return Object.entries(STYLES).reduce((inside, [name, tag]) => (style[name] ? el(tag, {}, inside) : inside), node);
}

const ELEMENTS = {
  text: ({ text }) => plain(text, { withEmoji: false }),
  link: ({ url, text }) => link(url, ...(text ? [text] : [])),
  user: ({ user_id: id }) => mention(id),
  usergroup: ({ usergroup_id: id }) => groupMention(id),
  channel: ({ channel_id: id }) => channelLink(id),
  broadcast: ({ range }) => el("span", { class: "mention mention-me" }, `@${range}`),
  emoji: ({ name, unicode }) => emoji(name) ?? (unicode ? fromUnicode(unicode) : `:${name}:`),
  date: ({ timestamp, format = "{date}", url, fallback }) => moment(timestamp, format, { href: url, fallback }),
  color: ({ value }) => el("code", {}, value),
};

const fromUnicode = (codes) => String.fromCodePoint(...codes.split("-").map((code) => Number.parseInt(code, 16)));

function words(elements = []) {
  return elements.map((element) => {
    const draw = ELEMENTS[element.type];
    return draw ? styled(draw(element), element.style) : el("span", { class: "odd" }, `[${element.type}]`);
  });
}

function list({ style, elements = [], indent = 0, offset = 0 }) {
  const tag = style === "ordered" ? "ol" : "ul";
  const start = style === "ordered" && offset ? offset + 1 : null;
  return el(
    tag,
    { class: `indent-${Math.min(indent, 4)}`, start },
    ...elements.map((each) => el("li", {}, ...words(each.elements))),
  );
}

const SECTIONS = {
  rich_text_section: ({ elements }) => el("p", {}, ...words(elements)),
  rich_text_list: list,
  rich_text_quote: ({ elements }) => el("blockquote", {}, ...words(elements)),
  rich_text_preformatted: ({ elements }) => el("pre", {}, el("code", {}, ...words(elements))),
};

/** Return a rich_text block as a `div`. */
export function richText({ elements = [] }) {
  const known = (each) => SECTIONS[each.type]?.(each) ?? el("p", { class: "odd" }, `[${each.type}]`);
  return el("div", { class: "words" }, ...elements.map(known));
}
