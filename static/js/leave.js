// Leave, faster than a link: Shift pressed three times, a page that is covered at once, and no private page from memory.
// Without this file the link still works and the server still clears the browser.
(() => {
  "use strict";
  const link = document.querySelector("[data-leave]");
  if (!link) return;
  const cover = () => {
    document.title = "";
    document.body.hidden = true;
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-leave]")) cover();
  });
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    if (event.repeat) return;
    const now = Date.now();
    presses = [...presses.filter((at) => now - at < 5000), now];
    if (presses.length >= 3) {
      cover();
      location.href = link.href;
    }
  });
  const isPrivate = "private" in document.documentElement.dataset;
  addEventListener("pagehide", () => {
    if (isPrivate) document.body.replaceChildren();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && (isPrivate || document.body.hidden)) location.reload();
  });
})();
