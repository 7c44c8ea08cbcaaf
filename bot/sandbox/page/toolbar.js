// What can be done with one message: answer it, use one of the app's shortcuts on it, delete a file of one's own.

import * as api from "./api.js";
import { announce, note } from "./announce.js";
import { confirmed } from "./dialogs.js";
import { el, icon } from "./dom.js";
import { entry, menu } from "./menu.js";
import { address, person, state } from "./state.js";

async function tell(asked, done) {
  const answer = await asked;
  if (answer.ok) announce(done);
  else note(api.sentence(answer.error), "failed");
}

async function remove(file, message) {
  const text = (words) => ({ type: "plain_text", text: words });
  const question = {
    title: text("Delete this file?"),
    text: text(`${file.name} is deleted for everyone, and the app cannot read it any more.`),
    confirm: text("Delete"),
    deny: text("Keep"),
    style: "danger",
  };
  if (!(await confirmed(question))) return;
  await tell(api.deleteFile(state.as, file.id), `${file.name} was deleted.`);
  setTimeout(() => {
    if (document.activeElement !== document.body) return; // the message is drawn anew, and its menu with it
    document.querySelector(`article[data-ts="${CSS.escape(message.ts)}"]`)?.focus({ preventScroll: true });
  });
}

function replyLink(message) {
  return el(
    "a",
    {
      class: "icon-button",
      href: address({ channel: message.channel, thread: message.ts }),
      title: "Reply in a thread",
      "aria-label": `Reply in a thread to ${person(message.user).real_name}`,
      "data-testid": "reply",
    },
    icon("reply"),
  );
}

function moreMenu(message) {
  const { shortcuts, bot } = state.world;
  const mine = message.user === state.as ? (message.files ?? []) : [];
  const kept = mine.filter(({ mode }) => mode !== "tombstone");
  if (shortcuts.length + kept.length === 0) return null;
  const use = ({ callback_id: id }) =>
    tell(api.useShortcut(state.as, message.channel, message.ts, id), "Sent. The app has it.");
  const items = (close) => [
    ...shortcuts.map((each) =>
      entry(`shortcut-${each.callback_id}`, close, () => use(each), each.name, el("span", { class: "tick-about" }, bot.name))),
    ...kept.map((file) => entry(`delete-${file.id}`, close, () => remove(file, message), `Delete ${file.name}`)),
  ];
  return menu({ label: "More actions for this message", hook: "message-menu", items });
}

/** Return the toolbar of a message, seen on hover and when the keyboard is in it; null where nothing can be done. */
export function toolbar(message, { inThread }) {
  if (message.ephemeral) return null;
  const parts = [inThread ? null : replyLink(message), moreMenu(message)].filter(Boolean);
  return parts.length > 0 ? el("div", { class: "toolbar" }, ...parts) : null;
}
