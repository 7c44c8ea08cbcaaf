// The thread panel: one message, what was answered to it, and a place to answer.

import { composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { keepAtEnd, show, threads } from "./messages.js";
import { go, messagesOf, place, state } from "./state.js";

/** Build the panel inside `aside`; returns a function that brings it up to date. */
export function thread(aside) {
  const title = el("h2", { class: "place-name", id: "thread-title" }, "Thread");
  const where = el("p", { class: "place-topic" });
  const close = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close the thread", "data-testid": "close-thread" },
    icon("close"),
  );
  const list = el("div", { class: "list" });
  const frame = el(
    "div",
    { class: "log", role: "log", "aria-live": "off", "aria-label": "Thread messages", tabindex: "0" },
    list,
  );
  const write = composer({
    hook: "thread-composer",
    sendHook: "thread-send",
    label: () => "Reply in this thread",
    thread: () => state.thread,
    withCommands: false,
    zone: aside,
  });
  const end = keepAtEnd(frame, list);
  aside.append(
    el("header", { class: "place" }, el("div", { class: "place-words" }, title, where), close),
    frame,
    el("div", { class: "compose" }, write.node),
  );
  let shown = "";

  const leave = () => {
    const link = document.querySelector(`[data-testid="open-thread"][data-ts="${CSS.escape(state.thread)}"]`);
    go({});
    (link ?? document.getElementById("log")).focus({ preventScroll: true });
  };
  close.addEventListener("click", leave);
  aside.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });

  return () => {
    const { thread: root, channel, isHome } = state;
    const all = messagesOf(channel);
    const first = all.find(({ ts }) => ts === root);
    aside.hidden = !first || isHome;
    document.body.classList.toggle("with-thread", !aside.hidden);
    if (aside.hidden) {
      shown = "";
      list.replaceChildren();
      return;
    }
    where.textContent = place(channel).isDirect ? place(channel).name : `#${place(channel).name}`;
    const { replies } = threads(all);
    show(list, [first, ...(replies.get(root) ?? [])], { thread: root });
    if (shown !== root) {
      end.toEnd();
      if (shown || document.activeElement !== document.body) write.control.focus({ preventScroll: true });
    }
    shown = root;
  };
}
