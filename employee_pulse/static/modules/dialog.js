// Opens <dialog id="x"> from data-dialog-open="x"; closes by data-dialog-close or a click on the backdrop.
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
    const onBackdrop = event.target.matches("dialog[open]");
    if (event.target.closest("[data-dialog-close]") || onBackdrop) {
      event.target.closest("dialog")?.close();
    }
  });
}
