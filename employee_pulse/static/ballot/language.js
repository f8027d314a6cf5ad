// Which of the two languages of the page is shown: the invitation's, else the browser's, else Korean.
"use strict";

(() => {
  const asked = new URLSearchParams(location.hash.slice(1)).get("l");
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === "ko" || tag === "en");

  function show(language) {
    document.documentElement.lang = language;
    document.title = document.querySelector("title").dataset[language];
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
  }

  show(asked === "ko" || asked === "en" ? asked : (spoken ?? "ko"));
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => show(button.dataset.language));
  }
})();
