// The employee's side of the ballot protocol: check the sheet, blind, finalize, one text for one ballot.
"use strict";

const PulseProtocol = (() => {
  const PROTOCOL = "pulse-ballot-v1";
  const MODULUS_BITS = 2048;
  const EXPONENT = 65537;
  const SERIAL_BYTES = 32;
  const suite = blindRSA.RSABSSA.SHA384.PSS.Randomized();
  const encoder = new TextEncoder();

  // The server, or somebody between, sent something that is not what everybody else got.
  class Tampered extends Error {
    constructor(what) {
      super(what);
      this.what = what;
    }
  }

  const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const randomHex = (length) => toHex(crypto.getRandomValues(new Uint8Array(length)));
  const sha256 = async (text) => toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));

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

  function publicKey({ n }) {
    const base64 = btoa(String.fromCharCode(...fromHex(n)));
    const key = {
      kty: "RSA",
      alg: "PS384",
      e: "AQAB",
      n: base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
    };
    return crypto.subtle.importKey("jwk", key, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
  }

  // Makes up the serial and hides it: only `blinded` leaves the device before the ballot is cast.
  async function blind(group, wave) {
    const prepared = suite.prepare(encoder.encode(`${PROTOCOL}|${wave}|${group.id}`));
    const { blindedMsg, inv } = await suite.blind(await publicKey(group), prepared);
    return {
      prepared: toHex(prepared),
      blinded: toHex(blindedMsg),
      inverse: toHex(inv),
      nonce: randomHex(16),
    };
  }

  async function finalize(group, { prepared, inverse }, blindSignature) {
    try {
      const key = await publicKey(group);
      return toHex(await suite.finalize(key, fromHex(prepared), fromHex(blindSignature), fromHex(inverse)));
    } catch {
      throw new Tampered("signature");
    }
  }

  function makeBallot(group, { prepared, signature, nonce }, { answers, comments }) {
    return { group: group.id, serial: prepared.slice(0, SERIAL_BYTES * 2), signature, nonce, answers, comments };
  }

  // The same text as the server builds: sorted keys, no spaces.
  function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    const fields = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
    return `{${fields.join(",")}}`;
  }

  const receipt = (ballot, wave) => sha256(canonical({ ...ballot, wave }));

  return { Tampered, readLink, checkSheet, blind, finalize, makeBallot, canonical, receipt, sha256 };
})();
