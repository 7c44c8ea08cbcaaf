// Pictures in messages: shown only from this machine (the page asks nobody else for anything), enlarged on a
// click, and told in words where they cannot be shown.

import { fileAddress } from "./api.js";
import { enlarge } from "./dialogs.js";
import { el, icon } from "./dom.js";
import { link, sizeOf } from "./words.js";

const OURS = new Set(["127.0.0.1", "localhost", window.location.hostname]);

/** Return where the bytes of an image block or element are: {source} or, for a foreign one, {foreign}. */
export function whereIs({ image_url: url, slack_file: file }) {
  const id = file?.id ?? /\/(F[A-Z0-9]{8,})\//u.exec(file?.url ?? "")?.[1];
  if (id) return { source: fileAddress(id) };
  const address = url ?? file?.url ?? "";
  try {
    return OURS.has(new URL(address, window.location.href).hostname) ? { source: address } : { foreign: address };
  } catch {
    return { foreign: address };
  }
}

const absent = (alt, ...why) =>
  el("div", { class: "picture-absent", role: "img", "aria-label": alt }, icon("file"), el("span", {}, ...why));

/** Return a picture with a button around it that enlarges it. */
export function picture(image, { title = "" } = {}) {
  const alt = image.alt_text ?? "";
  const { source, foreign } = whereIs(image);
  if (!source) return el(
    "div",
    { class: "picture-absent" },
    icon("file"),
    el("span", {}, "Not loaded here: ", link(foreign)),
  );
  const img = el("img", { src: source, alt, decoding: "async" });
  const button = el(
    "button",
    {
      type: "button",
      class: "picture",
      "aria-label": `Enlarge: ${alt || title || "picture"}`,
      "data-testid": "picture",
    },
    img,
  );
  button.addEventListener("click", () => enlarge(source, alt, title));
  img.addEventListener("error", () => button.replaceWith(absent(alt, "The picture could not be loaded. ", alt)));
  return button;
}

/** Return a small picture that is part of a line, as a context block holds. */
export function thumbnail(image) {
  const { source } = whereIs(image);
  return source ? el(
    "img",
    { class: "thumbnail", src: source, alt: image.alt_text ?? "" },
  ) : absent(image.alt_text ?? "");
}

/** Return an attached file that is no picture, offered to keep; of a deleted one, only that it was deleted. */
function chip(file) {
  if (file.mode === "tombstone") return el(
    "p",
    { class: "file file-deleted", "data-testid": "file" },
    icon("trash"),
    el("span", {}, "This file was deleted."),
  );
  return el(
    "a",
    { class: "file", href: fileAddress(file.id), download: file.name ?? "", "data-testid": "file" },
    icon("file"),
    el("span", { class: "file-name" }, file.title || file.name),
    el("span", { class: "file-size" }, file.size ? sizeOf(file.size) : ""),
  );
}

const isPicture = ({ mimetype = "", mode }) => mode !== "tombstone" && /^image\/(png|jpeg|gif|webp)$/u.test(mimetype);

function shownFile(file) {
  const name = file.title || file.name;
  return picture({ slack_file: { id: file.id }, alt_text: file.alt_txt || name }, { title: name });
}

/** Return a message's files: pictures as thumbnails side by side (a single one larger), all else as chips. */
export function attachments(files) {
  const pictures = files.filter(isPicture);
  const others = files.filter((file) => !isPicture(file)).map(chip);
  const kind = pictures.length > 1 ? "thumbs" : "block block-image";
  return [
    pictures.length > 0 ? el("div", { class: kind }, ...pictures.map(shownFile)) : null,
    others.length > 0 ? el("div", { class: "files" }, ...others) : null,
  ].filter(Boolean);
}
