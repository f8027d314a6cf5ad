// The employee's side of the ballot protocol: blind, finalize, one text for one ballot, send. Needs sheet.js.
"use strict";

const PulseProtocol = (() => {
  const SERIAL_BYTES = 32;
  const { PROTOCOL, Tampered, readLink, checkSheet, sha256, toHex } = PulseSheet;
  const suite = blindRSA.RSABSSA.SHA384.PSS.Randomized();
  const encoder = new TextEncoder();

  const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const randomHex = (length) => toHex(crypto.getRandomValues(new Uint8Array(length)));

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

  // The server understood and declined.
  class SaidNo extends Error {
    constructor(status, reason) {
      super(reason);
      this.status = status;
      this.reason = reason;
    }
  }

  // No cookie, no referrer, and nothing is kept: what is sent names nobody.
  async function post(url, content) {
    const response = await fetch(url, {
      method: "POST",
      body: canonical(content),
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new SaidNo(response.status, answer.error);
    return answer;
  }

  return { Tampered, SaidNo, post, readLink, checkSheet, blind, finalize, makeBallot, canonical, receipt, sha256 };
})();
