// The answers in the form: read, put back from a draft, counted; and words where one is missing.
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

// What the page says about the questions. Needs screen.js.
class Questions {
  #screen;

  constructor(screen) {
    this.#screen = screen;
    this.answers = new Answers(screen.at("ballot"));
  }

  count() {
    const { scored, missing } = this.answers;
    this.#screen.at("count").textContent = `${scored.length - missing.length}/${scored.length}`;
    this.#screen.at("progress").value = scored.length - missing.length;
    for (const question of scored) {
      if (!missing.includes(question)) mark(question, false);
    }
    const errors = this.#screen.at("errors");
    const open = Array.from(errors.querySelectorAll("li"), (item) => {
      item.hidden = !this.#screen.at(item.dataset.question).matches(".answer-missing");
      return !item.hidden;
    });
    if (!open.includes(true)) errors.hidden = true;
  }

  // Whether every question has an answer; if not, the page says which has none.
  complete() {
    this.#screen.at("errors").hidden = true;
    this.#screen.at("unsent").hidden = true;
    const { missing } = this.answers;
    if (!missing.length) return true;
    this.#screen.at("errors").querySelector("ul").replaceChildren(...missing.map(linkTo));
    missing.forEach((question) => mark(question, true));
    this.#screen.reveal(this.#screen.at("errors"));
    return false;
  }

  tellUnsent(reason) {
    const unsent = this.#screen.at("unsent");
    for (const text of unsent.querySelectorAll("[data-reason]")) text.hidden = text.dataset.reason !== reason;
    this.#screen.reveal(unsent);
  }
}

function mark(question, missing) {
  question.classList.toggle("answer-missing", missing);
  question.querySelector(".answer-error").hidden = !missing;
  if (missing) question.setAttribute("aria-describedby", `e-${question.dataset.code}`);
  else question.removeAttribute("aria-describedby");
}

function linkTo(question) {
  const anchor = document.createElement("a");
  anchor.href = `#q-${question.dataset.code}`;
  anchor.append(...Array.from(question.querySelector("legend").childNodes, (node) => node.cloneNode(true)));
  anchor.addEventListener("click", (event) => {
    event.preventDefault();
    question.scrollIntoView({ block: "center" });
    question.querySelector("input").focus({ preventScroll: true });
  });
  const item = document.createElement("li");
  item.dataset.question = question.id;
  item.append(anchor);
  return item;
}
