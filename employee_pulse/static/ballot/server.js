// Talks to the register and the urn. No cookie, no referrer, and nothing is kept: what is sent names nobody.
"use strict";

const PulseServer = (() => {
  class SaidNo extends Error {
    constructor(status, reason) {
      super(reason);
      this.status = status;
      this.reason = reason;
    }
  }

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
    if (!response.ok) throw new SaidNo(response.status, answer.error);
    return answer;
  }

  // The text of the sheet; null if it cannot be had now.
  async function sheet(url) {
    const response = await fetch(url, { credentials: "omit", cache: "no-store" }).catch(() => null);
    return response?.ok ? response.text() : null;
  }

  return { SaidNo, post, sheet };
})();
