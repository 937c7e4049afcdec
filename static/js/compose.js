// Writing: what is typed is kept on our side, five tools set words, letters are counted, like topics are looked up.
// Nothing is kept in the browser. Without this file each of these has a button or a line of help.
(() => {
  "use strict";
  const form = document.querySelector("form[data-compose]");
  const text = form?.elements.text;
  if (!text) return;
  const say = form.querySelector("[data-saved]");
  const post = (url, body, more) => fetch(url, { method: "POST", body, ...more });

  // --- drafts: five seconds after the last letter, and when the page is put away ---
  let typed = false;
  let busy = false;
  let pause = 5000;
  let timer;
  const save = async (isLast) => {
    clearTimeout(timer);
    // Leave covers the page: nothing goes out after it.
    if (!typed || document.body.hidden || (busy && !isLast)) return;
    typed = false;
    busy = true;
    form.elements.turn.value = Math.round(performance.timeOrigin + performance.now());
    let words = form.dataset.notSaved;
    try {
      const answer = await post(form.dataset.compose, new FormData(form), { keepalive: Boolean(isLast) });
      const told = await answer.json();
      words = told.words;
      for (const [name, value] of Object.entries(told.known ?? {})) form.elements[name].value = value;
      pause = 5000;
    } catch {
      // No network, or a page instead of an answer: the words stay in the field, and are sent again, less often.
      typed = true;
      pause = Math.min(2 * pause, 60000);
    }
    if (words) say.textContent = words;
    busy = false;
    if (typed) later();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };
  form.addEventListener("input", () => {
    typed = true;
    later();
  });
  form.addEventListener("submit", () => {
    form.elements.turn.value = Math.round(performance.timeOrigin + performance.now());
    typed = false;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save(true));
  addEventListener("pagehide", () => save(true));

  // --- letters ---
  const letters = form.querySelector("[data-letters]");
  const number = (value) => Number(value).toLocaleString(document.documentElement.lang);
  const count = () => {
    letters.textContent = letters.dataset.letters
      .replace("{n}", number([...text.value].length))
      .replace("{most}", number(letters.dataset.most));
  };
  letters.hidden = false;
  text.addEventListener("input", count);
  count();

  // --- tools: the text stays plain, and Ctrl+Z takes a mark back ---
  const tools = form.querySelector(".tools");
  const buttons = [...tools.querySelectorAll("button")];
  const put = (words, start, end, from, to) => {
    text.focus();
    text.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, words)) {
      text.setRangeText(words);
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    text.setSelectionRange(from, to);
  };
  const around = (before, after) => {
    const { selectionStart: start, selectionEnd: end, value } = text;
    const words = value.slice(start, end);
    put(before + words + after, start, end, start + before.length, start + before.length + words.length);
  };
  const lines = (sign) => {
    const start = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
    const found = text.value.indexOf("\n", text.selectionEnd);
    const end = found < 0 ? text.value.length : found;
    const words = text.value.slice(start, end).replace(/^/gm, sign);
    put(words, start, end, start + (words === sign ? sign.length : 0), start + words.length);
  };
  const marks = {
    bold: () => around("**", "**"),
    italic: () => around("*", "*"),
    list: () => lines("- "),
    quote: () => lines("> "),
    link: () => around("[", "](https://)"),
  };
  const reach = (button) => {
    for (const each of buttons) each.tabIndex = each === button ? 0 : -1;
  };
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    reach(button);
    marks[button.dataset.mark]();
  });
  tools.addEventListener("keydown", (event) => {
    const shown = buttons.filter((button) => button.offsetParent);
    const at = shown.indexOf(document.activeElement);
    const forward = getComputedStyle(tools).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const to = { ArrowLeft: at - 1, ArrowRight: at - 1, [forward]: at + 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = shown.at(to % shown.length);
    reach(next);
    next.focus();
  });
  reach(buttons[0]);
  tools.hidden = false;
  form.querySelector("[data-without-script]").hidden = true;

  // --- topics like this one, while the title is written ---
  const like = form.querySelector("[data-similar]");
  if (!like) return;
  const title = form.elements.title;
  like.parentElement.querySelector("button").hidden = true;
  let wait;
  let asked = "";
  title.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(async () => {
      const words = title.value.trim();
      if (words === asked) return;
      asked = words;
      const body = new FormData();
      body.set("title", words);
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      try {
        const answer = await post(like.dataset.similar, body);
        if (answer.ok && !answer.redirected && words === asked) like.innerHTML = await answer.text();
      } catch {
        // A help, no more.
      }
    }, 800);
  });
})();
