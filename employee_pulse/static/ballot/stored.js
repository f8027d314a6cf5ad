// Asks, by the invitation in the fragment, for every row that points to its holder, and shows it.
"use strict";

(() => {
  const at = (id) => document.getElementById(id);
  const WORDS = {
    empty: ["비어 있음", "empty"],
    yes: ["예", "yes"],
    no: ["아니요", "no"],
    withheld: ["여기서는 보여 주지 않음", "not shown here"],
    text: ["글이 들어 있음, 글자 수", "a text is there, characters"],
  };
  const token = new URLSearchParams(location.hash.slice(1)).get("t");

  async function look() {
    if (!token) return tell("no-token");
    if (!/^\d+-[\w-]{24}$/.test(token)) return tell("cut-off");
    tell("asking");
    const answer = await ask();
    if (answer?.state === "found") return show(answer.tables);
    if (answer?.state === "forgotten") return tell("forgotten");
    return tell(document.querySelector(`[data-outcome="${CSS.escape(answer?.error ?? "")}"]`) ? answer.error : "unreachable");
  }

  // No cookie, no referrer, and no line in any log.
  async function ask() {
    try {
      const response = await fetch(at("main").dataset.stored, {
        method: "POST",
        body: JSON.stringify({ token }),
        headers: { "Content-Type": "application/json" },
        credentials: "omit",
        referrerPolicy: "no-referrer",
        cache: "no-store",
      });
      return await response.json();
    } catch {
      return null;
    }
  }

  function show(tables) {
    for (const section of document.querySelectorAll("[data-table]")) {
      const rows = tables[section.dataset.table] ?? [];
      const [first, ...older] = section.querySelectorAll("[data-row]");
      for (const list of older) list.remove();
      section.querySelector("[data-none]").hidden = rows.length > 0;
      section.querySelector("details").open = rows.length > 0;
      rows.slice(1).forEach(() => first.after(first.cloneNode(true)));
      if (rows.length) section.querySelectorAll("[data-row]").forEach((list, place) => fill(list, rows[place]));
    }
    tell(outcomeOf(tables.roll_entry[0].blinded_hash));
  }

  function outcomeOf(blindedHash) {
    if (blindedHash === null) return "untaken";
    return blindedHash.withheld ? "by-letter" : "taken";
  }

  function fill(list, row) {
    for (const place of list.querySelectorAll("[data-column]")) {
      place.replaceChildren(...words(row[place.dataset.column]));
      place.hidden = false;
    }
  }

  function words(value) {
    if (value === null || value === "") return both(WORDS.empty);
    if (typeof value === "boolean") return both(value ? WORDS.yes : WORDS.no);
    if (value.withheld) return both(WORDS.withheld);
    if (typeof value === "object") return [...both(WORDS.text), ` ${value.length}`];
    const shown = document.createElement(/^[ -~]*$/.test(value) ? "code" : "span");
    shown.textContent = value;
    return [shown];
  }

  function both([ko, en]) {
    return [["ko", ko], ["en", en]].map(([language, text]) => {
      const span = document.createElement("span");
      span.lang = language;
      span.textContent = text;
      return span;
    });
  }

  function tell(outcome) {
    for (const message of document.querySelectorAll("[data-outcome]")) message.hidden = message.dataset.outcome !== outcome;
  }

  if (token) at("to-ballot").hash = location.hash;
  at("again").addEventListener("click", look);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    at("main").focus();
  });
  addEventListener("hashchange", () => location.reload());
  look();
})();
