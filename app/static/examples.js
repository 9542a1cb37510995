// The examples of the query page narrow down while one types. Improvement only.
(() => {
  const find = document.querySelector("#find");
  const topics = [...document.querySelectorAll(".sparql-topic")];
  if (find && topics.length) {
    const status = document.querySelector(".sparql-found");
    const open = new Map(topics.map((topic) => [topic, topic.open]));
    const narrow = () => {
      const words = find.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const topic of topics) {
        let some = 0;
        for (const item of topic.querySelectorAll("li")) {
          const text = `${item.textContent} ${item.dataset.also}`.toLowerCase();
          item.hidden = !words.every((word) => text.includes(word));
          if (!item.hidden) some += 1;
        }
        topic.hidden = !some;
        topic.open = words.length ? true : open.get(topic);
        count += some;
      }
      status.textContent = words.length ? (count ? status.dataset.some.replace("{n}", count) : status.dataset.none) : "";
    };
    find.addEventListener("input", narrow);
    // From the field down into the list and back, as in any menu.
    const links = () => [...document.querySelectorAll(".sparql-topic[open]:not([hidden]) li:not([hidden]) a")];
    document.querySelector(".sparql-examples").addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const stops = [find, ...links()];
      const here = stops.indexOf(document.activeElement);
      if (!step || here < 0) return;
      event.preventDefault();
      stops[(here + step + stops.length) % stops.length].focus();
    });
  }
})();
