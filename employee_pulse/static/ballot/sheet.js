// The sheet of a wave, as everybody must get it: its hash, and what the keys on it must be like.
"use strict";

const PulseSheet = (() => {
  const PROTOCOL = "pulse-ballot-v1";
  const MODULUS_BITS = 2048;
  const EXPONENT = 65537;

  // The server, or somebody between, sent something that is not what everybody else got.
  class Tampered extends Error {
    constructor(what) {
      super(what);
      this.what = what;
    }
  }

  const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const sha256OfBytes = async (bytes) => toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  const sha256 = (text) => sha256OfBytes(new TextEncoder().encode(text));

  // The invitation: everything personal stands in the fragment, which no server sees.
  function readLink(fragment) {
    const fields = new URLSearchParams(fragment.replace(/^#/, ""));
    const token = fields.get("t") ?? "";
    const sheetHash = fields.get("h") ?? "";
    const group = Number(/^(\d+)-/.exec(token)?.[1]);
    return group && /^[0-9a-f]{64}$/.test(sheetHash) ? { token, sheetHash, group } : null;
  }

  async function checkSheet(text, { sheetHash, group }, wave) {
    if ((await sha256(text)) !== sheetHash) throw new Tampered("sheet");
    const sheet = JSON.parse(text);
    const own = sheet.groups.find((each) => each.id === group);
    if (sheet.protocol !== PROTOCOL || sheet.wave !== wave || !own) throw new Tampered("sheet");
    checkKey(own);
    return own;
  }

  function checkKey({ n, e }) {
    const exact = typeof n === "string" && /^[89a-f][0-9a-f]+[13579bdf]$/.test(n) && n.length === MODULUS_BITS / 4;
    if (e !== EXPONENT || !exact) throw new Tampered("key");
  }

  return { PROTOCOL, Tampered, readLink, checkSheet, checkKey, sha256, sha256OfBytes, toHex };
})();
