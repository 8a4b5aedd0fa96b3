// Follows the runs of this page: first by a feed of its own, soon by the one that all pages of the browser share.

import { Feed } from "./feed.js";

const SHARE_AFTER = 2_000; // a fast run ends sooner, and a worker takes its time to start
const SILENCE = 15_000;
const HELD = "A proxy between you and the server holds the live view back; this page asks every second instead.";

function ownFeed() {
  const { port1, port2 } = new MessageChannel();
  new Feed().join(port2);
  return port1;
}

function sharedFeed() {
  return new SharedWorker(new URL("./feed.js", import.meta.url), { type: "module" }).port;
}

export class Stream {
  // Each is a function that returns the port of a feed. A browser may have no shared worker, or not start it.
  constructor(own = ownFeed, shared = globalThis.SharedWorker && sharedFeed) {
    this.followed = new Map(); // by recording: its run, the last fact seen, and where to say what is wrong
    this.state = "live";
    this.own = own();
    this.shared = shared;
    this.use(this.own);
    document.addEventListener("visibilitychange", () => this.announce());
  }

  use(port) {
    if (this.port) {
      this.port.postMessage({ runs: [] });
      this.port.onmessage = null;
    }
    this.port = port;
    port.onmessage = ({ data }) => {
      this.expect();
      if (data.state) this.say(data.state);
      else this.take(data);
    };
    this.announce();
  }

  // A feed says something at once, and the shared one every five seconds at least. While the stream is held back there is
  // nothing to share.
  share() {
    this.sharing = this.runs.length > 0 && this.state === "live";
    if (!this.sharing) return;
    const port = this.shared();
    port.onmessage = () => this.use(port);
  }

  expect() {
    clearTimeout(this.watchdog);
    if (this.port !== this.own && this.runs.length) this.watchdog = setTimeout(() => this.use(this.own), SILENCE);
  }

  add(recording, notice) {
    const [, address, run] = /^(.*)runs\/(.+)\/$/.exec(recording.address);
    this.address = `${address}live/`;
    this.followed.set(recording, { run, seen: recording.seq, notice });
  }

  leave(recording) {
    recording.ended = true;
    this.announce();
    this.followed.delete(recording);
  }

  // A hidden page needs no connection and no notice.
  get runs() {
    if (document.hidden) return [];
    return [...this.followed].filter(([{ ended }]) => !ended).map(([, { run, seen }]) => [run, seen]);
  }

  announce() {
    this.port.postMessage({ address: this.address, runs: this.runs });
    this.expect();
    this.say(this.state);
  }

  take(frame) {
    for (const [recording, one] of this.followed) {
      if (one.run !== frame.run) continue;
      if (frame.gone) recording.end();
      else if (frame.seq >= one.seen) {
        // What another page needed may come with it; what is live belongs to no fact.
        const isNew = frame.seq > one.seen;
        one.seen = frame.seq;
        recording.add({ ...frame, fragments: frame.fragments.filter(({ live }) => isNew || live) });
      }
    }
    this.say(this.state);
    if (this.shared) this.sharing ||= setTimeout(() => this.share(), SHARE_AFTER);
  }

  say(state) {
    const now = this.runs.length ? state : "live";
    if (now === this.state) return;
    this.state = now;
    for (const { notice } of this.followed.values()) if (notice) this.show(notice);
  }

  show(notice) {
    notice.dataset.lost ??= notice.textContent;
    notice.textContent = this.state === "held" ? HELD : notice.dataset.lost;
    notice.classList.toggle("errors", this.state !== "held"); // nothing stands still, so there is no alarm
    notice.hidden = this.state === "live";
  }
}
