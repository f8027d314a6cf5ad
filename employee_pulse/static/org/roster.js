// The roster form says before sending that a file is too large, and shows that it is at work.
const form = document.querySelector("[data-roster-form]");
const input = form.querySelector("input[type=file]");

input.addEventListener("change", () => {
  const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.maxBytes));
  input.setCustomValidity(tooLarge ? input.dataset.tooLarge : "");
  input.reportValidity();
});

form.addEventListener("submit", () => {
  const button = form.querySelector("button[type=submit]");
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
});

// Back from the next page: the form is usable again.
window.addEventListener("pageshow", () => {
  form.querySelector("button[type=submit]").disabled = false;
});
