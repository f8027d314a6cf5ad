// Reads the answers out of the form, puts a draft back in, and knows which are missing.
"use strict";

class Answers {
  #form;

  constructor(form) {
    this.#form = form;
    form.addEventListener("change", ({ target }) => this.#keepApart(target));
  }

  get scored() {
    return Array.from(this.#form.querySelectorAll("fieldset[data-code]"));
  }

  get missing() {
    return this.scored.filter((question) => !question.querySelector("input:checked"));
  }

  // {answers, comments} as the urn takes them; a question without answer is left out.
  read() {
    const answers = {};
    for (const question of this.scored) {
      const chosen = Array.from(question.querySelectorAll("input:checked"));
      if (chosen.length) answers[question.dataset.code] = valueOf(question.dataset.kind, chosen);
    }
    const comments = {};
    for (const text of this.#form.querySelectorAll("textarea")) {
      const written = clean(text.value);
      if (written) comments[text.closest("[data-code]").dataset.code] = written;
    }
    return { answers, comments };
  }

  restore({ answers = {}, comments = {} }) {
    for (const question of this.scored) {
      const code = question.dataset.code;
      if (!(code in answers)) continue;
      const values = [answers[code] ?? ""].flat().map(String);
      for (const input of question.querySelectorAll("input")) input.checked = values.includes(input.value);
    }
    for (const text of this.#form.querySelectorAll("textarea")) {
      text.value = comments[text.closest("[data-code]").dataset.code] ?? text.value;
    }
  }

  // Of several boxes, "prefer not to answer" and the others exclude each other.
  #keepApart(input) {
    if (input.type !== "checkbox" || !input.checked) return;
    const declined = "declined" in input.dataset;
    for (const other of this.#form.querySelectorAll(`input[name="${CSS.escape(input.name)}"]`)) {
      if (other !== input && (declined || "declined" in other.dataset)) other.checked = false;
    }
  }
}

function valueOf(kind, chosen) {
  if (chosen.some((input) => "declined" in input.dataset)) return null;
  if (kind === "multiple_choice") return chosen.map((input) => input.value);
  return kind === "single_choice" ? chosen[0].value : Number(chosen[0].value);
}

// Without control characters, which no keyboard types but a paste may bring, and lone surrogates.
function clean(text) {
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b-\u001f]/g, "").trim();
}
