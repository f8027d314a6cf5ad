// Copies the text of the element named by data-copy and says so with the words of data-copied.
export function startCopy() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.querySelector("[aria-live]").textContent = button.dataset.copied;
    });
  }
}
