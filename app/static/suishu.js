// Improvements only: every page works without this file.

// "/" goes to the search box, as on many search pages; never while somebody is typing.
document.addEventListener("keydown", (event) => {
  const typing = /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("main input[type=search]");
  if (box) { event.preventDefault(); box.focus(); box.select(); }
});

// A button beside what people copy.
for (const target of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = target.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(target.textContent.trim());
    button.textContent = target.dataset.copied;
    setTimeout(() => { button.textContent = target.dataset.copy; }, 2000);
  });
  target.after(button);
}
