// The cells of the page. ServedPage.preview joins this file and preview.js in one function.
"use strict";
// What stands in the notebook comes as HTML that bas has escaped, or as text. Nothing else is ever made into HTML.
const policy = window.trustedTypes?.createPolicy("bas", { createHTML: html => html }) ?? { createHTML: html => html };
const element = id => document.getElementById(id);
const make = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};
const fill = (place, html) => {
  place.innerHTML = policy.createHTML(html);
  basPage.upgrade(place);
};
const time = seconds => {
  if (seconds < 10) return `${(Math.round(seconds * 10) / 10).toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

// Cells
const cells = new Map();
const main = element("cells");
const words = {
  prose: () => "", kept: () => "up to date", ran: cell => cell.status.seconds < 0.05 ? "ran" : `ran ${time(cell.status.seconds)}`,
  running: cell => `running ${time((performance.now() - cell.began) / 1000)}`, waiting: () => "waiting", stale: () => "stale",
  failed: () => "failed", skipped: () => "not run", stopped: () => "stopped",
};

class Cell {
  constructor(id) {
    this.id = id;
    this.status = { state: "waiting", seconds: 0, note: "", bars: [] };
    this.section = make("section", "cell live");
    this.section.id = `cell-${id}`;
    this.top = make("div", "top");
    this.heading = null;
    const side = make("span", "cell-state");
    this.word = make("span");
    this.run = make("button", "", "Run");
    this.run.type = "button";
    this.run.title = "Run this cell anew";
    this.run.addEventListener("click", () => ask({ do: "run cell", cell: id }));
    side.append(this.word, this.run);
    this.top.append(side);
    this.source = make("div");
    this.bars = make("div", "bars");
    this.shown = make("div", "shown");
    this.note = make("p", "cell-note");
    this.section.append(this.top, this.source, this.bars, this.shown, this.note);
    this.pieces = [];
  }

  update(change) {
    if (change.source) this.showSource(change.source);
    if (change.outputs) this.showOutputs(change.outputs);
    if (change.status) this.showStatus(change.status);
  }

  showSource({ title, html }) {
    if (this.title !== title || !title) {
      this.heading?.remove();
      this.heading = title ? make("h2") : null;
      if (title) {
        fill(this.heading, title);
        this.top.prepend(this.heading);
      }
      this.title = title;
    }
    if (this.html === html) return;
    const folds = [...this.source.querySelectorAll("details.code")].map(fold => fold.open);
    fill(this.source, html);
    const fresh = [...this.source.querySelectorAll("details.code")];
    for (const [place, fold] of fresh.entries()) fold.open = folds[place] ?? !isFolded;
    this.html = html;
    this.run.setAttribute("aria-label", `Run ${this.heading ? this.heading.textContent : "this cell"}`);
  }

  showStatus(status) {
    this.status = status;
    this.began = status.running === null ? null : performance.now() - status.running * 1000;
    this.section.dataset.state = status.state;
    // While a cell runs, what is below does not jump.
    if (status.state !== "running") this.shown.style.minHeight = "";
    this.note.textContent = status.note;
    this.word.title = `line ${status.line} of the file`;
    const bars = status.state === "running" ? status.bars : [];
    while (this.bars.children.length > bars.length) this.bars.lastChild.remove();
    for (const [place, bar] of bars.entries()) this.showBar(bar, place);
    this.tick();
  }

  showBar(bar, place) {
    let line = this.bars.children[place];
    if (!line) {
      line = make("div", "progress");
      line.append(make("span", "title"), make("span", "count"), make("progress"), make("span", "detail"));
      this.bars.append(line);
    }
    const [title, count, progress, detail] = line.children;
    line.classList.toggle("done", bar.finished);
    title.textContent = bar.title;
    const left = bar.left === null ? "" : ` · ${time(Math.max(1, Math.round(bar.left)))} left`;
    count.textContent = `${bar.done} of ${plural(bar.total, bar.unit)}${left}`;
    progress.max = Math.max(1, bar.total);
    progress.value = bar.done;
    progress.setAttribute("aria-label", bar.title);
    detail.textContent = bar.detail;
  }

  tick() { this.word.textContent = words[this.status.state](this); }

  showOutputs({ count, pieces }) {
    if (count === 0 && this.pieces.length) this.shown.style.minHeight = `${this.shown.offsetHeight}px`;
    while (this.pieces.length > count) this.pieces.pop().place.remove();
    for (const [key, piece] of Object.entries(pieces)) {
      const number = Number(key);
      let known = this.pieces[number];
      if (!known) {
        known = this.pieces[number] = { place: make("div") };
        this.shown.append(known.place);
      }
      if (piece.html !== undefined) {
        if (known.html !== piece.html) fill(known.place, piece.html);
        this.pieces[number] = { place: known.place, html: piece.html };
      } else {
        this.showText(known, piece);
      }
    }
  }

  showText(known, { text, cut, tail }) {
    if (!known.flow) {
      known.flow = make("div", "flow");
      known.flow.tabIndex = 0;
      known.flow.append(make("pre", "text"));
      const frame = make("div", "outputs");
      frame.append(known.flow);
      known.place.replaceChildren(frame);
      known.html = undefined;
    }
    const flow = known.flow;
    const isAtEnd = flow.scrollHeight - flow.scrollTop - flow.clientHeight < 30;
    if (flow.children[0].textContent !== text) flow.children[0].textContent = text;
    if (cut !== undefined) {
      if (flow.children.length < 3) flow.append(make("p", "left-out"), make("pre", "text"));
      flow.children[1].textContent = `${plural(cut, "line")} of output ${cut === 1 ? "is" : "are"} left out here`;
      flow.children[2].textContent = tail;
    }
    if (isAtEnd) flow.scrollTop = flow.scrollHeight;
  }
}

const arrange = order => {
  for (const [id, cell] of cells) {
    if (order.includes(id)) continue;
    cell.section.remove();
    cells.delete(id);
  }
  for (const [place, id] of order.entries()) {
    if (!cells.has(id)) cells.set(id, new Cell(id));
    const section = cells.get(id).section;
    if (main.children[place] !== section) main.insertBefore(section, main.children[place] ?? null);
  }
};
