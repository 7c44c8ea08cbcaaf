// Where one can go, and as whom: the channels, the app, and the people to act as.

import { el, icon, reconcile } from "./dom.js";
import { avatar } from "./messages.js";
import { actors, address, go, place, state } from "./state.js";

function entry({ href, isHere, hook, label, picture, isUnread }) {
  const mark = isUnread ? el("span", { class: "unread" }, el("span", { class: "unseen" }, "new messages")) : null;
  return el(
    "li",
    {},
    el(
      "a",
      { class: "rail-link", href, "data-testid": hook, "aria-current": isHere ? "page" : null },
      picture,
      el("span", { class: "rail-words" }, label),
      mark,
    ),
  );
}

const sign = ({ is_private: isPrivate }) => (isPrivate ? "lock" : "hash");
const appFace = () => avatar({ isApp: true });

function part(title, ...entries) {
  return el(
    "section",
    { class: "rail-part", "aria-label": title },
    el("h2", { class: "rail-title" }, title),
    el("ul", { role: "list" }, ...entries),
  );
}

/** Draw the channels, the direct message and the app. */
export function showPlaces(nav) {
  const { world, channel, isHome, unread } = state;
  const at = (each, picture, label, hook) =>
    entry({
      href: address({ channel: each.id }),
      isHere: !isHome && channel === each.id,
      hook,
      label,
      picture,
      isUnread: unread.has(each.id),
    });
  const focused = document.activeElement?.closest?.("#rail [data-testid]")?.dataset.testid;
  nav.replaceChildren(
    part("Channels", ...world.channels.map((each) => at(each, icon(sign(each)), each.name, `channel-${each.name}`))),
    part("Direct messages", ...world.dms.map((each) => at(each, appFace(), place(each.id).name, "dm"))),
    part(
      "App",
      entry({
        href: address({ isHome: true }),
        isHere: isHome,
        hook: "home",
        label: `${world.bot.name} Home`,
        picture: icon("house"),
      }),
    ),
  );
  if (focused) nav.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

/** Switch to a person; in a direct message or the Home, to theirs. */
function become(id) {
  const isDirect = place(state.channel).isDirect;
  go({ as: id, ...(isDirect ? { channel: "" } : {}), isHome: state.isHome, thread: isDirect ? "" : state.thread });
}

function face(each, at) {
  const isMe = each.id === state.as;
  const [first, ...rest] = (each.real_name || each.name).split(" ");
  const node = el(
    "button",
    {
      type: "button",
      class: "face",
      "data-testid": `person-${each.name}`,
      "aria-pressed": String(isMe),
      title: `${each.real_name}, ${each.title} (Alt+${at + 1})`,
      "aria-keyshortcuts": `Alt+${at + 1}`,
    },
    avatar(each),
    el(
      "span",
      { class: "face-words" },
      el("span", { class: "face-name" }, first, el("span", { class: "face-rest" }, ` ${rest.join(" ")}`)),
      el("span", { class: "face-title" }, each.title),
    ),
    el("span", { class: "face-me" }, isMe ? icon("done") : null),
  );
  node.addEventListener("click", () => become(each.id));
  return node;
}

/** Draw the people one can act as. */
export function showPeople(list) {
  reconcile(list, actors().map((each, at) => ({ each, at })), {
    key: ({ each }) => each.id,
    mark: ({ each }) => JSON.stringify([each, each.id === state.as]),
    draw: ({ each, at }) => face(each, at),
  });
}

/** Alt and a digit switches to that person, from anywhere. */
export function listenForDigits() {
  document.addEventListener("keydown", (event) => {
    const digit = /^Digit([1-9])$/u.exec(event.code);
    const chosen = event.altKey && digit && state.world ? actors()[Number(digit[1]) - 1] : null;
    if (!chosen) return;
    event.preventDefault();
    become(chosen.id);
  });
}

/** Draw the head of the main part: where one is; for the app, its two tabs. */
export function showHead(head) {
  const here = place(state.channel);
  if (!here.isDirect && !state.isHome) {
    head.replaceChildren(
      el("h1", { class: "place-name" }, icon(sign(here)), here.name),
      el("p", { class: "place-topic" }, here.topic),
    );
    return;
  }
  const direct = state.world.dms[0]?.id ?? "";
  const tab = (label, href, isHere, hook) => el(
    "a",
    { class: "tab", href, "aria-current": isHere ? "page" : null, "data-testid": hook },
    label,
  );
  head.replaceChildren(
    el("h1", { class: "place-name" }, appFace(), state.world.bot.name, el("span", { class: "badge" }, "APP")),
    el(
      "nav",
      { class: "tabs", "aria-label": `${state.world.bot.name} tabs` },
      tab("Home", address({ isHome: true }), state.isHome, "tab-home"),
      tab("Messages", address({ channel: direct }), !state.isHome, "tab-messages"),
    ),
  );
}
