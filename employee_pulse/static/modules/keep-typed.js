// A change of language loads the page anew: what was typed is kept in this tab and put back. Never passwords or files.
const KEY = `pulse.typed.${location.pathname}`;
const LEFT_OUT = new Set(["password", "file", "hidden", "submit", "button"]);

function fields() {
  const all = document.querySelectorAll("main form :is(input, select, textarea)");
  return [...all].filter((field) => field.name && !LEFT_OUT.has(field.type));
}

function read(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked;
  if (field.multiple) return [...field.options].map((option) => option.selected);
  return field.value;
}

function write(field, value) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = value;
  else if (field.multiple) [...field.options].forEach((option, i) => (option.selected = value[i]));
  else field.value = value;
}

function putBack() {
  const saved = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  const now = fields();
  if (!saved || saved.length !== now.length) return;
  now.forEach((field, i) => {
    if (saved[i][0] === field.name) write(field, saved[i][1]);
  });
}

export function keepTyped() {
  try {
    putBack();
  } catch {
    return; // Storage is closed to this page: the form starts empty.
  }
  for (const link of document.querySelectorAll("[data-keep-typed]")) {
    link.addEventListener("click", () => {
      const typed = fields().map((field) => [field.name, read(field)]);
      if (typed.length > 0) sessionStorage.setItem(KEY, JSON.stringify(typed));
    });
  }
}
