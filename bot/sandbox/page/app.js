// The entry: who and where by the address, everything that happens by the event stream, drawn into the page.

import * as api from "./api.js";
import { announce } from "./announce.js";
import { composer, suggestions } from "./composer.js";
import { el, icon } from "./dom.js";
import * as home from "./home.js";
import { keepAtEnd, show, threads } from "./messages.js";
import * as modal from "./modal.js";
import { mrkdwn } from "./mrkdwn.js";
import * as rail from "./rail.js";
import { address, changed, dressed, drop, keep, keepAll, messagesOf, on, person, place, state, wanted } from "./state.js";
import { thread } from "./thread.js";

const RETRY_MS = 1000;
const FIRST_PERSON = "U0000000ANN";
const NOT_THE_MODEL = "No picture here was drawn by the real model.";
const part = (id) => document.getElementById(id);
const log = part("log");
const list = el("div", { class: "list" });
const end = keepAtEnd(log, list);
const showThread = thread(part("thread"));

let stop = () => {};
let epoch = 0;
let away = 0;
let missed = [];

const placeLabel = () => {
  if (!state.world) return "Message";
  const here = place(state.channel);
  return here.isDirect ? `Message ${here.name}` : `Message #${here.name}`;
};
const write = composer({ hook: "composer", sendHook: "send", label: placeLabel, thread: () => "", withCommands: true, zone: part("main") });

// ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────

function showPlace() {
  rail.showPlaces(part("rail"));
  rail.showPeople(part("people-list"));
  rail.showHead(part("place"));
  write.relabel();
  part("home").hidden = !state.isHome;
  log.hidden = state.isHome;
  part("compose").hidden = state.isHome;
  document.title = `${state.isHome ? "Home" : placeLabel().replace("Message ", "")} · ${person(state.as).real_name} · Housestyle sandbox`;
}

function showMessages() {
  if (!state.world || state.isHome) return showThread();
  const { roots, replies } = threads(messagesOf(state.channel));
  show(list, roots, { replies });
  list.classList.toggle("list-empty", list.childElementCount === 0);
  return showThread();
}

function showWorld() {
  part("team").textContent = state.world.team.name;
  part("notice").textContent = `${state.world.notice} ${NOT_THE_MODEL}`;
  part("compose").replaceChildren(end.more, suggestions(write), write.node);
}

// ── fetching ─────────────────────────────────────────────────────────────────────────────────────────────

async function fetchMessages() {
  const [mine, channel] = [epoch, state.channel];
  missed = [];
  const answer = await api.messages(state.as, channel);
  if (mine !== epoch || !answer.messages) return;
  keepAll(channel, answer.messages);
  for (const apply of missed) apply(); // what happened while the answer was on its way
  changed("messages");
}

async function fetchHome() {
  const mine = epoch;
  api.openHome(state.as);
  const answer = await api.home(state.as);
  if (mine !== epoch) return;
  state.home = answer.view ?? state.home;
  changed("home");
}

function fetchPlace() {
  state.unread.delete(state.channel);
  if (state.isHome) fetchHome();
  return fetchMessages();
}

// ── what happens ─────────────────────────────────────────────────────────────────────────────────────────

/** The text without what changes at every look at a progress bar: only news is said aloud. */
const gist = (text) => (text ?? "").replace(/[\d▓░\s]/gu, "");

function takeIn(message) {
  const old = state.channels.get(message.channel)?.get(message.ts);
  const apply = () => keep(message);
  apply();
  missed.push(apply);
  const isHere = message.channel === state.channel && !state.isHome;
  if (!isHere && !old && message.user !== state.as) {
    state.unread.add(message.channel);
    changed("unread");
  }
  if (isHere && message.user !== state.as && gist(message.text) !== gist(old?.text)) {
    announce(`${person(message.user).real_name}: ${mrkdwn(message.text).textContent}`);
  }
  if (message.channel === state.channel) changed("messages");
}

const EVENTS = {
  message: ({ message }) => takeIn(message),
  message_changed: ({ message }) => takeIn(message),
  message_deleted: ({ channel, ts }) => {
    const apply = () => drop(channel, ts);
    apply();
    missed.push(apply);
    changed("messages");
  },
  view: ({ view }) => modal.open(view),
  view_closed: ({ view_id: id }) => modal.forget(id),
  people: async () => {
    const [mine, world] = [epoch, await api.world(state.as)];
    if (mine !== epoch || !world.team) return;
    state.world = dressed(world);
    changed("place");
    changed("messages");
  },
  home: ({ view }) => {
    state.home = view;
    changed("home");
  },
};

// ── who and where ────────────────────────────────────────────────────────────────────────────────────────

async function meetWorld(as) {
  for (;;) {
    const world = await api.world(as);
    if (world.team) return dressed(world);
    if (world.error === "unknown_person" && as !== FIRST_PERSON) return meetWorld(FIRST_PERSON);
    part("offline").textContent = api.sentence("offline");
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** Become `as`: another world, another stream; nothing of the last person's stays. */
async function become(as) {
  epoch += 1;
  const mine = epoch;
  stop();
  const world = await meetWorld(as);
  if (mine !== epoch) return false;
  const isKnown = world.people.some(({ id }) => id === as);
  const wasSomeone = state.as !== "";
  Object.assign(
    state,
    { world, as: isKnown ? as : world.people[0].id, channels: new Map(), unread: new Set(), home: null },
  );
  modal.forgetAll();
  showWorld();
  let isLinked = false;
  stop = api.follow(state.as, {
    onEvent: (event) => EVENTS[event.type]?.(event),
    onLink: (isUp) => {
      part("offline").textContent = isUp ? "" : "The connection was lost. Reconnecting…";
      if (isUp && isLinked) fetchPlace();
      isLinked ||= isUp;
    },
  });
  if (wasSomeone) announce(`You are now acting as ${person(state.as).real_name}.`);
  return true;
}

/** Put what is shown out of reach while it still is another person's; the keyboard comes back afterwards. */
async function outOfReach(work) {
  const active = document.activeElement;
  const parts = [part("main"), part("thread")];
  away += 1;
  for (const each of parts) each.inert = true;
  await work();
  away -= 1;
  for (const each of parts) each.inert = away > 0;
  if (document.activeElement === document.body && active.isConnected) active.focus({ preventScroll: true });
}

/** Go where the address says; a place that this person does not have becomes the nearest one they have. */
async function follow() {
  const want = wanted();
  const isNew = !state.world || want.as !== state.as;
  if (isNew && !(await become(want.as || state.as || FIRST_PERSON))) return;
  const { channels, dms } = state.world;
  const isThere = [...channels, ...dms].some(({ id }) => id === want.channel);
  const fallback = state.channel && !channels.some(({ id }) => id === state.channel) ? dms[0]?.id : channels[0]?.id;
  const channel = isThere ? want.channel : (fallback ?? channels[0].id);
  const moved = isNew || channel !== state.channel || want.isHome !== state.isHome;
  Object.assign(state, { channel, thread: isThere ? want.thread : "", isHome: want.isHome });
  const proper = address({ thread: state.thread, isHome: state.isHome });
  if (proper !== window.location.hash) window.history.replaceState(null, "", proper);
  closeRail();
  if (!moved) return changed("messages");
  list.replaceChildren();
  changed("place");
  changed("messages");
  await fetchPlace();
  end.toEnd();
  return changed("unread");
}

const arrive = () => (wanted().as === state.as ? follow() : outOfReach(follow));

// ── the page ─────────────────────────────────────────────────────────────────────────────────────────────

function setRail(isOpen) {
  document.body.classList.toggle("rail-open", isOpen);
  part("menu").setAttribute("aria-expanded", String(isOpen));
}
const closeRail = () => setRail(false);

function start() {
  part("menu").append(icon("menu"));
  part("theme").append(icon("theme"));
  part("menu").addEventListener("click", () => setRail(!document.body.classList.contains("rail-open")));
  part("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the hash is the address of a place here
    part("main").focus();
  });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && closeRail());
  log.append(list);
  modal.start();
  rail.listenForDigits();
  on("place", showPlace);
  on("messages", showMessages);
  on("sending", showMessages);
  on("sending", () => state.sending.some(({ error }) => !error) && end.toEnd());
  on("home", () => home.show(part("home")));
  on("unread", () => rail.showPlaces(part("rail")));
  window.addEventListener("hashchange", arrive);
  window.addEventListener("pagehide", () => stop());
  arrive();
}

start();
