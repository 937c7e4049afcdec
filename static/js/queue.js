// A taken item stays with whoever reads it while its page is open, and Ctrl+Enter sends the decision.
// No other key does anything. Without this file the buttons on the page do both.
(() => {
  "use strict";
  const decide = document.querySelector("form#decide");
  if (decide) {
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.ctrlKey || event.altKey || event.shiftKey || event.metaKey) return;
      event.preventDefault();
      if (!event.repeat && !event.isComposing) decide.requestSubmit();
    });
  }

  const keep = document.querySelector("form[data-keep]");
  if (!keep) return;
  const every = Number(keep.dataset.keep) * 1000;
  const until = document.querySelector("[data-until]");
  // A page that nobody touches for an hour lets its item go.
  const attention = 60 * 60 * 1000;
  let touched = Date.now();
  let kept = Date.now();
  for (const sign of ["pointerdown", "pointermove", "scroll", "input"]) {
    addEventListener(sign, () => (touched = Date.now()), { passive: true });
  }
  const renew = async () => {
    const now = Date.now();
    if (document.hidden || now - kept < every || now - touched > attention) return;
    kept = now;
    try {
      const answer = await fetch(keep.getAttribute("action"), {
        method: "POST",
        body: new FormData(keep),
        headers: { Accept: "application/json" },
      });
      const { yours, words } = await answer.json();
      if (until) until.textContent = words;
      if (!yours) clearInterval(timer);
    } catch {
      // No network, or signed out: the next turn asks again, and the decision itself is checked anyway.
    }
  };
  const timer = setInterval(renew, 15000);
  document.addEventListener("visibilitychange", renew);
})();
