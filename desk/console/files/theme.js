"use strict";
// Light or dark: the system's choice until somebody chooses. Loaded before the page is drawn, so that it never flashes.
(() => {
  const root = document.documentElement;
  const KEY = "aftercare.theme";
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  if (kept()) root.dataset.theme = kept();
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem(KEY, root.dataset.theme); } catch { /* private mode: only for this page */ }
  });
})();
