// Waits longer after each failure, not all pages equally long, and tells when the server has not answered for a while.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
const NOTICE_AFTER = 3_000;

export class Backoff {
  // `tell` is called with true when the server is lost, and with false when it is back.
  constructor(tell) {
    this.tell = tell;
    this.pause = FIRST_PAUSE;
  }

  // Several may share one notice, so only the one that lost the server hides it again.
  succeed() {
    this.pause = FIRST_PAUSE;
    if (!this.notice) return;
    clearTimeout(this.notice);
    this.notice = null;
    this.tell(false);
  }

  // Returns how many milliseconds to wait before the next attempt.
  fail() {
    this.notice ??= setTimeout(() => this.tell(true), NOTICE_AFTER);
    const wait = this.pause * (0.75 + Math.random() / 2);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    return wait;
  }
}
