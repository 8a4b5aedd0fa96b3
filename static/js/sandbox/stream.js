// Follows a run: receives its frames from the server, and reconnects when the connection is lost.

import { Backoff } from "./backoff.js";

// The server sends a heartbeat every five seconds.
const SILENCE = 12_000;

export class Stream {
  constructor(recording, offline) {
    this.recording = recording;
    this.backoff = new Backoff(offline);
    this.seen = recording.seq; // the page shows that fact, though newer ones may exist
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.open()));
    addEventListener("offline", () => this.source && this.reconnect());
    addEventListener("online", () => this.open());
    this.open();
  }

  get address() {
    return `${this.recording.address}live/`;
  }

  // An open connection proves nothing until something comes through it.
  open() {
    if (this.recording.ended || this.source || document.hidden) return;
    clearTimeout(this.next);
    this.source = new EventSource(`${this.address}?after=${this.seen}`);
    this.watch();
    this.source.onmessage = (event) => this.take(JSON.parse(event.data));
    this.source.addEventListener("here", () => this.heartbeat());
    this.source.addEventListener("end", () => this.reconnect());
    this.source.addEventListener("gone", () => this.lose());
    this.source.onerror = () => this.fail();
  }

  // A response that is no stream closes the source; its status is known only from an ordinary request.
  async fail() {
    const wasRefused = this.source?.readyState === EventSource.CLOSED;
    this.reconnect();
    if (!wasRefused) return;
    const answer = await fetch(this.address, { method: "HEAD" }).catch(() => null);
    if ([404, 410].includes(answer?.status)) this.lose();
  }

  lose() {
    this.close();
    this.backoff.succeed();
    this.recording.end();
  }

  take(frame) {
    this.heartbeat();
    if (frame.seq < this.seen) return;
    this.seen = frame.seq;
    this.recording.add(frame);
    if (frame.ended) this.close();
  }

  leave() {
    this.recording.ended = true;
    this.rest();
  }

  heartbeat() {
    this.backoff.succeed();
    this.watch();
  }

  watch() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.reconnect(), SILENCE);
  }

  close() {
    clearTimeout(this.watchdog);
    clearTimeout(this.next);
    this.source?.close();
    this.source = null;
  }

  // A hidden page needs no connection and no notice.
  rest() {
    this.close();
    this.backoff.forget();
  }

  // The browser's own reconnection gives up after an error status, and would not begin at the last fact seen.
  reconnect() {
    this.close();
    this.next = setTimeout(() => this.open(), this.backoff.fail());
  }
}
