// The few emoji shortcodes that bots use; an unknown one stays as it was written.

import { el } from "./dom.js";

const TABLE = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", clock3: "🕒", calendar: "📅", bell: "🔔",
  rocket: "🚀", sparkles: "✨", star: "⭐", tada: "🎉", fire: "🔥", zap: "⚡", bulb: "💡", gear: "⚙️",
  art: "🎨", paintbrush: "🖌️", lower_left_paintbrush: "🖌️", frame_with_picture: "🖼️", camera: "📷", fox_face: "🦊",
  frame_photo: "🖼️", package: "📦", file_folder: "📁", open_file_folder: "📂", page_facing_up: "📄",
  link: "🔗", mag: "🔍", lock: "🔒", unlock: "🔓", key: "🔑", shield: "🛡️", pushpin: "📌", bookmark: "🔖",
  memo: "📝", pencil2: "✏️", wastebasket: "🗑️", repeat: "🔁", arrows_counterclockwise: "🔄", recycle: "♻️",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", leftwards_arrow_with_hook: "↩️",
  moneybag: "💰", money_with_wings: "💸", credit_card: "💳", chart_with_upwards_trend: "📈", bar_chart: "📊",
  information_source: "ℹ️", question: "❓", exclamation: "❗", speech_balloon: "💬", eyes: "👀", wave: "👋",
  raised_hands: "🙌", clap: "👏", pray: "🙏", muscle: "💪", thinking_face: "🤔", smile: "😄", slightly_smiling_face: "🙂",
  thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", heart: "❤️", robot_face: "🤖", bust_in_silhouette: "👤",
  busts_in_silhouette: "👥", snowflake: "❄️", ice_cube: "🧊", stop_sign: "🛑", construction: "🚧", seedling: "🌱",
  large_green_circle: "🟢", large_yellow_circle: "🟡", large_blue_circle: "🔵", red_circle: "🔴", white_circle: "⚪",
  black_circle: "⚫", large_orange_circle: "🟠", one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣",
};

let isDrawn = null;

/** Whether this machine has colour emoji: without such a font they would all be the same empty box. */
function hasEmoji() {
  if (isDrawn !== null) return isDrawn;
  const pen = Object.assign(document.createElement("canvas"), { width: 20, height: 20 }).getContext("2d");
  pen.font = "16px sans-serif";
  pen.fillText("🎨", 0, 16);
  const { data } = pen.getImageData(0, 0, 20, 20);
  isDrawn = data.some((value, at) => at % 4 === 0 && (value !== data[at + 1] || value !== data[at + 2]));
  return isDrawn;
}

/** Return the emoji of that shortcode as an element with its name, or null. */
export function emoji(name) {
  const character = TABLE[name.split("::")[0]];
  if (!character) return null;
  if (!hasEmoji()) return el("span", { class: "emoji-missing" }, `:${name}:`);
  return el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, character);
}
