// Messages: how one looks, how a list of them is kept up to date, and what is being sent at its end.

import { actor, again, forget } from "./acting.js";
import { blocks } from "./blocks.js";
import { el, icon, newId, reconcile } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { attachments } from "./pictures.js";
import { address, person, state } from "./state.js";
import { toolbar } from "./toolbar.js";
import { ago, clock, dayOf, wholeMoment } from "./words.js";

const GROUP_SECONDS = 300;

/** Return a person's or the app's picture: a coloured initial, or the app's mark. */
export function avatar(who) {
  if (who.isApp) return el("img", { class: "avatar avatar-app", src: "/page/icon.svg", alt: "" });
  const node = el(
    "span",
    { class: "avatar", "aria-hidden": "true" },
    (who.real_name || who.name).slice(0, 1).toUpperCase(),
  );
  node.style.backgroundColor = who.color;
  node.style.color = isDark(who.color) ? "#fff" : "#14181a";
  return node;
}

/** The WCAG rule: white or near-black, whichever stands out more. */
function isDark(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.19;
}

const appBadge = () => el("span", { class: "badge" }, "APP");
const name = (who) => who.real_name || who.name;

function head(message, who) {
  const stamp = el(
    "time",
    { class: "stamp", datetime: new Date(Number(message.ts) * 1000).toISOString(), title: wholeMoment(message.ts) },
    clock(message.ts),
  );
  const edited = message.edited ? el("span", { class: "edited" }, "(edited)") : null;
  return el(
    "div",
    { class: "head" },
    el("h3", { class: "author" }, name(who)),
    who.isApp ? appBadge() : null,
    stamp,
    edited,
  );
}

function body(message) {
  const where = {
    surface: "message",
    where: message.ts,
    act: actor({ channel: message.channel, message_ts: message.ts }),
  };
  const words = message.blocks?.length > 0 ? blocks(message.blocks, where) : message.text ? mrkdwn(message.text) : null;
  const inBlocks = JSON.stringify(message.blocks ?? []);
  const files = (message.files ?? []).filter((file) => !inBlocks.includes(`"${file.id}"`));
  return el("div", { class: "body" }, words, ...attachments(files));
}

function threadLink(message, replies) {
  if (replies.length === 0) return null;
  const faces = [...new Set(replies.map(({ user }) => user))].slice(0, 3).map((id) => avatar(person(id)));
  const when = el("span", { class: "replies-when" }, `last ${ago(new Date(Number(replies.at(-1).ts) * 1000))}`);
  const href = address({ channel: message.channel, thread: message.ts });
  return el(
    "a",
    { class: "replies", href, "data-testid": "open-thread", "data-ts": message.ts },
    ...faces,
    el("strong", {}, countOf(replies.length)),
    when,
  );
}

/** Return one message; `row` is {message, isFollowing, replies, inThread}. */
function draw({ message, isFollowing, replies, inThread }) {
  const who = person(message.user);
  const label = `${name(who)}, ${wholeMoment(message.ts)}${message.ephemeral ? ", only visible to you" : ""}`;
  const side = isFollowing ? el(
    "span",
    { class: "stamp stamp-side", "aria-hidden": "true" },
    clock(message.ts),
  ) : avatar(who);
  const kind = `message${isFollowing ? " message-following" : ""}${message.ephemeral ? " message-ephemeral" : ""}`;
  const mark = message.ephemeral ? el("p", { class: "ephemeral" }, icon("eye"), "Only visible to you") : null;
  return el(
    "article",
    {
      class: kind,
      "data-testid": "message",
      "data-ts": message.ts,
      "data-ephemeral": String(Boolean(message.ephemeral)),
      "aria-label": label,
      tabindex: "-1",
    },
    el("div", { class: "side" }, side),
    el(
      "div",
      { class: "content" },
      mark,
      isFollowing ? null : head(message, who),
      body(message),
      inThread ? null : threadLink(message, replies),
    ),
    toolbar(message, { inThread }),
  );
}

function drawSending(entry) {
  const who = person(entry.as);
  const status = entry.error
    ? el("p", { class: "fault" }, icon("failed"), entry.error)
    : el("p", { class: "sending" }, icon("doing"), entry.text.startsWith("/") ? "Waiting for the app…" : "Sending…");
  const retry = el("button", { type: "button", class: "button button-small", "data-testid": "retry" }, "Try again");
  const drop = el("button", { type: "button", class: "button button-small" }, "Dismiss");
  retry.addEventListener("click", () => again(entry));
  drop.addEventListener("click", () => forget(entry));
  const more = entry.error ? el("div", { class: "block-actions" }, retry, drop) : null;
  return el(
    "article",
    {
      class: "message message-sending",
      "data-testid": entry.error ? "failed" : "pending",
      "aria-label": `${name(who)}, not yet sent`,
    },
    el("div", { class: "side" }, avatar(who)),
    el(
      "div",
      { class: "content" },
      el("div", { class: "head" }, el("h3", { class: "author" }, name(who))),
      entry.text ? el("p", { class: "words" }, entry.text) : null,
      ...entry.files.map((file) => el("p", { class: "file" }, icon("file"), el("span", {}, file.name))),
      status,
      more,
    ),
  );
}

/** A day's heading in a channel; in a thread, how many answers follow. */
const divider = ({ words, kind }) => el("h2", { class: kind }, el("span", {}, words));

const countOf = (replies) => (replies === 1 ? "1 reply" : `${replies} replies`);

function follows(message, before) {
  const isPlain = !person(message.user).isApp && !message.edited; // a card stands for itself
  return isPlain && before?.user === message.user && !before.ephemeral && message.ts - before.ts < GROUP_SECONDS;
}

function rows(messages, { inThread, replies }) {
  const list = [];
  let before = null;
  for (const message of messages) {
    const day = dayOf(message.ts);
    if (!inThread && (!before || dayOf(before.ts) !== day)) {
      list.push({ id: `day-${day}`, kind: "day", words: day });
      before = null;
    }
    if (inThread && list.length === 1) {
      list.push({ id: "count", kind: "count", words: countOf(messages.length - 1) });
      before = null;
    }
    list.push({
      id: message.ts,
      message,
      isFollowing: follows(message, before),
      replies: replies.get(message.ts) ?? [],
      inThread,
    });
    before = message;
  }
  return list;
}

const isReply = ({ ts, thread_ts: root }) => Boolean(root) && root !== ts;

/** Return a channel's messages as {roots, replies}: replies by the ts of what they answer. */
export function threads(messages) {
  const replies = new Map();
  for (const message of messages.filter(isReply)) {
    replies.set(message.thread_ts, [...(replies.get(message.thread_ts) ?? []), message]);
  }
  const known = new Set(messages.map(({ ts }) => ts));
  return {
    roots: messages.filter((each) => !isReply(each) || each.reply_broadcast || !known.has(each.thread_ts)),
    replies,
  };
}

/** Bring `list` up to date with `messages` and with what is being sent there. */
export function show(list, messages, { thread = "", replies = new Map() } = {}) {
  const sending = state.sending.filter((each) => each.as === state.as && each.channel === state.channel && each.thread === thread);
  const items = [
    ...rows(messages, { inThread: Boolean(thread), replies }),
    ...sending.map((entry) => ({ id: entry.id, entry, error: entry.error })),
  ];
  reconcile(list, items, {
    key: ({ id }) => id,
    mark: ({ entry, ...row }) => JSON.stringify({ ...row, as: state.as }),
    draw: (row) => (row.entry ? drawSending(row.entry) : row.kind ? divider(row) : draw(row)),
  });
}

/** Keep a scrolling element at its end while what is in it grows, unless the person has scrolled up. */
export function keepAtEnd(frame, list) {
  const NEAR = 90;
  let isAtEnd = true;
  let last = 0;
  const down = () => frame.scrollTo({ top: frame.scrollHeight, behavior: "instant" });
  const more = el("button", { type: "button", class: "to-end", id: newId("end"), hidden: true }, "Newest messages");
  frame.addEventListener("scroll", () => {
    const isNear = frame.scrollHeight - frame.scrollTop - frame.clientHeight < NEAR;
    isAtEnd = isNear || (isAtEnd && frame.scrollTop >= last); // a picture that grows is not a person who scrolls up
    last = frame.scrollTop;
    more.hidden = isAtEnd;
  });
  more.addEventListener("click", () => {
    isAtEnd = true;
    down();
  });
  const watch = new ResizeObserver(() => isAtEnd && down());
  watch.observe(list);
  watch.observe(frame);
  const toEnd = () => {
    isAtEnd = true;
    down();
  };
  return { more, toEnd };
}
