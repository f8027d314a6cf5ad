// The questions on the page: how many are answered, which are missing, why they were not sent.
"use strict";

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
