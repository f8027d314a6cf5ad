// Runs before the first paint: the remembered choice of light or dark, if there is one.
try {
  const choice = localStorage.getItem("pulse.theme");
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
} catch {
  // Storage is closed to this page: the device decides.
}
