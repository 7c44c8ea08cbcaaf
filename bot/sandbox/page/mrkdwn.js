// Slack's own text markup, read into elements: *bold* _italic_ ~strike~ `code` ```pre``` > quote, lists,
// <links>, <@people>, <#channels>, <!date^…>, :emoji:. What it does not understand stays as it was written.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { bar, channelLink, groupMention, link, mention, moment, plain, unescape } from "./words.js";

const PIECE =
  /`(?<code>[^`\n]+)`|<(?<angle>[^<>\n]+)>|:(?<emoji>[a-z0-9_+-]+):|(?<bar>[▓▒█]+░*|░{2,})|(?<url>https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]'"])|(?<![\p{L}\p{N}*_~])(?<style>[*_~])(?=\S)(?<styled>(?:(?!\k<style>).)*(?!\k<style>)\S)\k<style>(?![\p{L}\p{N}*_~])/gu;

const TAGS = { "*": "strong", _: "em", "~": "s" };
const EVERYONE = new Set(["here", "channel", "everyone"]);

function special(body, label) {
  const [kind, ...rest] = body.split("^");
  if (kind === "date") return moment(rest[0], rest[1] ?? "{date}", { href: rest[2], fallback: unescape(label) });
  if (kind === "subteam") return groupMention(rest[0]);
  if (EVERYONE.has(kind)) return el("span", { class: "mention mention-me" }, `@${kind}`);
  return null;
}

function angle(inside) {
  const cut = inside.indexOf("|");
  const body = cut < 0 ? inside : inside.slice(0, cut);
  const label = cut < 0 ? "" : inside.slice(cut + 1);
  if (/^@[UWB]/u.test(body)) return mention(body.slice(1));
  if (/^#C/u.test(body)) return channelLink(body.slice(1), unescape(label));
  if (body.startsWith("!")) return special(body.slice(1), label);
  if (/^(https?:|mailto:)/iu.test(body)) return link(unescape(body), ...(label ? [inline(label)] : []));
  return null;
}

function piece({ code, angle: inside, emoji: name, bar: blocks, url, style, styled }) {
  if (code) return el("code", {}, unescape(code));
  if (inside) return angle(inside);
  if (name) return emoji(name);
  if (blocks) return blocks.length > 1 ? bar(blocks) : null;
  if (url) return link(unescape(url));
  return el(TAGS[style], {}, inline(styled));
}

/** Return one line's words as elements. */
export function inline(text) {
  const fragment = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(PIECE)) {
    const node = piece(match.groups);
    if (!node) continue;
    fragment.append(unescape(text.slice(from, match.index)), node);
    from = match.index + match[0].length;
  }
  fragment.append(unescape(text.slice(from)));
  return fragment;
}

const QUOTE = /^(?:&gt;|>) ?/u;
const BULLET = /^\s*[•◦▪‣-]\s+/u;
const NUMBER = /^\s*\d{1,3}[.)]\s+/u;

function kindOf(line) {
  if (QUOTE.test(line)) return "quote";
  if (BULLET.test(line)) return "bullet";
  if (NUMBER.test(line)) return "number";
  return line.trim() ? "text" : "gap";
}

const items = (lines, mark) => lines.map((line) => el("li", {}, inline(line.replace(mark, ""))));
const spoken = (lines) => lines.flatMap((line, at) => (at ? [el("br"), inline(line)] : [inline(line)]));

function group(kind, lines) {
  if (kind === "quote") return el("blockquote", {}, ...spoken(lines.map((line) => line.replace(QUOTE, ""))));
  if (kind === "bullet") return el("ul", {}, ...items(lines, BULLET));
  if (kind === "number") return el("ol", { start: Number.parseInt(lines[0].trim(), 10) }, ...items(lines, NUMBER));
  return kind === "text" ? el("p", {}, ...spoken(lines)) : null;
}

function paragraphs(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const kind = kindOf(line);
    if (groups.at(-1)?.kind === kind) groups.at(-1).lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return groups.map(({ kind, lines }) => group(kind, lines));
}

/** Return a whole text as a `div`, with its paragraphs, quotes, lists and code. */
export function mrkdwn(text) {
  const node = el("div", { class: "words" });
  String(text ?? "")
    .split(/```\n?([\s\S]*?)\n?```/u)
    .forEach((part, at) => {
      if (at % 2) node.append(el("pre", {}, el("code", {}, unescape(part))));
      else node.append(...paragraphs(part.replace(/^\n|\n$/gu, "")).filter(Boolean));
    });
  return node;
}

/** Return a text object of Block Kit drawn, by its type; nothing for none. */
export function textOf(text) {
  if (!text) return "";
  return text.type === "mrkdwn" ? mrkdwn(text.text) : plain(text.text, { withEmoji: text.emoji !== false });
}
