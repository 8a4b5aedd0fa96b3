// Holds a run's page at every fact. Every fragment was rendered by the server, so that any moment can be shown without it.

const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];

export class Recording extends EventTarget {
  constructor(panel) {
    super();
    this.panel = panel;
    this.address = panel.dataset.address;
    this.seq = Number(panel.dataset.seq);
    this.last = Number(panel.dataset.last);
    this.newest = this.seq; // the last fact at which all fragments are known
    this.ended = "ended" in panel.dataset;
    this.follows = this.seq >= this.last; // shows new facts at once
    this.exact = 0; // up to this fact there is a frame for each
    this.times = []; // seconds since the run's first fact, by fact
    this.times[this.seq] = Number(panel.dataset.offset);
    this.fragments = new Map();
    this.nodes = new Map();
    this.live = new Map(); // by fragment: how it is shown now
    for (const node of panel.querySelectorAll("[data-fragment]")) {
      this.nodes.set(node.dataset.fragment, node);
      if (!("now" in node.dataset)) this.begin(node);
    }
    if (this.follows) this.move(panel);
  }

  begin(node) {
    const known = [{ seq: this.seq, html: node.outerHTML }];
    [known.shown] = known;
    this.fragments.set(node.dataset.fragment, known);
  }

  // A live fragment belongs to no fact, so it is shown whatever moment the page shows.
  add(frame) {
    for (const fragment of frame.fragments) {
      if (fragment.live) this.refresh(fragment);
      else this.keep(fragment, frame.seq);
    }
    this.times[frame.seq] = frame.at;
    this.newest = Math.max(this.newest, frame.seq);
    this.last = Math.max(this.last, frame.seq);
    this.ended = frame.ended;
    this.panel.toggleAttribute("data-ended", this.ended);
    if (this.follows) this.show(this.last);
    this.dispatchEvent(new Event("news"));
  }

  refresh(version) {
    
    this.live.set(version.fragment, version.html);
    this.put(version.fragment, version);
  }

  keep({ fragment, into, html }, seq) {
    const known = this.fragments.get(fragment) ?? [];
    this.fragments.set(fragment, known);
    if (known.at(-1)?.seq !== seq) known.push({ seq, html, into });
    else known[known.length - 1] = { seq, html, into };
  }

  // One frame of the stream can hold several facts, so the moments between may be unknown.
  has(seq) {
    return seq <= this.exact || seq === this.newest;
  }

  end() {
    this.ended = true;
    this.dispatchEvent(new Event("gone"));
  }

  load() {
    this.loading ??= this.fetch().finally(() => (this.loading = null));
    return this.loading;
  }

  async fetch() {
    const upto = this.last;
    const answer = await fetch(`${this.address}frames-${upto}.json`);
    if (!answer.ok) throw new Error(answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : "");
    const frames = await answer.json();
    if (this.exact >= upto) return;
    const later = [...this.fragments].map(([fragment, known]) => [fragment, known.filter(({ seq }) => seq > upto)]);
    this.fragments = new Map();
    for (const frame of frames) {
      for (const fragment of frame.fragments) this.keep(fragment, frame.seq);
      this.times[frame.seq] = frame.at;
    }
    for (const [fragment, known] of later) this.fragments.set(fragment, [...(this.fragments.get(fragment) ?? []), ...known]);
    for (const known of this.fragments.values()) known.shown = this.version(known, this.seq);
    this.exact = upto;
    this.newest = Math.max(this.newest, upto);
  }

  version(known, seq) {
    return known.findLast((one) => one.seq <= seq);
  }

  show(seq) {
    this.seq = seq;
    for (const [fragment, known] of this.fragments) {
      const version = this.version(known, seq);
      if (version !== known.shown || (version && !this.nodes.has(fragment))) this.put(fragment, version);
      known.shown = version;
    }
    this.dispatchEvent(new Event("shown"));
  }

  follow(follows) {
    this.follows = follows;
    this.panel.toggleAttribute("data-past", !follows);
  }

  put(fragment, version) {
    const old = this.nodes.get(fragment);
    if (!version) {
      old?.remove();
      this.nodes.delete(fragment);
      return;
    }
    const into = version.into && this.panel.querySelector(`[data-into="${version.into}"]`);
    if (old) this.replace(fragment, old, version.html);
    else if (into) {
      into.insertAdjacentHTML("beforeend", version.html);
      this.nodes.set(fragment, into.lastElementChild);
    }
  }

  replace(fragment, old, html) {
    const hadFocus = old.contains(document.activeElement);
    const { parentElement } = old;
    const place = [...parentElement.children].indexOf(old);
    old.outerHTML = html;
    const node = parentElement.children[place];
    this.nodes.set(fragment, node);
    for (const field of node.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    if (hadFocus) (node.querySelector(".primary") ?? node.querySelector("button, a, select") ?? node).focus({ preventScroll: true });
    if (this.follows) this.move(node);
    window.htmx?.process(node);
    this.dispatchEvent(new CustomEvent("put", { detail: fragment }));
  }

  // Messages that were just sent cross their arrow once.
  move(node) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const motion of node.querySelectorAll(".moving animateMotion")) {
      motion.parentElement.classList.add("going");
      motion.beginElement();
    }
  }
}
