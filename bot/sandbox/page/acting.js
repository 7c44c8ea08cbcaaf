// Carrying out what a person does with a button or a choice, and sending what they write.

import * as api from "./api.js";
import { announce, note } from "./announce.js";
import { changed, state } from "./state.js";

/** Return the `act` of a context: `where` is {channel, message_ts} or {view_id}. */
export function actor(where) {
  return async (payload) => {
    const answer = await api.act({ as: state.as, ...where, ...payload });
    if (answer.ok) announce("Sent. The app has it.");
    else note(api.sentence(answer.error), "failed");
  };
}

const isCommand = (text) => /^\/[a-z]/iu.test(text);

/** What is being sent, or could not be: {id, as, channel, thread, text, files, error}; kept in `state.sending`. */
let count = 0;

async function deliver({ as, channel, thread, text, files }) {
  if (files.length > 0) return api.upload(as, channel, text, thread, files);
  if (!isCommand(text)) return api.sendMessage(as, channel, text, thread);
  return api.sendCommand(as, channel, text);
}

async function attempt(entry) {
  entry.error = "";
  changed("sending");
  const answer = await deliver(entry);
  if (answer.ok) state.sending = state.sending.filter((each) => each !== entry);
  else {
    entry.error = api.sentence(answer.error);
    announce(`Not sent: ${entry.text || entry.files.map(({ name }) => name).join(", ")}. ${entry.error}`, { urgent: true });
  }
  changed("sending");
}

/** Send a line and files as the person acting now. Returns a sentence where it cannot even be tried, else "". */
export function send(text, thread = "", files = []) {
  if (files.length > 0 && isCommand(text)) return "Slash commands cannot carry files. Send the files as a message, then use the menu of that message.";
  if (thread && isCommand(text)) return "Slash commands do not work in threads. Send this one in the channel.";
  count += 1;
  const entry = { id: `sending-${count}`, as: state.as, channel: state.channel, thread, text, files, error: "" };
  state.sending.push(entry);
  attempt(entry);
  return "";
}

/** Try a failed line again. */
export const again = (entry) => attempt(entry);

/** Forget a failed line. */
export function forget(entry) {
  state.sending = state.sending.filter((each) => each !== entry);
  changed("sending");
}
