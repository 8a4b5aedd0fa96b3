// The surroundings of a script under test: a clock that moves only when the test moves it, a stream that sends what the
// test sends, and responses that the test gives. No test waits for real time.

// Lets everything happen that has only to wait for its turn.
export async function settle() {
  for (let i = 0; i < 30; i += 1) await null;
}

export class Clock {
  constructor() {
    this.now = 0;
    this.timers = new Map();
    let last = 0;
    globalThis.setTimeout = (act, wait = 0) => {
      last += 1;
      this.timers.set(last, { act, at: this.now + wait });
      return last;
    };
    globalThis.clearTimeout = (timer) => this.timers.delete(timer);
    performance.now = () => this.now;
    Math.random = () => 0.5; // in the middle: a pause is as long as it says
  }

  // How many milliseconds each timer still waits, the next first.
  get waits() {
    return [...this.timers.values()].map(({ at }) => at - this.now).sort((a, b) => a - b);
  }

  async pass(time) {
    const end = this.now + time;
    for (;;) {
      const due = [...this.timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [timer, { act, at }] = due;
      this.timers.delete(timer);
      this.now = at;
      act();
      await settle();
    }
    this.now = end;
  }
}

// Stands for EventSource: `all` are those that were opened, the newest last.
export class Source extends EventTarget {
  static CLOSED = 2;
  static all = [];

  static get last() {
    return Source.all.at(-1);
  }

  constructor(address) {
    super();
    this.address = address;
    this.readyState = 1;
    Source.all.push(this);
  }

  close() {
    this.readyState = 2;
    this.isClosed = true;
  }

  say(name) {
    this.dispatchEvent(new Event(name));
  }

  send(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  async fail(state) {
    this.readyState = state;
    this.onerror();
    await settle();
  }
}
globalThis.EventSource = Source;

// What was asked for, and the answers in turn: a Response, or an Error to be thrown.
export const asked = [];

export function answers(...given) {
  globalThis.fetch = async (address, options = {}) => {
    asked.push(`${options.method ?? "GET"} ${address}`);
    const answer = given.length > 1 ? given.shift() : given[0];
    if (answer instanceof Error) throw answer;
    return answer.clone();
  };
}
answers(new Error("nobody answers"));

export function html(text) {
  document.body.insertAdjacentHTML("beforeend", text);
  return document.body.lastElementChild;
}

// A run's panel at fact `seq` of `last`, with these fragments in it.
export function panel({ seq = 3, last = seq, ended = false, offset = 0, inside = "" } = {}) {
  return html(`<section data-run data-address="/runs/one/" data-seq="${seq}" data-last="${last}" data-offset="${offset}"
    ${ended ? "data-ended" : ""}>${inside}</section>`);
}

// The bar that moves through time, as a run's page has it.
export function bar({ position = 1, keys = true } = {}) {
  return html(`<div data-time data-address="/runs/one/">
    <input type="range" min="1" max="100" value="${position}">
    <button data-do="back">Back</button><button data-do="on">On</button>
    <button data-do="message-back">Message back</button><button data-do="message-on">Message on</button>
    <button data-do="play"><i>Play</i></button><button data-do="live">Live</button>
    <select data-speed><option>1</option><option>2</option></select>
    <input type="checkbox" data-keys ${keys ? "checked" : ""}>
    <output data-moment></output><a href="/what-if/" data-fact>What if</a><p>nothing to press</p></div>`);
}

export function hide(isHidden) {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

export async function press(key, { on = document.body, ...options } = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options });
  on.dispatchEvent(event);
  await settle();
  return event.defaultPrevented;
}
