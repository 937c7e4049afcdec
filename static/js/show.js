// A passphrase can be looked at while it is typed. Without this file the field works as ever.
(() => {
  "use strict";
  for (const box of document.querySelectorAll("[data-show]")) {
    const input = box.querySelector("input[type=password]");
    if (!input || box.querySelector("button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-mini";
    button.setAttribute("aria-controls", input.id);
    const say = () => {
      const isHidden = input.type === "password";
      button.textContent = isHidden ? box.dataset.show : box.dataset.hide;
      button.setAttribute("aria-label", isHidden ? box.dataset.showLabel : box.dataset.hideLabel);
    };
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      say();
    });
    input.form?.addEventListener("submit", () => {
      input.type = "password";
      say();
    });
    say();
    box.append(button);
  }
})();
