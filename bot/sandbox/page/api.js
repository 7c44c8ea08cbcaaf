// The page API: one function for each question, and a sentence for each way it can fail.

/** What a person reads where the server says only a code. */
const SENTENCES = {
  operation_timeout: "The app did not answer in time. It may still be working: look again in a moment, then try again.",
  dispatch_failed: "The app could not be reached. Check that the bot is running, then try again.",
  unknown_command: "There is no such command here. Type / to see the commands.",
  offline: "The sandbox did not answer. Check that it is still running, then try again.",
  too_many_files: "A message takes up to 10 files. Send these first, then add the rest in the same thread.",
  unknown_shortcut: "The app has no such shortcut. Reload the page, then try again.",
  message_not_found: "That message is gone.",
  file_not_found: "That file is gone already.",
  expired: "This form is no longer open. Please open it again.",
  view_not_found: "This form is no longer open. Please open it again.",
};

/** Return the sentence for an error code. */
export function sentence(code) {
  return SENTENCES[code] ?? `That did not work (${code || "no reason given"}). Please try again.`;
}

async function ask(path, options = {}) {
  try {
    const response = await fetch(path, options);
    const body = await response.json();
    return typeof body === "object" && body !== null ? body : { ok: false, error: "offline" };
  } catch {
    return { ok: false, error: "offline" };
  }
}

const get = (path, query) => ask(`${path}?${new URLSearchParams(query)}`);
const post = (path, body) =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const world = (as) => get("/sandbox/world", { as });
export const messages = (as, channel) => get("/sandbox/messages", { as, channel });
export const home = (as) => get("/sandbox/home", { as });
export const openHome = (as) => post("/sandbox/open_home", { as });
export const sendCommand = (as, channel, text) => post("/sandbox/command", { as, channel, text });
export const sendMessage = (as, channel, text, threadTs) =>
  post("/sandbox/message", { as, channel, text, ...(threadTs ? { thread_ts: threadTs } : {}) });
/** Post `files` with or without words, in one request. */
export function upload(as, channel, text, threadTs, files) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ as, channel, text, thread_ts: threadTs })) form.set(name, value);
  for (const file of files) form.append("files", file, file.name);
  return ask("/sandbox/upload", { method: "POST", body: form });
}
export const deleteFile = (as, file) => post("/sandbox/delete_file", { as, file });
export const useShortcut = (as, channel, messageTs, callbackId) =>
  post("/sandbox/shortcut", { as, channel, message_ts: messageTs, callback_id: callbackId });
export const act = (action) => post("/sandbox/action", action);
export const submit = (as, viewId, values) => post("/sandbox/submit", { as, view_id: viewId, values });
export const closeView = (as, viewId) => post("/sandbox/close_view", { as, view_id: viewId });
export const fileAddress = (id) => `/sandbox/file/${encodeURIComponent(id)}`;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Follow everything that happens for person `as`, reconnecting for ever. `onLink(true)` is called after every
 * connect, so that what was missed can be fetched. Returns a function that ends it.
 */
export function follow(as, { onEvent, onLink }) {
  let source = null;
  let timer = 0;
  let wait = FIRST_WAIT_MS;
  const connect = () => {
    source = new EventSource(`/sandbox/events?${new URLSearchParams({ as })}`);
    source.onopen = () => {
      wait = FIRST_WAIT_MS;
      onLink(true);
    };
    source.onmessage = ({ data }) => onEvent(JSON.parse(data));
    source.onerror = () => {
      source.close();
      onLink(false);
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
