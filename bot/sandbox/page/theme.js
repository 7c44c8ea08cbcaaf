// The colours' choice: what the person picked, else what their system asks for. A classic script, so that
// it is in force before the first paint.
(() => {
  const KEY = "housestyle-theme";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => {
    try {
      return window.localStorage.getItem(KEY);
    } catch {
      return null; // storage may be switched off; the choice then lasts for this page
    }
  };
  const keep = (value) => {
    try {
      window.localStorage.setItem(KEY, value);
    } catch {
      // as above
    }
  };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  if (kept()) root.dataset.theme = kept();

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const label = () => {
      button.setAttribute("aria-label", `Switch to the ${isDark() ? "light" : "dark"} theme`);
      button.title = button.getAttribute("aria-label");
    };
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      keep(root.dataset.theme);
      label();
    });
    system.addEventListener("change", label);
    label();
  });
})();
