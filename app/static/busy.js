// A form whose answer takes seconds says so. Improvement only.
for (const form of document.querySelectorAll("form[data-busy]")) {
  const button = form.querySelector("button.button-main");
  const calm = button.textContent;
  form.addEventListener("submit", (event) => {
    const format = form.querySelector("select[data-page]");
    const asFile = event.submitter?.hasAttribute("formaction") || (format && format.value !== format.dataset.page);
    if (asFile) return; // the page stays
    button.textContent = form.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    button.textContent = calm;
    button.removeAttribute("aria-disabled");
  });
}
