// Follows a run: gets its frames from the server, and comes back by itself when the connection is lost.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
const SILENCE = 40_000;

export class Stream {
  constructor(film, offline) {
    this.film = film;
    this.offline = offline;
    this.seen = film.seq; // the page shows that fact, though more are known of
    this.pause = FIRST_PAUSE;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    this.open();
  }

  open() {
    if (this.film.ended || this.source || document.hidden) return;
    this.source = new EventSource(`${this.film.address}live/?after=${this.seen}`);
    this.listen();
    this.source.onmessage = (event) => this.take(JSON.parse(event.data));
    this.source.addEventListener("here", () => {
      this.offline.hidden = true;
      this.listen();
    });
    this.source.addEventListener("end", () => this.again());
    this.source.addEventListener("gone", () => this.lose());
    this.source.onerror = () => this.fail();
  }

  // What an error means only an ordinary request can tell.
  async fail() {
    if (this.pause > FIRST_PAUSE) this.offline.hidden = false;
    this.again();
    const answer = await fetch(this.film.address, { method: "HEAD" }).catch(() => null);
    if ([404, 410].includes(answer?.status)) this.lose();
  }

  // The run was deleted, or may not be seen any more.
  lose() {
    this.close();
    this.offline.hidden = true;
    this.film.end();
  }

  take(frame) {
    this.listen();
    if (frame.seq < this.seen) return;
    this.seen = frame.seq;
    this.film.add(frame);
    if (frame.ended) this.close();
  }

  leave() {
    this.film.ended = true;
    this.close();
  }

  listen() {
    this.pause = FIRST_PAUSE;
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.again(), SILENCE);
  }

  close() {
    clearTimeout(this.watchdog);
    this.source?.close();
    this.source = null;
  }

  // The browser's own reconnection gives up after an error status, so the connection is made anew, from the last fact seen.
  again() {
    this.close();
    setTimeout(() => this.open(), this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}
