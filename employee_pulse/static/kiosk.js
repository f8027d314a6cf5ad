// The kiosk: one person after the other on one device. Everything of a visit lives in memory only and ends with it.
"use strict";

(() => {
  const IDLE_SECONDS = 60;
  const WARNING_SECONDS = 20;
  const RETRY_MILLISECONDS = 10_000;
  const CODE_LENGTH = 12;
  const untouched = document.getElementById("main").cloneNode(true);
  const language = document.documentElement.lang;
  const wave = Number(untouched.dataset.wave);
  const urls = { ...untouched.dataset };
  const bar = document.getElementById("kiosk-bar");
  const errands = new Set();
  let sheet = null; // asked for before anybody says who they are: nobody can be given one of their own
  let visit;

  class Visit {
    #group;
    #token;
    #deadline = null;
    #extends = true;
    #vote = null;

    constructor(main) {
      this.screen = new BallotScreen(main);
      this.questions = new Questions(this.screen);
      const { screen } = this;
      screen.at("enter").addEventListener("submit", (event) => {
        event.preventDefault();
        screen.busy(screen.at("open"), () => this.#enter()).catch((error) => this.#explain(error));
      });
      screen.at("begin").addEventListener("click", () => this.#begin());
      screen.at("ballot").addEventListener("submit", (event) => {
        event.preventDefault();
        if (this.questions.complete()) {
          screen.busy(screen.at("send"), () => this.#send()).catch((error) => this.#explain(error));
        }
      });
      for (const kind of ["input", "change"]) screen.at("ballot").addEventListener(kind, () => this.questions.count());
      for (const button of main.querySelectorAll("[data-wipe]")) button.addEventListener("click", wipe);
      screen.show("start");
    }

    // Seconds until everything is wiped; null as long as nobody has touched anything.
    get left() {
      return this.#deadline === null ? null : Math.ceil((this.#deadline - Date.now()) / 1000);
    }

    touch() {
      if (this.#extends) this.#deadline = Date.now() + IDLE_SECONDS * 1000;
    }

    // What was asked to be signed goes on without a screen: it could not be issued again.
    end() {
      if (this.#vote && !this.#vote.over) errands.add(this.#vote);
    }

    async #enter() {
      const { screen } = this;
      const number = screen.at("number").value.trim();
      const code = PulseCodes.read(screen.at("code").value, CODE_LENGTH);
      if (!number || !code) return this.#tellEntry(number ? "typing" : "number");
      sheet ??= await getSheet();
      if (sheet === null) return this.#tellEntry("network");
      const admitted = await PulseProtocol.post(urls.kiosk, { number, code });
      const sheetHash = await PulseProtocol.sha256(sheet);
      this.#group = await PulseProtocol.checkSheet(sheet, { sheetHash, group: admitted.group }, wave);
      this.#token = admitted.token;
      screen.at("enter").reset();
      this.#introduce(sheetHash);
    }

    #introduce(sheetHash) {
      const { screen } = this;
      screen.fill("[data-group-ko]", this.#group.label.ko);
      screen.fill("[data-group-en]", this.#group.label.en);
      screen.fill("[data-group-size]", this.#group.eligible);
      screen.fill("[data-fingerprint]", sheetHash.match(/.{8}/g).join(" "));
      screen.show("intro");
      screen.at("intro").querySelector("h1").focus();
      scrollTo(0, 0);
    }

    #begin() {
      this.questions.count();
      this.screen.show("questions");
      this.screen.at("questions-title").focus({ preventScroll: true });
      scrollTo(0, 0);
    }

    async #send() {
      this.#vote ??= { group: this.#group, token: this.#token };
      this.#vote.filled = this.questions.answers.read();
      const receipt = await carry(this.#vote);
      if (visit === this) this.#thank(receipt);
    }

    #thank(receipt) {
      const { screen } = this;
      screen.at("ballot").reset();
      screen.at("receipt").textContent = receipt.match(/.{8}/g).join(" ");
      screen.show("done");
      screen.at("done").querySelector("h1").focus();
      scrollTo(0, 0);
      this.touch();
      this.#extends = false; // a receipt left on the screen is gone after a minute, whoever touches it
    }

    #tellEntry(reason) {
      const { screen } = this;
      for (const text of screen.at("entry-error").querySelectorAll("[data-reason]")) {
        text.hidden = text.dataset.reason !== reason;
      }
      screen.reveal(screen.at("entry-error"));
    }

    #explain(error) {
      if (visit !== this) return;
      if (error instanceof PulseProtocol.Tampered) this.screen.stop(`tampered-${error.what}`);
      else if (this.screen.canStop(error.reason)) this.screen.stop(error.reason);
      else if (this.screen.at("questions").hidden) this.#tellEntry(entryReason(error));
      else this.questions.tellUnsent(error instanceof PulseProtocol.SaidNo ? "refused" : "network");
    }
  }

  // The text of the sheet; null if it cannot be had now.
  async function getSheet() {
    const response = await fetch(urls.sheet, { credentials: "omit", cache: "no-store" }).catch(() => null);
    return response?.ok ? response.text() : null;
  }

  function entryReason(error) {
    if (!(error instanceof PulseProtocol.SaidNo)) return "network";
    return { 403: "wrong", 429: "often" }[error.status] ?? "network";
  }

  // Takes the ballot and casts it, one try at a time; each step may be repeated and changes nothing then.
  function carry(vote) {
    vote.running ??= takeAndCast(vote)
      .catch((error) => {
        vote.over = error instanceof PulseProtocol.Tampered || error.status < 500;
        throw error;
      })
      .finally(() => (vote.running = null));
    return vote.running;
  }

  async function takeAndCast(vote) {
    if (!vote.blinded) Object.assign(vote, await PulseProtocol.blind(vote.group, wave));
    if (!vote.signature) {
      const { signature } = await PulseProtocol.post(urls.sign, { token: vote.token, blinded: vote.blinded });
      vote.signature = await PulseProtocol.finalize(vote.group, vote, signature);
      vote.token = null;
    }
    const ballot = PulseProtocol.makeBallot(vote.group, vote, vote.filled);
    const expected = await PulseProtocol.receipt(ballot, wave);
    const { receipt } = await PulseProtocol.post(urls.cast, ballot);
    if (receipt !== expected) throw new PulseProtocol.Tampered("receipt");
    vote.over = true;
    return receipt;
  }

  function runErrands() {
    for (const vote of errands) {
      carry(vote).catch(() => undefined).then(() => vote.over && errands.delete(vote));
    }
  }

  // Back to the page as it came: not one element of the visit is left, nor its language.
  function wipe() {
    visit?.end();
    const main = untouched.cloneNode(true);
    document.getElementById("main").replaceWith(main);
    document.querySelector(`[data-language="${language}"]`).click();
    visit = new Visit(main);
    getSelection().removeAllRanges();
    scrollTo(0, 0);
    tick();
  }

  function tick() {
    const { left } = visit;
    if (left !== null && left <= 0) return wipe();
    document.getElementById("kiosk-waiting").hidden = errands.size === 0;
    bar.hidden = left === null;
    const warn = left !== null && left <= WARNING_SECONDS;
    if (bar.classList.contains("kiosk-bar-warning") !== warn) {
      bar.classList.toggle("kiosk-bar-warning", warn);
      document.getElementById("kiosk-warning").hidden = !warn;
      document.getElementById("kiosk-rest").hidden = warn;
    }
    if (left !== null) document.getElementById("kiosk-left").textContent = left;
    return undefined;
  }

  function touched(event) {
    // Who only changes the language has not begun.
    if (visit.left === null && event.target.closest?.("[data-language]")) return;
    visit.touch();
    tick();
  }

  if (!globalThis.isSecureContext || !crypto.subtle) {
    new BallotScreen(document.getElementById("main")).stop("insecure");
    return;
  }
  for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    addEventListener(kind, touched, { passive: true });
  }
  for (const kind of ["copy", "cut"]) addEventListener(kind, (event) => event.preventDefault());
  addEventListener("pagehide", wipe);
  document.addEventListener("visibilitychange", tick); // timers sleep in a hidden page
  document.getElementById("kiosk-wipe").addEventListener("click", wipe);
  document.getElementById("kiosk-more").addEventListener("click", touched);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  wipe();
  setInterval(tick, 500);
  setInterval(runErrands, RETRY_MILLISECONDS);
  getSheet().then((text) => (sheet ??= text));
})();
