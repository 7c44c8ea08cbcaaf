// The `plan` and `task_card` blocks: what is to be done, with each state as an icon and as a word.

import { el, icon } from "./dom.js";
import { richText } from "./richtext.js";
import { link, plain } from "./words.js";

const STATES = {
  pending: ["waiting", "to do"],
  in_progress: ["doing", "in progress"],
  complete: ["done", "done"],
  error: ["failed", "failed"],
};

const words = (text) => (typeof text === "string" ? plain(text) : plain(text?.text ?? ""));

function sources(list = []) {
  if (list.length === 0) return null;
  return el(
    "p",
    { class: "task-sources" },
    "Sources: ",
    ...list.flatMap((each, at) => [at ? ", " : "", link(each.url, each.text || each.url)]),
  );
}

/** Return one task with its details and output, where it has any. */
export function task({ title, status = "pending", details, output, sources: from }) {
  const [picture, word] = STATES[status] ?? ["waiting", status];
  const more = [details, output].filter(Boolean).map((each) => el("div", { class: "task-more" }, richText(each)));
  return el(
    "div",
    { class: `task task-${status}` },
    icon(picture),
    el(
      "div",
      { class: "task-words" },
      el("p", { class: "task-title" }, words(title), el("span", { class: "task-state" }, ` ${word}`)),
      ...more,
      sources(from),
    ),
  );
}

/** Return a plan: its title, how much of it is done, and its tasks. */
export function plan({ title, tasks = [] }) {
  const done = tasks.filter(({ status }) => status === "complete").length;
  const meter = el("progress", { max: Math.max(tasks.length, 1), value: done, "aria-label": "Tasks done" });
  return el(
    "div",
    { class: "block plan" },
    el(
      "div",
      { class: "plan-head" },
      el("p", { class: "title" }, words(title)),
      el("span", { class: "plan-count" }, `${done} of ${tasks.length} done`),
    ),
    meter,
    el("ul", { class: "plan-tasks", role: "list" }, ...tasks.map((each) => el("li", {}, task(each)))),
  );
}
