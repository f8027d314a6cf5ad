// The ballot page: introduction, questions, sending, receipt; and stopping with plain words.
"use strict";

(() => {
  const main = document.getElementById("main");
  const screen = new BallotScreen(main);
  const at = (id) => screen.at(id);
  const wave = Number(main.dataset.wave);
  const form = at("ballot");
  const questions = new Questions(screen);
  let store;
  let group;
  let link;

  async function start() {
    if (!globalThis.isSecureContext || !crypto.subtle || !navigator.locks) return screen.stop("insecure");
    link = PulseProtocol.readLink(location.hash);
    if (!link) return screen.stop("no-token");
    screen.show("loading");
    const response = (await globalThis.earlySheet) ?? (await getSheet());
    if (!response?.ok) return screen.stop("no-sheet");
    group = await PulseProtocol.checkSheet(await response.text(), link, wave);
    const name = (await PulseProtocol.sha256(link.token)).slice(0, 24);
    store = new BallotStore(name, () => screen.stop("sent-elsewhere"));
    introduce();
    if (store.read().signature) openQuestions();
    else screen.show("intro");
  }

  const getSheet = () => fetch(main.dataset.sheet, { credentials: "omit", cache: "no-store" }).catch(() => null);

  function introduce() {
    screen.fill("[data-group-ko]", group.label.ko);
    screen.fill("[data-group-en]", group.label.en);
    screen.fill("[data-group-size]", group.eligible);
    screen.fill("[data-fingerprint]", grouped(link.sheetHash));
    passOn();
    at("shared").checked = store.shared;
  }

  async function begin() {
    at("begin-error").hidden = true;
    await screen.busy(at("begin"), async () => {
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
    const { signature } = await PulseProtocol.post(main.dataset.sign, { token: link.token, blinded: kept.blinded });
    store.write({ signature: await PulseProtocol.finalize(group, kept, signature) });
  }

  function openQuestions() {
    const { draft, unsent } = store.read();
    if (draft) questions.answers.restore(draft);
    questions.count();
    screen.show("questions");
    if (unsent) questions.tellUnsent("network");
    else at("questions-title").focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function keepDraft() {
    store.write({ draft: questions.answers.read() });
    questions.count();
  }

  async function send(event) {
    event.preventDefault();
    keepDraft();
    if (questions.complete()) await screen.busy(at("send"), cast);
  }

  async function cast() {
    const ballot = PulseProtocol.makeBallot(group, store.read(), questions.answers.read());
    const expected = await PulseProtocol.receipt(ballot, wave);
    store.write({ unsent: true });
    const { receipt } = await PulseProtocol.post(main.dataset.cast, ballot);
    if (receipt !== expected) return screen.stop("tampered-receipt");
    store.erase();
    thank(receipt);
  }

  function thank(receipt) {
    form.reset();
    at("receipt").textContent = grouped(receipt);
    at("save").href = URL.createObjectURL(new Blob([receiptFile(receipt)], { type: "text/plain" }));
    at("copy").addEventListener("click", () => copy(receipt));
    screen.show("done");
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
    screen.label(at("copy"), "busy");
  }

  // Whatever went wrong becomes words; nothing typed is lost while it can still be sent.
  function explain(error) {
    if (error instanceof PulseProtocol.Tampered) return screen.stop(`tampered-${error.what}`);
    if (screen.canStop(error.reason)) return over(error.reason);
    if (error instanceof PulseProtocol.SaidNo) store?.write({ unsent: false });
    if (at("questions").hidden) {
      screen.show("intro");
      at("begin-error").hidden = false;
    } else {
      questions.tellUnsent(error instanceof PulseProtocol.SaidNo ? "refused" : "network");
    }
    return undefined;
  }

  function over(reason) {
    if (reason === "SerialSpent" || reason === "WaveClosed") store.erase();
    return screen.stop(reason);
  }

  const grouped = (hash) => hash.match(/.{8}/g).join(" ");

  // To the pages that check and tell: by the fragment, which reaches no server.
  function passOn() {
    if (!link) return;
    at("to-check").hash = new URLSearchParams({ h: link.sheetHash, l: document.documentElement.lang });
    at("to-stored").hash = new URLSearchParams({ t: link.token, h: link.sheetHash, l: document.documentElement.lang });
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
