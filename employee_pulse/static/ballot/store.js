// Keeps the ballot and its draft on this device until it is cast: in the tab alone on a shared device.
"use strict";

class BallotStore {
  #key;
  #memory = null;
  #channel;

  // The name says neither who nor with which invitation: it is a hash of both.
  constructor(name, onSentElsewhere) {
    this.#key = `pulse.ballot.${name}`;
    this.#channel = new BroadcastChannel(this.#key);
    this.#channel.addEventListener("message", onSentElsewhere);
  }

  get shared() {
    return this.#storage("sessionStorage")?.getItem(this.#key) != null;
  }

  set shared(shared) {
    const kept = this.read();
    this.#storage(shared ? "localStorage" : "sessionStorage")?.removeItem(this.#key);
    this.#storage(shared ? "sessionStorage" : "localStorage")?.setItem(this.#key, JSON.stringify(kept));
  }

  read() {
    const text =
      this.#storage("sessionStorage")?.getItem(this.#key) ?? this.#storage("localStorage")?.getItem(this.#key);
    return text ? JSON.parse(text) : (this.#memory ?? {});
  }

  write(changes) {
    this.#memory = { ...this.read(), ...changes };
    try {
      this.#storage(this.shared ? "sessionStorage" : "localStorage")?.setItem(this.#key, JSON.stringify(this.#memory));
    } catch {
      // Storage is full or closed: the ballot then lives as long as the page.
    }
  }

  erase() {
    this.#memory = null;
    this.#storage("localStorage")?.removeItem(this.#key);
    this.#storage("sessionStorage")?.removeItem(this.#key);
    this.#channel.postMessage("sent");
  }

  // Two tabs that begin at once must not each ask for a ballot of their own.
  alone(work) {
    return navigator.locks.request(this.#key, work);
  }

  #storage(name) {
    try {
      return window[name];
    } catch {
      return null;
    }
  }
}
