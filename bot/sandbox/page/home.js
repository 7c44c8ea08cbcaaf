// The App Home: what the app shows this person, and nobody else.

import { actor } from "./acting.js";
import { blocks } from "./blocks.js";
import { el, replaceKeepingFocus } from "./dom.js";
import { state } from "./state.js";

/** Draw `state.home` into `panel`. */
export function show(panel) {
  const view = state.home;
  const empty = el("p", { class: "empty" }, "The app has nothing here for you yet. It fills when the app answers.");
  const context = { surface: "home", where: view?.id ?? "", act: actor({ view_id: view?.id }) };
  const fresh = el("div", { class: "home-inside", tabindex: "-1" }, view ? blocks(view.blocks, context) : empty);
  if (panel.firstElementChild) replaceKeepingFocus(panel.firstElementChild, fresh);
  else panel.append(fresh);
}
