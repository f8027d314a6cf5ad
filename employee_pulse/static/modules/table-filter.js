// Hides rows that do not hold the words typed into data-filter-table="id of the table's body"; data-filter-count shows how many stay.
function apply(input, body) {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of body.rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) shown += 1;
  }
  const count = document.querySelector(`[data-filter-count="${body.id}"]`);
  if (count) count.textContent = count.dataset.words.replace("{n}", shown);
}

export function startTableFilters() {
  for (const input of document.querySelectorAll("[data-filter-table]")) {
    const body = document.getElementById(input.dataset.filterTable);
    input.addEventListener("input", () => apply(input, body));
    if (input.value) apply(input, body);
  }
}
