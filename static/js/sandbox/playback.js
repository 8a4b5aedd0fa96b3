// Plays what was recorded, stops it, and goes to any moment of it. The workers are not involved.

const LONGEST_WAIT = 1200; // ms; a timer of a saga can take days
const INTERACTIVE = "a, button, summary, input, select, textarea";

// As the server writes times: a wait that was skipped can be of days.
function clock(seconds) {
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  let rest = Math.round(seconds);
  const count = ([size, unit]) => {
    const whole = Math.floor(rest / size);
    rest %= size;
    return whole ? [`${whole} ${unit}`] : [];
  };
  return [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]].flatMap(count).join(" ");
}

export class Playback {
  constructor(bar, recordings) {
    this.bar = bar;
    this.recordings = recordings;
    this.range = bar.querySelector("[type=range]");
    this.position = Number(this.range.value);
    this.findMoments();
    bar.querySelector("[data-speed]").addEventListener("change", (event) => event.target.blur());
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    bar.addEventListener("click", (event) => this.click(event));
    document.addEventListener("keydown", (event) => this.key(event));
    for (const recording of recordings) {
      recording.addEventListener("news", () => this.update());
      recording.addEventListener("shown", () => this.render());
    }
    this.render();
  }

  // The moments that can be gone to, over all runs that are shown, in the order in which they happened.
  findMoments() {
    const moments = this.recordings.flatMap((recording) =>
      Array.from({ length: recording.last }, (_, i) => ({ recording, seq: i + 1, at: recording.times[i + 1] })),
    );
    for (const [i, moment] of moments.entries()) moment.at ??= moments[i - 1]?.recording === moment.recording ? moments[i - 1].at : 0;
    this.moments = this.recordings.length > 1 ? moments.sort((a, b) => a.at - b.at) : moments;
    this.range.max = this.moments.length;
  }

  get isLive() {
    return this.recordings.every((recording) => recording.follows);
  }

  get areOver() {
    return this.recordings.every((recording) => recording.ended);
  }

  update() {
    this.findMoments();
    if (this.isLive) this.position = this.moments.length;
    this.render();
  }

  // For each run, the newest fact at that position.
  facts(position) {
    const passed = this.moments.slice(0, position);
    return this.recordings.map((recording) => [recording, passed.findLast((moment) => moment.recording === recording)?.seq ?? 1]);
  }

  ready(wanted) {
    return this.complete(this.facts(wanted).every(([recording, seq]) => recording.has(seq)));
  }

  exact() {
    return this.complete(this.facts(this.position).every(([recording, seq]) => recording.exact >= Math.min(seq + 1, recording.last)));
  }

  async complete(isKnown) {
    if (isKnown) return true;
    try {
      await Promise.all(this.recordings.map((recording) => recording.load()));
      this.findMoments();
      return true;
    } catch (error) {
      this.bar.dispatchEvent(new CustomEvent("problem", { bubbles: true, detail: error.message }));
      return false;
    }
  }

  async go(position) {
    this.position = Math.min(Math.max(position, 1), this.moments.length);
    if (!(await this.ready(this.position))) return false;
    for (const [recording, seq] of this.facts(this.position)) {
      recording.follow(this.position >= this.moments.length);
      recording.show(seq);
    }
    this.render();
    return true;
  }

  // To a fact of one of the runs.
  async goToFact(panel, fact) {
    this.stop();
    if (!(await this.complete(this.recordings.every((recording) => recording.exact >= recording.last)))) return;
    await this.go(this.moments.findIndex(({ recording, seq }) => recording.panel === panel && seq === fact) + 1);
  }

  live() {
    this.stop();
    return this.go(this.moments.length);
  }

  // To the next or the previous moment, with everything that was committed together.
  async goToMessage(way) {
    if (!(await this.exact())) return false;
    const here = this.moments[this.position - 1]?.at;
    if (way > 0) {
      const next = this.moments.findIndex((moment, i) => i >= this.position && moment.at > here);
      return this.go(next < 0 ? this.moments.length : this.lastWith(this.moments[next].at));
    }
    return this.go(this.moments.findLastIndex((moment) => moment.at < here) + 1);
  }

  lastWith(at) {
    return this.moments.findLastIndex((moment) => moment.at <= at) + 1;
  }

  async play() {
    if (!(await this.exact())) return;
    if (this.position >= this.moments.length) await this.go(1);
    this.wait();
    this.render();
  }

  wait() {
    clearTimeout(this.timer);
    const here = this.moments[this.position - 1].at;
    const next = this.moments.find((moment, i) => i >= this.position && moment.at > here)?.at ?? here;
    const speed = Number(this.bar.querySelector("[data-speed]").value);
    this.timer = setTimeout(() => this.step(), Math.min((next - here) * 1000, LONGEST_WAIT) / speed);
  }

  async step() {
    const hasMoved = await this.goToMessage(1);
    if (!this.timer) return;
    if (!hasMoved || this.position >= this.moments.length) this.stop();
    else this.wait();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.render();
  }

  toggle() {
    if (this.timer) return this.stop();
    const isAtTheNewest = this.position >= this.moments.length && !this.areOver;
    if (!this.isLive || this.areOver) return isAtTheNewest ? this.live() : this.play();
    for (const recording of this.recordings) recording.follow(false);
    return this.render();
  }

  click(event) {
    if (event.detail) document.activeElement.blur(); // keys would press the button again
    const verbs = {
      play: () => this.toggle(),
      live: () => this.live(),
      on: () => this.by(1),
      back: () => this.by(-1),
      "message-on": () => this.message(1),
      "message-back": () => this.message(-1),
    };
    const verb = verbs[event.target.closest("[data-do]")?.dataset.do];
    if (!verb) return;
    event.preventDefault();
    verb();
  }

  message(way) {
    this.stop();
    return this.goToMessage(way);
  }

  by(facts) {
    this.stop();
    return this.go(this.position + facts);
  }

  key(event) {
    const isTyping = event.target.closest("input:not([type=range]), select, textarea");
    if (isTyping || event.altKey || event.ctrlKey || event.metaKey || !this.bar.querySelector("[data-keys]").checked) return;
    if (event.key === " " && event.target.closest(INTERACTIVE)) return;
    const keys = {
      " ": () => this.toggle(),
      ArrowRight: () => this.by(1),
      ArrowLeft: () => this.by(-1),
      "]": () => this.message(1),
      "[": () => this.message(-1),
      l: () => this.live(),
    };
    const verb = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!verb) return;
    event.preventDefault();
    verb();
  }

  render() {
    const moment = this.moments[this.position - 1];
    if (!moment) return;
    const isOne = this.recordings.length === 1;
    const at = moment.recording.times[moment.seq];
    const text = `${isOne ? "fact" : "moment"} ${this.position} of ${this.moments.length}${at === undefined ? "" : `, +${clock(at)}`}`;
    const sentence = isOne ? document.querySelector(`#fact-${moment.seq} .text`)?.textContent : "";
    this.range.value = this.position;
    this.range.setAttribute("aria-valuetext", sentence ? `${text}: ${sentence}` : text);
    this.bar.querySelector("[data-moment]").textContent = text;
    for (const link of this.bar.querySelectorAll("[data-fact]")) link.search = `?fact=${moment.seq}`;
    const live = this.bar.querySelector("[data-do=live]");
    live.ariaCurrent = this.isLive ? "true" : null;
    live.textContent = this.areOver ? "End" : "Live";
    this.bar.toggleAttribute("data-playing", Boolean(this.timer) || (this.isLive && !this.areOver));
    clearTimeout(this.addressTimer);
    this.addressTimer = setTimeout(() => this.updateAddress(), 250);
  }

  updateAddress() {
    const address = new URL(this.bar.dataset.address, location);
    if (this.isLive) address.searchParams.delete("at");
    else address.searchParams.set("at", this.position);
    for (const link of document.querySelectorAll("[data-link]")) link.value = address.href;
    if (address.href !== location.href) history.replaceState(null, "", address);
  }
}
