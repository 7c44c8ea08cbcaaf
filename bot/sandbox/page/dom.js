// Making and keeping elements: every word of data enters the page here, as text and never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Drawn for this page on a 20 by 20 grid; each is a list of path data. */
const ICONS = {
  menu: ["M3 5.5h14", "M3 10h14", "M3 14.5h14"],
  close: ["M5 5l10 10", "M15 5L5 15"],
  send: ["M3 10h12", "M10.5 5l5 5-5 5"],
  hash: ["M8 3L6.5 17", "M13.5 3L12 17", "M3.5 7.5h13.5", "M3 12.5h13.5"],
  lock: ["M5 9h10v7.5H5z", "M7 9V6.5a3 3 0 0 1 6 0V9"],
  house: ["M3 10l7-6 7 6", "M5 9v7.5h10V9"],
  theme: ["M10 3.5a6.5 6.5 0 1 0 0 13z", "M10 3.5a6.5 6.5 0 0 1 0 13"],
  more: ["M5 10h.01", "M10 10h.01", "M15 10h.01"],
  reply: ["M8 5L3.5 9.5 8 14", "M4 9.5h7.5a5 5 0 0 1 5 5v1"],
  trash: ["M4 6h12", "M8 6V4h4v2", "M5.5 6l.8 10.5h7.4L14.5 6"],
  eye: ["M2.5 10S5.5 5 10 5s7.5 5 7.5 5-3 5-7.5 5-7.5-5-7.5-5z", "M10 8.2a1.8 1.8 0 1 0 .01 0"],
  done: ["M4.5 10.5l3.5 3.5 7.5-8"],
  doing: ["M10 3.5a6.5 6.5 0 1 1-6.5 6.5"],
  waiting: ["M10 3.5a6.5 6.5 0 1 0 .01 0", "M10 6.5V10l2.5 2"],
  failed: ["M10 4v7.5", "M10 15.5h.01"],
  file: ["M5 3h6.5L15.5 7v10H5z", "M11 3v4.5h4.5"],
  clip: ["M15.5 9.5l-5.8 5.8a3.6 3.6 0 0 1-5.1-5.1l6.2-6.2a2.4 2.4 0 0 1 3.4 3.4l-6 6a1.2 1.2 0 0 1-1.7-1.7l5.2-5.2"],
  picture: ["M3.5 4.5h13v11h-13z", "M4 14l4-4 3 3 2-2 3.5 3.5", "M12.5 7.8h.01"],
  up: ["M6 11V4.5a1.5 1.5 0 0 1 3 0V8.5h5.5l-1 7H6", "M3.5 10.5v5"],
  down: ["M14 9v6.5a1.5 1.5 0 0 1-3 0V11.5H5.5l1-7H14", "M16.5 9.5v-5"],
  out: ["M8 4.5H4.5v11h11V12", "M11 4h5v5", "M16 4l-7 7"],
};

/** Return one of ICONS as an image that screen readers pass over. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 20 20", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const data of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
}

/** Return a new element; null, undefined and false props and children are left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Return `link` if it is one a person may safely follow, else null. */
export function safeLink(link) {
  try {
    const { protocol } = new URL(link);
    return ["http:", "https:", "mailto:"].includes(protocol) ? link : null;
  } catch {
    return null;
  }
}

const drawn = new WeakMap();

/**
 * Make `parent` hold one element per item, in order, drawing anew only what changed (`mark`): pictures do not
 * flicker, and the keyboard stays where it was.
 */
export function reconcile(parent, items, { key, mark, draw }) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let before = null;
  for (const item of items) {
    const id = key(item);
    let node = old.get(id);
    old.delete(id);
    if (!node || drawn.get(node) !== mark(item)) {
      const fresh = draw(item);
      fresh.dataset.key = id;
      drawn.set(fresh, mark(item));
      if (node) replaceKeepingFocus(node, fresh);
      node = fresh;
    }
    const place = before ? before.nextSibling : parent.firstChild;
    if (place !== node) parent.insertBefore(node, place);
    before = node;
  }
  for (const node of old.values()) node.remove();
}

/** Put `fresh` in the place of `node`; what had the focus, or else the whole, has it afterwards. */
export function replaceKeepingFocus(node, fresh) {
  const active = node.contains(document.activeElement) ? document.activeElement : null;
  const hook = active?.closest("[data-testid]")?.dataset.testid;
  node.replaceWith(fresh);
  if (!active) return;
  const again = hook ? fresh.querySelector(`[data-testid="${CSS.escape(hook)}"]`) : null;
  (again ?? fresh).focus({ preventScroll: true });
}

let last = 0;

/** Return an id that no other element has. */
export function newId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}
