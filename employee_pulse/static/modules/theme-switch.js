// Light, dark or as the device: buttons with data-theme-choice. theme.js applies the choice on the next page.
const KEY = "pulse.theme";

function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "system";
  } catch {
    return "system";
  }
}

function remember(choice) {
  try {
    if (choice === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // The choice then lasts for this page only.
  }
}

function show(choice, buttons) {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

export function startThemeSwitch() {
  const buttons = document.querySelectorAll("[data-theme-choice]");
  show(remembered(), buttons);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      remember(button.dataset.themeChoice);
      show(button.dataset.themeChoice, buttons);
    });
  }
}
