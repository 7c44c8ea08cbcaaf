// Files on their way into a message: chosen with the button, dropped on the conversation or pasted, and shown in a
// tray above the words until the message is sent.

import { el, icon } from "./dom.js";
import { state } from "./state.js";
import { sizeOf } from "./words.js";

const MOST = 10;
const TOO_MANY = `A message takes up to ${MOST} files. Send these first, then add the rest in the same thread.`;

// a file that is dropped beside the place for it must not take the browser away from the page
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => carriesFiles(event) && event.preventDefault());

const carriesFiles = ({ dataTransfer }) => [...(dataTransfer?.types ?? [])].includes("Files");

/**
 * Return {button, input, tray, files(), add(files), clear()} for a composer. Files dropped on `zone` go into the
 * tray; `changed(fault)` is called after every change, with a sentence where not all were taken.
 */
export function attaching({ zone, hook, changed }) {
  let files = [];
  const input = el("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "data-testid": `${hook}-files` });
  const button = el(
    "button",
    { type: "button", class: "icon-button", title: "Attach files", "aria-label": "Attach files", "data-testid": `${hook}-attach` },
    icon("clip"),
  );
  const tray = el("ul", { class: "tray", role: "list", "aria-label": "Attached files", hidden: true });

  const draw = (fault = "") => {
    tray.replaceChildren(...files.map(row));
    tray.hidden = files.length === 0;
    changed(fault);
  };
  const row = (file) => {
    const drop = el("button", { type: "button", class: "tray-drop", "aria-label": `Remove ${file.name}` }, icon("close"));
    drop.addEventListener("click", () => {
      const at = files.indexOf(file);
      files = files.filter((each) => each !== file);
      draw();
      (tray.querySelectorAll("button")[Math.min(at, files.length - 1)] ?? button).focus();
    });
    return el(
      "li",
      { class: "tray-file", "data-testid": "attached" },
      icon(file.type.startsWith("image/") ? "picture" : "file"),
      el("span", { class: "tray-name" }, file.name),
      el("span", { class: "file-size" }, sizeOf(file.size)),
      drop,
    );
  };
  const add = (more) => {
    const all = [...files, ...more];
    files = all.slice(0, MOST);
    draw(all.length > MOST ? TOO_MANY : "");
  };
  const clear = () => {
    files = [];
    draw();
  };

  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  dropping(zone, add);
  return { button, input, tray, files: () => files, add, clear };
}

/** Take what is dropped on `zone`, which is marked while something is held over it. */
function dropping(zone, take) {
  let depth = 0;
  const mark = (by) => {
    depth = Math.max(0, depth + by);
    zone.classList.toggle("dropping", depth > 0);
  };
  zone.addEventListener("dragenter", (event) => carriesFiles(event) && !state.isHome && mark(1));
  zone.addEventListener("dragleave", (event) => carriesFiles(event) && mark(-1));
  zone.addEventListener("drop", (event) => {
    if (!carriesFiles(event) || state.isHome) return;
    mark(-depth);
    take(event.dataTransfer.files);
  });
}
