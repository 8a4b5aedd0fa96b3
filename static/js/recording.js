// A run's page at every fact. Every part was rendered on the server; here they are only kept, and put in place.

const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];

export class Recording extends EventTarget {
  constructor(panel) {
    super();
    this.panel = panel;
    this.address = panel.dataset.address;
    this.seq = Number(panel.dataset.seq);
    this.last = Number(panel.dataset.last);
    this.newest = this.seq; // the last that is known whole
    this.ended = "ended" in panel.dataset;
    this.follows = this.seq >= this.last; // what is new is shown at once
    this.exact = 0; // up to which fact there is a frame for each
    this.times = []; // seconds since the run's first fact, by fact
    this.times[this.seq] = Number(panel.dataset.offset);
    this.parts = new Map();
    this.nodes = new Map();
    for (const node of panel.querySelectorAll("[data-part]")) {
      this.nodes.set(node.dataset.part, node);
      if (!("now" in node.dataset)) this.begin(node);
    }
    if (this.follows) this.move(panel);
  }

  begin(node) {
    const known = [{ seq: this.seq, html: node.outerHTML }];
    [known.shown] = known;
    this.parts.set(node.dataset.part, known);
  }

  // A frame from the stream: what is as of now is shown at once, the rest is kept for when the page looks at it.
  add(frame) {
    for (const part of frame.parts) {
      if (part.live) this.put(part.part, part);
      else this.keep(part, frame.seq);
    }
    this.times[frame.seq] = frame.at;
    this.newest = Math.max(this.newest, frame.seq);
    this.last = Math.max(this.last, frame.seq);
    this.ended = frame.ended;
    this.panel.toggleAttribute("data-ended", this.ended);
    if (this.follows) this.show(this.last);
    this.dispatchEvent(new Event("news"));
  }

  keep({ part, into, html }, seq) {
    const known = this.parts.get(part) ?? [];
    this.parts.set(part, known);
    if (known.at(-1)?.seq !== seq) known.push({ seq, html, into });
    else known[known.length - 1] = { seq, html, into };
  }

  // Whether that moment can be shown as the server would: a frame of the stream can be of several facts.
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

  // Gets a frame for each fact so far; from then on any moment of them can be shown without a request.
  async fetch() {
    const upto = this.last;
    const answer = await fetch(`${this.address}frames-${upto}.json`);
    if (!answer.ok) throw new Error(answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : "");
    const frames = await answer.json();
    if (this.exact >= upto) return;
    const later = [...this.parts].map(([part, known]) => [part, known.filter(({ seq }) => seq > upto)]);
    this.parts = new Map();
    for (const frame of frames) {
      for (const part of frame.parts) this.keep(part, frame.seq);
      this.times[frame.seq] = frame.at;
    }
    for (const [part, known] of later) this.parts.set(part, [...(this.parts.get(part) ?? []), ...known]);
    for (const known of this.parts.values()) known.shown = this.version(known, this.seq);
    this.exact = upto;
    this.newest = Math.max(this.newest, upto);
  }

  version(known, seq) {
    return known.findLast((one) => one.seq <= seq);
  }

  show(seq) {
    this.seq = seq;
    for (const [part, known] of this.parts) {
      const version = this.version(known, seq);
      if (version !== known.shown || (version && !this.nodes.has(part))) this.put(part, version);
      known.shown = version;
    }
    this.dispatchEvent(new Event("shown"));
  }

  // Whether what is new is shown at once.
  follow(follows) {
    this.follows = follows;
    this.panel.toggleAttribute("data-past", !follows);
  }

  put(part, version) {
    const old = this.nodes.get(part);
    if (!version) {
      old?.remove();
      this.nodes.delete(part);
      return;
    }
    const into = version.into && this.panel.querySelector(`[data-into="${version.into}"]`);
    if (old) this.replace(part, old, version.html);
    else if (into) {
      into.insertAdjacentHTML("beforeend", version.html);
      this.nodes.set(part, into.lastElementChild);
    }
  }

  replace(part, old, html) {
    const hadFocus = old.contains(document.activeElement);
    const { parentElement } = old;
    const place = [...parentElement.children].indexOf(old);
    old.outerHTML = html;
    const fresh = parentElement.children[place];
    this.nodes.set(part, fresh);
    for (const field of fresh.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    if (hadFocus) (fresh.querySelector("button, a, select") ?? fresh).focus({ preventScroll: true });
    if (this.follows) this.move(fresh);
    window.htmx?.process(fresh);
    this.dispatchEvent(new CustomEvent("put", { detail: part }));
  }

  // Messages that have just set out cross their arrow once, where motion is welcome.
  move(fresh) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const motion of fresh.querySelectorAll(".moving animateMotion")) {
      motion.parentElement.classList.add("going");
      motion.beginElement();
    }
  }
}
