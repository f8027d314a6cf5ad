// Saves what is printed and shows the page anew: what was chosen by it stands there, once.
for (const form of document.querySelectorAll("form[data-print], dialog form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    print(form).catch(() => location.reload());
  });
}

async function print(form) {
  const button = form.querySelector("[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  const response = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
  if (response.ok) save(await response.blob(), response.headers.get("Content-Disposition").match(/"(.+)"/)[1]);
  location.reload();
}

function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
}
