// How long to wait for a server that does not answer: longer each time, not all pages at once, and the reader is told.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
const TOLD_AFTER = 3_000;

export class Backoff {
  // `offline` is the sentence that says so; a page without one only waits.
  constructor(offline) {
    this.offline = offline;
    this.pause = FIRST_PAUSE;
  }

  // The server gave a sign of life. Several may share one sentence: only who has lost the server may say that it is back.
  succeed() {
    this.pause = FIRST_PAUSE;
    if (this.notice) this.show(false);
    this.forget();
  }

  // Nothing came of it. Returns how many milliseconds to wait before the next attempt.
  fail() {
    this.notice ??= setTimeout(() => this.show(true), TOLD_AFTER);
    const wait = this.pause * (0.75 + Math.random() / 2);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    return wait;
  }

  forget() {
    clearTimeout(this.notice);
    this.notice = null;
  }

  show(isLost) {
    if (this.offline) this.offline.hidden = !isLost;
  }
}
