// Standard Markdown, as the `markdown` block holds it: headings, lists, quotes, code, tables, rules, and
// **bold** *italic* ~~strike~~ `code` [links](…) within a line. Raw HTML stays text; nested lists do not nest.

import { el } from "./dom.js";
import { link, plain } from "./words.js";

const PIECE =
  /`(?<code>[^`]+)`|!?\[(?<label>[^\]]*)\]\((?<href>[^\s)]+)[^)]*\)|(?<strong>\*\*|__)(?=\S)(?<bold>.+?)\k<strong>|~~(?<struck>.+?)~~|(?<![\p{L}\p{N}*_])(?<em>[*_])(?=\S)(?<italic>.+?)\k<em>(?![\p{L}\p{N}*_])/gu;

function piece({ code, label, href, bold, struck, italic }) {
  if (code) return el("code", {}, code);
  if (href) return link(href, inline(label || href));
  if (bold) return el("strong", {}, inline(bold));
  return struck ? el("s", {}, inline(struck)) : el("em", {}, inline(italic));
}

function inline(text) {
  const fragment = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(PIECE)) {
    fragment.append(plain(text.slice(from, match.index)), piece(match.groups));
    from = match.index + match[0].length;
  }
  fragment.append(plain(text.slice(from)));
  return fragment;
}

const cells = (line) => line.trim().replace(/^\||\|$/gu, "").split("|").map((cell) => cell.trim());

function table(lines) {
  const [head, , ...rows] = lines;
  const row = (line, tag) => el("tr", {}, ...cells(line).map((cell) => el(tag, {}, inline(cell))));
  const body = el("tbody", {}, ...rows.map((line) => row(line, "td")));
  return el("div", { class: "table-frame", tabindex: "0" }, el("table", {}, el("thead", {}, row(head, "th")), body));
}

const list = (tag, mark) => (lines) => el(
  tag,
  {},
  ...lines.map((line) => el("li", {}, inline(line.replace(mark, "")))),
);

/** What a run of lines is; the first that matches counts. A heading is one below the message's author. */
const KINDS = [
  [/^#{1,6} /u, (lines) => lines.map((line) => el("p", { class: "title", role: "heading", "aria-level": "4" }, inline(line.replace(/^#+ /u, ""))))],
  [/^ {0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/u, () => el("hr")],
  [/^> ?/u, (lines) => el("blockquote", {}, ...lines.map((line) => el("p", {}, inline(line.replace(/^> ?/u, "")))))],
  [/^\s*[-*+] /u, list("ul", /^\s*[-*+] /u)],
  [/^\s*\d+[.)] /u, list("ol", /^\s*\d+[.)] /u)],
  [/^\s*\|.*\|\s*$/u, (lines) => (lines.length > 1 ? table(lines) : el("p", {}, lines[0]))],
  [/^\s*$/u, () => null],
  [/^/u, (lines) => el("p", {}, inline(lines.join("\n")))],
];

function paragraphs(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const kind = KINDS.findIndex(([mark]) => mark.test(line));
    if (groups.at(-1)?.kind === kind) groups.at(-1).lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return groups.map(({ kind, lines }) => KINDS[kind][1](lines)).flat().filter(Boolean);
}

/** Return a Markdown text as a `div`. */
export function markdown(text) {
  const node = el("div", { class: "words" });
  String(text ?? "")
    .split(/^```[^\n]*\n([\s\S]*?)\n?```\s*$/mu)
    .forEach((part, at) => {
      if (at % 2) node.append(el("pre", {}, el("code", {}, part)));
      else node.append(...paragraphs(part));
    });
  return node;
}
