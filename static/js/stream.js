// Follows a run: gets its frames from the server, and comes back by itself when the connection is lost.

import { Backoff } from "./backoff.js";

// The server says that it is there every five seconds.
const SILENCE = 12_000;

export class Stream {
  constructor(recording, offline) {
    this.recording = recording;
    this.backoff = new Backoff(offline);
    this.seen = recording.seq; // the page shows that fact, though more are known of
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.open()));
    addEventListener("offline", () => this.source && this.again());
    addEventListener("online", () => this.open());
    this.open();
  }

  get address() {
    return `${this.recording.address}live/`;
  }

  // What an open connection is worth shows only when something comes through it.
  open() {
    if (this.recording.ended || this.source || document.hidden) return;
    clearTimeout(this.next);
    this.source = new EventSource(`${this.address}?after=${this.seen}`);
    this.watch();
    this.source.onmessage = (event) => this.take(JSON.parse(event.data));
    this.source.addEventListener("here", () => this.hear());
    this.source.addEventListener("end", () => this.again());
    this.source.addEventListener("gone", () => this.lose());
    this.source.onerror = () => this.fail();
  }

  // An answer that is no stream closes the source at once; which answer it was, only an ordinary request can tell.
  async fail() {
    const wasRefused = this.source?.readyState === EventSource.CLOSED;
    this.again();
    if (!wasRefused) return;
    const answer = await fetch(this.address, { method: "HEAD" }).catch(() => null);
    if ([404, 410].includes(answer?.status)) this.lose();
  }

  // The run was deleted, or may not be seen any more.
  lose() {
    this.close();
    this.backoff.succeed();
    this.recording.end();
  }

  take(frame) {
    this.hear();
    if (frame.seq < this.seen) return;
    this.seen = frame.seq;
    this.recording.add(frame);
    if (frame.ended) this.close();
  }

  leave() {
    this.recording.ended = true;
    this.rest();
  }

  hear() {
    this.backoff.succeed();
    this.watch();
  }

  watch() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.again(), SILENCE);
  }

  close() {
    clearTimeout(this.watchdog);
    clearTimeout(this.next);
    this.source?.close();
    this.source = null;
  }

  // Nobody looks: nothing is asked, and nothing has to be said.
  rest() {
    this.close();
    this.backoff.forget();
  }

  // The browser's own reconnection gives up after an error status, so the connection is made anew, from the last fact seen.
  again() {
    this.close();
    this.next = setTimeout(() => this.open(), this.backoff.fail());
  }
}
