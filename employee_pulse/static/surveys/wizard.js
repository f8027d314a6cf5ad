// The wizard's conveniences; every step works without them.

// Ticking a department marks those below and says how many people that makes.
function startTree(tree) {
  const rows = [...tree.children];
  const sum = document.querySelector("[data-tree-sum]");
  const count = () => {
    let people = 0;
    let above = null; // depth of the ticked department that these rows stand below
    for (const row of rows) {
      const depth = Number(row.dataset.depth);
      if (above !== null && depth <= above) above = null;
      const ticked = row.querySelector("input").checked;
      row.querySelector(".tree-included").hidden = above === null;
      if (above !== null || ticked) people += Number(row.dataset.own);
      if (above === null && ticked) above = depth;
    }
    sum.textContent = sum.dataset.words.replace("{n}", people.toLocaleString());
  };
  tree.addEventListener("change", count);
  count();
}

// Counts ticked questions against the limit and filters the bank by words.
function startPicker(form) {
  const boxes = [...form.querySelectorAll("input[name=questions]")];
  const shown = form.querySelector("[data-pick-count]");
  const count = () => {
    const ticked = boxes.filter((box) => box.checked);
    shown.firstElementChild.textContent = ticked.length;
    shown.classList.toggle("is-over", ticked.length > Number(form.dataset.limit));
    for (const order of form.querySelectorAll("input[name=order]")) {
      order.parentElement.classList.toggle("is-dropped", !ticked.some((box) => box.value === order.value));
    }
  };
  const search = form.querySelector("[data-pick-search]");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const box of boxes) {
      const text = box.closest("li").textContent.toLowerCase();
      box.closest("li").hidden = !words.every((word) => text.includes(word));
    }
    for (const group of form.querySelectorAll("[data-pick-group]")) {
      group.hidden = !group.querySelector("li:not([hidden])");
    }
  };
  form.addEventListener("change", count);
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  count();
}

// Shows the next three dates while the schedule is being typed.
function startSchedule(form) {
  const place = form.querySelector("[data-dates]");
  form.querySelector("[data-show-dates]").hidden = true;
  let waiting;
  let asked = 0;
  const refresh = async () => {
    const number = ++asked;
    const answer = await fetch(form.dataset.schedule, { method: "POST", body: new FormData(form) });
    const html = answer.ok ? await answer.text() : null;
    if (html !== null && number === asked) place.innerHTML = html;
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh().catch(() => {}), 250);
  });
}

const starts = { "[data-tree]": startTree, "[data-picker]": startPicker, "[data-schedule]": startSchedule };
for (const [selector, start] of Object.entries(starts)) {
  for (const element of document.querySelectorAll(selector)) start(element);
}
