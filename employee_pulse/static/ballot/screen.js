// One section of a page at a time, buttons that wait, and words where something went wrong.
"use strict";

class BallotScreen {
  constructor(main) {
    this.main = main;
  }

  at(id) {
    return this.main.querySelector(`#${id}`);
  }

  show(id) {
    for (const section of this.main.children) section.hidden = section.id !== id;
  }

  stop(reason) {
    for (const section of this.main.children) section.hidden = section.dataset.stop !== reason;
    this.main.querySelector(`[data-stop="${reason}"] h1`).focus();
  }

  canStop(reason) {
    return this.main.querySelector(`[data-stop="${CSS.escape(reason ?? "")}"]`) !== null;
  }

  reveal(message) {
    message.hidden = false;
    message.focus();
    message.scrollIntoView({ block: "start" });
  }

  fill(selector, text) {
    for (const place of this.main.querySelectorAll(selector)) place.textContent = text;
  }

  async busy(button, work) {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    this.label(button, "busy");
    try {
      await work();
    } finally {
      button.removeAttribute("aria-disabled");
      this.label(button, "idle");
    }
  }

  label(button, state) {
    button.querySelector("[data-idle]").hidden = state !== "idle";
    button.querySelector("[data-busy]").hidden = state !== "busy";
  }
}
