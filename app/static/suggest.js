// Suggestions in the search box: an ARIA combobox (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). Without this
// file, or where an answer does not come, the box is an ordinary field.
"use strict";

const WAIT_MS = 120;
const GIVE_UP_MS = 2000;

for (const box of document.querySelectorAll("input[data-suggest]")) {
  const { suggest: address, list: name, some, none } = box.dataset;
  const kinds = { publisher: box.dataset.publisher, dataset: box.dataset.dataset };
  const known = new Map();
  let typed = box.value;
  let chosen = -1;
  let timer = 0;
  let asking = null;

  const list = document.createElement("ul");
  list.id = `${box.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", name);
  list.hidden = true;
  const said = document.createElement("p");
  said.className = "aside";
  said.setAttribute("role", "status");
  box.form.append(list, said);
  for (const [attribute, value] of [
    ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id],
    ["aria-haspopup", "listbox"],
  ]) box.setAttribute(attribute, value);

  function close() {
    clearTimeout(timer);
    if (asking) asking.abort();
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function choose(place) {
    const options = list.children;
    if (options[chosen]) options[chosen].setAttribute("aria-selected", "false");
    chosen = place;
    const option = options[chosen];
    box.value = option ? option.dataset.text : typed;
    if (!option) { box.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  }

  function show(suggestions) {
    chosen = -1;
    box.removeAttribute("aria-activedescendant");
    list.replaceChildren(...suggestions.map(({ text, kind }, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.dataset.text = text;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const words = document.createElement("span");
      words.textContent = text;
      option.append(words);
      if (kinds[kind]) {
        const what = document.createElement("span");
        what.className = "suggestion-kind";
        what.textContent = kinds[kind];
        option.append(" ", what);
      }
      return option;
    }));
    list.hidden = suggestions.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = list.hidden ? none : some.replace("{n}", suggestions.length);
  }

  async function ask() {
    const text = box.value.trim();
    if (!text) { close(); said.textContent = ""; return; }
    if (!known.has(text)) {
      if (asking) asking.abort();
      const controller = asking = new AbortController();
      const { signal } = controller;
      const late = setTimeout(() => controller.abort(), GIVE_UP_MS);
      try {
        const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, { signal });
        if (!answer.ok) throw new Error(answer.status);
        known.set(text, (await answer.json()).suggestions);
      } catch {
        if (!signal.aborted) close();
        return;
      } finally {
        clearTimeout(late);
      }
    }
    if (box.value.trim() === text && document.activeElement === box) show(known.get(text));
  }

  box.addEventListener("input", (event) => {
    typed = box.value;
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT_MS);
  });
  // While an input method composes, what stands in the box is half a word.
  box.addEventListener("compositionend", () => { typed = box.value; clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (event.altKey && event.key === "ArrowUp") { close(); return; }
      event.preventDefault();
      if (list.hidden) { ask(); return; }
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = chosen + step;
      choose(next > last ? -1 : next < -1 ? last : next);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      choose(-1);
      close();
    } else if (event.key === "Tab") {
      close();
    }
  });

  // Pressing must not take the focus from the box before the choice is made.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    box.value = option.dataset.text;
    close();
    box.form.requestSubmit();
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
}
