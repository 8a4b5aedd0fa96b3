// Waits longer after each failure, not all pages equally long, and tells the reader that the server does not answer.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
const NOTICE_AFTER = 3_000;

export class Backoff {
  // `offline` is the element with the notice; a page without one only waits.
  constructor(offline) {
    this.offline = offline;
    this.pause = FIRST_PAUSE;
  }

  // Several may share one notice, so only the one that lost the server hides it again.
  succeed() {
    this.pause = FIRST_PAUSE;
    if (this.notice) this.show(false);
    this.forget();
  }

  // Returns how many milliseconds to wait before the next attempt.
  fail() {
    this.notice ??= setTimeout(() => this.show(true), NOTICE_AFTER);
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
