// "Is my ballot in?": looks for a receipt in the list of this page. Nothing that is typed leaves it.
const CERTAIN = 8; // characters; two of a company's receipts do not begin alike in so many
const WHOLE = /(?<![0-9a-f])(?:[0-9a-f]{64}|(?:[0-9a-f]{8}\s+){7}[0-9a-f]{8})(?![0-9a-f])/g;

const search = document.getElementById("receipt-search");
const rows = Array.from(document.querySelectorAll("#receipts tr"), (row) => ({ row, receipt: bare(row.textContent) }));

function bare(text) {
  return text.toLowerCase().replace(/\s/g, "");
}

// A whole receipt anywhere in the text, such as in the saved file; else what was typed, as a beginning.
function matches(text) {
  const whole = Array.from(text.toLowerCase().matchAll(WHOLE), ([found]) => bare(found));
  const beginnings = whole.length ? whole : [bare(text)];
  return rows.filter(({ receipt }) => beginnings.some((beginning) => receipt.startsWith(beginning)));
}

function outcome(text, found) {
  if (!bare(text)) return null;
  if (!text.toLowerCase().match(WHOLE)) {
    if (!/^[0-9a-f]+$/.test(bare(text))) return "unreadable";
    if (found.length && bare(text).length < CERTAIN) return "short";
  }
  if (!found.length) return "missing";
  return found.length === 1 ? "counted" : "several";
}

function look() {
  const found = matches(search.value);
  const said = outcome(search.value, found);
  const shown = said && said !== "missing" && said !== "unreadable" ? found : rows;
  for (const { row } of rows) row.hidden = true;
  for (const { row } of shown) row.hidden = false;
  for (const message of document.querySelectorAll("[data-outcome]")) message.hidden = message.dataset.outcome !== said;
  if (said === "counted") document.getElementById("receipt-found").textContent = found[0].row.textContent.trim();
  const count = document.getElementById("receipt-count");
  count.textContent = count.dataset.words.replace("{n}", shown.length);
}

if (search) {
  document.querySelector("[data-script]").hidden = false;
  search.addEventListener("input", look);
  document.getElementById("receipt-file").addEventListener("change", async ({ target }) => {
    search.value = target.files.length ? await target.files[0].text() : "";
    look();
  });
  look();
}
