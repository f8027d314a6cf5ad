// Computes the hash of the sheet on this device and compares it with the invitation's.
"use strict";

(() => {
  const at = (id) => document.getElementById(id);
  const main = at("main");
  const HASH = /(?<![0-9a-f])(?:[0-9a-f]{64}|(?:[0-9a-f]{8}\s+){7}[0-9a-f]{8})(?![0-9a-f])/;
  let computed;

  async function start() {
    for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
    const carried = new URLSearchParams(location.hash.slice(1)).get("h");
    if (carried) at("expected").value = carried;
    await compute();
  }

  async function compute() {
    computed = undefined;
    at("computed").textContent = "–";
    if (!globalThis.isSecureContext || !crypto.subtle) return tell("insecure");
    const bytes = await download(main.dataset.sheet);
    if (!bytes) return tell("no-sheet");
    computed = { hash: await PulseSheet.sha256OfBytes(bytes), sound: keysAreSound(bytes) };
    at("computed").textContent = grouped(computed.hash);
    compare();
  }

  function compare() {
    if (!computed) return;
    if (computed.hash !== main.dataset.hash) return tell("page-differs");
    if (!computed.sound) return tell("bad-key");
    const text = at("expected").value;
    const expected = readHash(text);
    if (expected) return tell(expected === computed.hash ? "match" : "other");
    tell(text.trim() ? "unreadable" : "alone");
  }

  // Of a whole invitation only the value stays: the rest is nobody's business.
  function readHash(text) {
    const found = /[#&]h=([0-9a-f]{64})(?![0-9a-f])/i.exec(text)?.[1] ?? HASH.exec(text.toLowerCase())?.[0];
    return found?.toLowerCase().replace(/\s/g, "");
  }

  function keysAreSound(bytes) {
    try {
      const { groups } = JSON.parse(new TextDecoder().decode(bytes));
      groups.forEach(PulseSheet.checkKey);
      return groups.length > 0;
    } catch {
      return false;
    }
  }

  // Each sheet must have the hash that is listed, and name the one that is listed next.
  async function checkChain() {
    const links = Array.from(at("chain").children);
    const first = await download(main.dataset.sheet);
    let named = first && previousOf(first);
    for (const link of links) {
      const bytes = link.dataset.sheet && (await download(link.dataset.sheet));
      const fits = bytes && named === link.dataset.hash && (await PulseSheet.sha256OfBytes(bytes)) === named;
      mark(link, bytes ? (fits ? "good" : "bad") : "unknown");
      named = bytes && previousOf(bytes);
    }
  }

  function previousOf(bytes) {
    try {
      return JSON.parse(new TextDecoder().decode(bytes)).previous;
    } catch {
      return undefined;
    }
  }

  async function download(url) {
    try {
      const response = await fetch(url, { credentials: "omit", cache: "no-store" });
      return response.ok ? await response.arrayBuffer() : null;
    } catch {
      return null;
    }
  }

  const grouped = (hash) => hash.match(/.{8}/g).join(" ");

  function mark(link, state) {
    for (const tag of link.querySelectorAll("[data-link]")) tag.hidden = tag.dataset.link !== state;
  }

  function tell(outcome) {
    for (const message of document.querySelectorAll("[data-outcome]")) message.hidden = message.dataset.outcome !== outcome;
  }

  at("expected").addEventListener("input", compare);
  at("expected").addEventListener("change", ({ target }) => {
    const hash = readHash(target.value);
    if (hash) target.value = grouped(hash);
  });
  at("again").addEventListener("click", compute);
  at("check-chain")?.addEventListener("click", checkChain);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  addEventListener("hashchange", () => location.reload());
  start();
})();
