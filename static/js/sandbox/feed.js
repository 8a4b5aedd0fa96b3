// Follows the runs of several pages by one connection. HTTP/1.1 gives a host six; a page that kept one would block others.
// As a shared worker, this file is the one feed of all pages of a browser.

import { Backoff } from "./backoff.js";

// The server says at once that it is there, and again every five seconds.
const FIRST_SIGN = 3_000;
const SILENCE = 12_000;
const ANSWER = 5_000;
const ASK_EVERY = 1_000;
const LONGEST_TRIAL = 600_000;
const MOST_RUNS = 50;
const SIGN_EVERY = 5_000;

export class Feed {
  constructor() {
    this.pages = new Map(); // by the port of each page: its runs, each with the last fact that the page has
    this.key = Math.random().toString(36).slice(2);
    this.state = "live";
    this.isHeld = false; // something on the way holds the stream back
    this.trial = 20_000; // until the stream is tried again, twice as long each time
    this.backoff = new Backoff((isLost) => this.tell(isLost ? "lost" : this.isHeld ? "held" : "live"));
    addEventListener("offline", () => this.source && this.retry());
    addEventListener("online", () => this.begin());
  }

  join(port) {
    port.onmessage = ({ data }) => this.follow(port, data);
    port.postMessage({ state: this.state });
  }

  // A page says anew what it follows whenever that changes: nothing while it is hidden.
  follow(port, { address, runs }) {
    this.pages.delete(port);
    if (runs.length) {
      this.address = address;
      this.pages.set(port, new Map(runs));
    }
    port.postMessage({ state: this.state });
    this.begin();
  }

  // All runs, each with the earliest fact after which a page needs what is new.
  get runs() {
    const runs = new Map();
    for (const [run, seq] of [...this.pages.values()].flatMap((seen) => [...seen])) runs.set(run, Math.min(seq, runs.get(run) ?? seq));
    return new Map([...runs].slice(0, MOST_RUNS));
  }

  begin() {
    this.stop();
    if (!this.runs.size) this.backoff.succeed();
    else if (this.isHeld) this.askOn();
    else this.open();
  }

  // An open connection proves nothing until something comes through it.
  open() {
    const known = this.runs;
    this.source?.close();
    this.source = new EventSource(this.url("", known, true));
    this.expect(FIRST_SIGN);
    this.source.onmessage = ({ data }) => {
      this.hear();
      this.take(JSON.parse(data), known);
    };
    this.source.addEventListener("here", () => this.hear());
    this.source.addEventListener("end", () => this.retry());
    this.source.onerror = () => this.retry();
  }

  hear() {
    this.asked = null;
    if (this.isHeld) {
      this.isHeld = false;
      clearTimeout(this.next);
      this.tell("live");
    }
    this.backoff.succeed();
    this.expect(SILENCE);
  }

  expect(time) {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.doubt(), time);
  }

  // Nothing came for too long. An ordinary request tells whether the server is gone, or the stream is held back.
  doubt() {
    if (this.isHeld) return this.hold();
    const wait = this.backoff.fail();
    this.ask((isAnswered) => (isAnswered ? this.hold() : this.retry(wait)));
  }

  hold() {
    this.stop();
    this.isHeld = true;
    this.tell("held");
    clearTimeout(this.trying);
    this.trying = setTimeout(() => this.try(), this.trial);
    this.trial = Math.min(this.trial * 2, LONGEST_TRIAL);
    this.next = setTimeout(() => this.askOn(), ASK_EVERY);
  }

  try() {
    if (this.runs.size) return this.open();
    this.isHeld = false;
    this.tell("live"); // nobody looks; whether the stream is still held back shows when somebody does
  }

  askOn() {
    this.ask((isAnswered) => (this.next = setTimeout(() => this.askOn(), isAnswered ? ASK_EVERY : this.backoff.fail())));
  }

  // Calls `then` unless something else has happened meanwhile.
  async ask(then) {
    const asked = (this.asked = {});
    const isAnswered = await this.fetch();
    if (this.asked === asked) then(isAnswered);
  }

  async fetch() {
    const known = this.runs;
    try {
      const answer = await fetch(this.url("now.json", known, !this.source), { signal: AbortSignal.timeout(ANSWER) });
      if (!answer.ok) return false;
      for (const frame of await answer.json()) this.take(frame, known);
    } catch {
      return false;
    }
    this.backoff.succeed();
    return true;
  }

  // The server ends an earlier stream with the same key, which a proxy may not have closed.
  url(name, runs, hasKey) {
    const followed = [...runs].map(([run, seq]) => `run=${run}:${seq}`);
    return `${this.address}${name}?${[...followed, ...(hasKey ? [`viewer=${this.key}`] : [])].join("&")}`;
  }

  // `known` are the facts after which this connection began. A page that has fewer cannot use the frame.
  take(frame, known) {
    for (const [port, seen] of this.pages) {
      if (!(seen.get(frame.run) >= known.get(frame.run))) continue;
      port.postMessage(frame);
      if (frame.ended) seen.delete(frame.run);
      else seen.set(frame.run, Math.max(seen.get(frame.run), frame.seq));
    }
    known.set(frame.run, frame.seq);
    if (frame.ended && !this.runs.size) this.begin();
  }

  // The browser's own reconnection gives up after an error status, and would not begin at the last facts seen.
  retry(wait = this.backoff.fail()) {
    if (this.isHeld) return this.hold();
    this.stop();
    this.next = setTimeout(() => this.open(), wait);
  }

  stop() {
    clearTimeout(this.watchdog);
    clearTimeout(this.next);
    this.asked = null;
    this.source?.close();
    this.source = null;
  }

  tell(state) {
    this.state = state;
    for (const port of this.pages.keys()) port.postMessage({ state });
  }
}

// Its sign of life tells a page that the worker has not been ended.
if (globalThis.SharedWorkerGlobalScope) {
  const feed = new Feed();
  addEventListener("connect", ({ ports: [port] }) => feed.join(port));
  setInterval(() => feed.tell(feed.state), SIGN_EVERY);
}
