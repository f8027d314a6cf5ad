// The ballot page: introduction, questions, sending, receipt; and stopping with plain words.
"use strict";

(() => {
  const main = document.getElementById("main");
  const at = (id) => document.getElementById(id);
  const wave = Number(main.dataset.wave);
  const form = at("ballot");
  const answers = new Answers(form);
  let store;
  let group;
  let link;

  class ServerSaidNo extends Error {
    constructor(reason) {
      super(reason);
      this.reason = reason;
    }
  }

  async function start() {
    if (!globalThis.isSecureContext || !crypto.subtle || !navigator.locks) return stop("insecure");
    link = PulseProtocol.readLink(location.hash);
    if (!link) return stop("no-token");
    show("loading");
    const response = (await globalThis.earlySheet) ?? (await getSheet());
    if (!response?.ok) return stop("no-sheet");
    group = await PulseProtocol.checkSheet(await response.text(), link, wave);
    const name = (await PulseProtocol.sha256(link.token)).slice(0, 24);
    store = new BallotStore(name, () => stop("sent-elsewhere"));
    introduce();
    if (store.read().signature) openQuestions();
    else show("intro");
  }

  const getSheet = () => fetch(main.dataset.sheet, { credentials: "omit", cache: "no-store" }).catch(() => null);

  function introduce() {
    fill("[data-group-ko]", group.label.ko);
    fill("[data-group-en]", group.label.en);
    fill("[data-group-size]", group.eligible);
    fill("[data-fingerprint]", grouped(link.sheetHash));
    passOn();
    at("shared").checked = store.shared;
  }

  async function begin() {
    at("begin-error").hidden = true;
    await busy(at("begin"), async () => {
      await store.alone(takeBallot);
      openQuestions();
    });
  }

  // Blinds once and keeps it: asking again with the same envelope gives the same signature.
  async function takeBallot() {
    let kept = store.read();
    if (kept.signature) return;
    if (!kept.blinded) {
      store.write(await PulseProtocol.blind(group, wave));
      kept = store.read();
    }
    const { signature } = await post(main.dataset.sign, { token: link.token, blinded: kept.blinded });
    store.write({ signature: await PulseProtocol.finalize(group, kept, signature) });
  }

  function openQuestions() {
    const { draft, unsent } = store.read();
    if (draft) answers.restore(draft);
    countAnswers();
    show("questions");
    if (unsent) tellUnsent("network");
    else at("questions-title").focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function keepDraft() {
    store.write({ draft: answers.read() });
    countAnswers();
  }

  function countAnswers() {
    const total = answers.scored.length;
    const done = total - answers.missing.length;
    at("count").textContent = `${done}/${total}`;
    at("progress").value = done;
    for (const question of answers.scored) {
      if (!answers.missing.includes(question)) markMissing(question, false);
    }
    for (const item of at("errors").querySelectorAll("li")) item.hidden = !at(item.dataset.question).matches(".answer-missing");
    if (!at("errors").querySelector("li:not([hidden])")) at("errors").hidden = true;
  }

  function markMissing(question, missing) {
    question.classList.toggle("answer-missing", missing);
    question.querySelector(".answer-error").hidden = !missing;
    if (missing) question.setAttribute("aria-describedby", `e-${question.dataset.code}`);
    else question.removeAttribute("aria-describedby");
  }

  function tellMissing(missing) {
    const list = at("errors").querySelector("ul");
    list.replaceChildren(...missing.map(linkTo));
    missing.forEach((question) => markMissing(question, true));
    reveal(at("errors"));
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

  async function send(event) {
    event.preventDefault();
    keepDraft();
    at("errors").hidden = true;
    at("unsent").hidden = true;
    const missing = answers.missing;
    if (missing.length) return tellMissing(missing);
    await busy(at("send"), cast);
  }

  async function cast() {
    const ballot = PulseProtocol.makeBallot(group, store.read(), answers.read());
    const expected = await PulseProtocol.receipt(ballot, wave);
    store.write({ unsent: true });
    const { receipt } = await post(main.dataset.cast, ballot);
    if (receipt !== expected) return stop("tampered-receipt");
    store.erase();
    thank(receipt);
  }

  function thank(receipt) {
    form.reset();
    at("receipt").textContent = grouped(receipt);
    at("save").href = URL.createObjectURL(new Blob([receiptFile(receipt)], { type: "text/plain" }));
    at("copy").addEventListener("click", () => copy(receipt));
    show("done");
    at("done").querySelector("h1").focus();
    scrollTo(0, 0);
  }

  // What the receipt is of, and where to look for it; never an answer.
  function receiptFile(receipt) {
    const text = at("receipt-file").content.textContent.trimStart();
    return text.replace("{receipt}", grouped(receipt)).replace("{address}", at("receipts").href);
  }

  async function copy(receipt) {
    await navigator.clipboard.writeText(receipt);
    label(at("copy"), "busy");
  }

  // No cookie, no referrer, and nothing is kept: what is sent names nobody.
  async function post(url, content) {
    const response = await fetch(url, {
      method: "POST",
      body: PulseProtocol.canonical(content),
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new ServerSaidNo(answer.error);
    return answer;
  }

  function tellUnsent(reason) {
    for (const text of at("unsent").querySelectorAll("[data-reason]")) text.hidden = text.dataset.reason !== reason;
    reveal(at("unsent"));
  }

  // Whatever went wrong becomes words; nothing typed is lost while it can still be sent.
  function explain(error) {
    if (error instanceof PulseProtocol.Tampered) return stop(`tampered-${error.what}`);
    if (document.querySelector(`[data-stop="${CSS.escape(error.reason ?? "")}"]`)) return over(error.reason);
    if (error instanceof ServerSaidNo) store?.write({ unsent: false });
    if (at("questions").hidden) {
      show("intro");
      at("begin-error").hidden = false;
    } else {
      tellUnsent(error instanceof ServerSaidNo ? "refused" : "network");
    }
    return undefined;
  }

  function over(reason) {
    if (reason === "SerialSpent" || reason === "WaveClosed") store.erase();
    return stop(reason);
  }

  async function busy(button, work) {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    label(button, "busy");
    try {
      await work();
    } finally {
      button.removeAttribute("aria-disabled");
      label(button, "idle");
    }
  }

  function label(button, state) {
    button.querySelector("[data-idle]").hidden = state !== "idle";
    button.querySelector("[data-busy]").hidden = state !== "busy";
  }

  function show(id) {
    for (const section of main.children) section.hidden = section.id !== id;
  }

  function stop(reason) {
    for (const section of main.children) section.hidden = section.dataset.stop !== reason;
    main.querySelector(`[data-stop="${reason}"] h1`).focus();
  }

  function reveal(message) {
    message.hidden = false;
    message.focus();
    message.scrollIntoView({ block: "start" });
  }

  const grouped = (hash) => hash.match(/.{8}/g).join(" ");

  // To the pages that check and tell: by the fragment, which reaches no server.
  function passOn() {
    if (!link) return;
    at("to-check").hash = new URLSearchParams({ h: link.sheetHash, l: document.documentElement.lang });
    at("to-stored").hash = new URLSearchParams({ t: link.token, h: link.sheetHash, l: document.documentElement.lang });
  }

  function fill(selector, text) {
    for (const place of document.querySelectorAll(selector)) place.textContent = text;
  }

  // The fragment holds the invitation: another one is another ballot, and no link may replace it.
  addEventListener("hashchange", () => location.reload());
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  document.querySelector("[role=group]").addEventListener("click", passOn);
  at("begin").addEventListener("click", () => begin().catch(explain));
  at("shared").addEventListener("change", ({ target }) => (store.shared = target.checked));
  form.addEventListener("input", keepDraft);
  form.addEventListener("change", keepDraft);
  form.addEventListener("submit", (event) => send(event).catch(explain));
  start().catch(explain);
})();
