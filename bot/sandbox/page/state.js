// What the page knows: who you are, where you are, and what has been said. The address's hash holds the first
// two (`#as=U…&channel=C…&thread=…` or `&home=1`), so that a link or a test can open any of it.

/** The one state of the page. `channels` holds, for each channel fetched, its messages by ts. */
export const state = {
  world: null,
  as: "",
  channel: "",
  thread: "",
  isHome: false,
  channels: new Map(),
  unread: new Set(),
  sending: [],
  home: null,
};

const listeners = new Map();

/** Call `listener` whenever `topic` ("place", "messages", "sending", "home", "unread") changes. */
export function on(topic, listener) {
  listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

/** Say that `topic` changed. */
export function changed(topic) {
  for (const listener of listeners.get(topic) ?? []) listener();
}

/** Return what the address asks for. */
export function wanted() {
  const hash = new URLSearchParams(window.location.hash.slice(1));
  return {
    as: hash.get("as") ?? "",
    channel: hash.get("channel") ?? "",
    thread: hash.get("thread") ?? "",
    isHome: hash.get("home") === "1",
  };
}

/** Return the address of a place; what is not given stays as it is, except the thread, which closes. */
export function address({ as = state.as, channel = state.channel, thread = "", isHome = false }) {
  const hash = new URLSearchParams({ as, channel });
  if (thread) hash.set("thread", thread);
  if (isHome) hash.set("home", "1");
  return `#${hash}`;
}

/** Go to a place. */
export function go(place) {
  window.location.hash = address(place);
}

/** Return the world as this page shows it: colours as CSS writes them, the app's name as a name. */
export function dressed(world) {
  const color = (text) => (/^[0-9a-f]{6}$/iu.test(text) ? `#${text}` : text);
  const people = world.people.map((each) => ({ ...each, color: color(each.color) }));
  const name = world.bot.name.charAt(0).toUpperCase() + world.bot.name.slice(1);
  return { ...world, people, bot: { ...world.bot, name } };
}

const isBot = (id) => id === state.world.bot.user_id || id === state.world.bot.bot_id;

/** Return who `id` is: {id, name, real_name, color, isApp}; an unknown id is "Someone". */
export function person(id) {
  if (isBot(id)) return { id, name: state.world.bot.name, real_name: state.world.bot.name, isApp: true };
  const known = state.world.people.find((each) => each.id === id);
  return known ?? { id, name: "someone", real_name: "Someone", color: "#5b6470" };
}

/** Return those one can act as; the others left, or are no people. */
export const actors = () => state.world.people.filter((each) => each.can_act);

/** Return the name of a user group as it is written: "@leads". */
export function groupName(id) {
  const known = state.world.usergroups.find((each) => each.id === id);
  return `@${known?.handle ?? "group"}`;
}

/** Return {id, name, topic, isDirect} of a channel or direct message. */
export function place(id) {
  const channel = state.world.channels.find((each) => each.id === id);
  if (channel) return { ...channel, isDirect: false };
  const direct = state.world.dms.find((each) => each.id === id);
  return { id, name: direct ? state.world.bot.name : "unknown", topic: "", isDirect: Boolean(direct) };
}

/** Return the messages of a channel, oldest first. */
export function messagesOf(channel) {
  return [...(state.channels.get(channel)?.values() ?? [])].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

/** Take in a channel's messages, all of them. */
export function keepAll(channel, messages) {
  state.channels.set(channel, new Map(messages.map((each) => [each.ts, each])));
}

/** Take in one new or changed message, if its channel was ever looked at. */
export function keep(message) {
  state.channels.get(message.channel)?.set(message.ts, message);
}

/** Forget a deleted message. */
export function drop(channel, ts) {
  state.channels.get(channel)?.delete(ts);
}
