// The small things inside a line of text, whoever wrote it: links, people, channels, moments, progress bars.

import { el, safeLink } from "./dom.js";
import { emoji } from "./emoji.js";
import { address, groupName, person, place, state } from "./state.js";

const LANGUAGE = "en-GB";
const DAY_MS = 86_400_000;

/** Return `text` without Slack's three entities. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Return a number of bytes as people read it. */
export function sizeOf(bytes) {
  const [unit, size] = bytes < 1e6 ? ["kB", Math.ceil(bytes / 1e3)] : ["MB", bytes / 1e6];
  return `${unit === "kB" || size >= 10 ? Math.round(size) : size.toFixed(1)} ${unit}`;
}

/** Return a link that opens elsewhere, or the bare label where the address is not one to follow. */
export function link(href, ...label) {
  const target = safeLink(href);
  const inside = label.length > 0 ? label : [href];
  return target
    ? el("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, ...inside)
    : el("span", {}, ...inside);
}

/** Return `@ann`, marked where it is the person acting now. */
export function mention(id) {
  return el("span", { class: id === state.as ? "mention mention-me" : "mention" }, `@${person(id).name}`);
}

/** Return `@leads`. */
export function groupMention(id) {
  return el("span", { class: "mention" }, groupName(id));
}

/** Return `#brand` as a link to it. */
export function channelLink(id, label) {
  const known = place(id);
  const name = `#${label || known.name}`;
  return known.name === "unknown"
    ? el("span", { class: "mention" }, name)
    : el("a", { class: "mention", href: address({ channel: id }) }, name);
}

/** Return a bar of block characters as one drawn bar; the characters stay in it as its text. */
export function bar(characters) {
  const full = characters.replace(/[^▓█▒]/gu, "").length;
  const label = `Progress bar, ${full} of ${characters.length} parts full`;
  const node = el("span", { class: "bar", role: "img", "aria-label": label });
  node.append(
    el("span", { class: "bar-full" }, characters.slice(0, full)),
    el("span", { class: "bar-rest" }, characters.slice(full)),
  );
  return node;
}

/** Return the plain words of a text: emoji shortcodes and bars drawn, everything else as it is. */
export function plain(text, { withEmoji = true } = {}) {
  const fragment = document.createDocumentFragment();
  for (const piece of String(text).split(/(:[a-z0-9_+-]+:|[▓▒█]+[░]*|[░]{2,})/u)) {
    if (/^[▓▒█░]{2,}$/u.test(piece)) fragment.append(bar(piece));
    else if (withEmoji && /^:[^:]+:$/u.test(piece)) fragment.append(emoji(piece.slice(1, -1)) ?? piece);
    else fragment.append(piece);
  }
  return fragment;
}

const format = (options) => (date) => new Intl.DateTimeFormat(LANGUAGE, options).format(date);
const time = format({ hour: "2-digit", minute: "2-digit" });
const short = format({ day: "numeric", month: "short", year: "numeric" });
const long = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const pretty = (shape) => (date) => nearDay(date) ?? shape(date);

const TOKENS = {
  date_num: format({ year: "numeric", month: "2-digit", day: "2-digit" }),
  date: format({ day: "numeric", month: "long", year: "numeric" }),
  date_slash: format({ year: "numeric", month: "2-digit", day: "2-digit" }),
  date_short: short,
  date_long: long,
  date_pretty: pretty(format({ day: "numeric", month: "long", year: "numeric" })),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  time,
  time_secs: format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago: (date) => ago(date),
};

function nearDay(date) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(date) - midnight(Date.now())) / DAY_MS);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

/** Return how long ago (or in how long) a moment is, in words. */
export function ago(date) {
  const minutes = Math.round((date.getTime() - Date.now()) / 60_000);
  const words = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 36 * 60) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}

/** Return a moment written as `shape` says, e.g. "{date_short} at {time}"; `seconds` since 1970. */
export function moment(seconds, shape, { href = "", fallback = "" } = {}) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return el("span", {}, fallback || String(seconds));
  const text = shape.replaceAll(/\{(\w+)\}/gu, (whole, token) => TOKENS[token]?.(date) ?? whole);
  const node = el("time", { datetime: date.toISOString(), title: `${long(date)}, ${time(date)}` }, text);
  return href ? link(href, node) : node;
}

/** Return "14:05", or the day of a moment as a heading would say it. */
export const clock = (ts) => time(new Date(Number(ts) * 1000));
export const dayOf = (ts) => {
  const date = new Date(Number(ts) * 1000);
  const near = nearDay(date);
  return near ? near[0].toUpperCase() + near.slice(1) : long(date);
};
export const wholeMoment = (ts) => `${long(new Date(Number(ts) * 1000))}, ${clock(ts)}`;
