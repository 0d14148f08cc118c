"use strict";
(() => {
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

  // What stands above the cells
  let head = {};
  let isFolded = false;
  const summarize = () => {
    const all = [...main.children].map(section => cells.get(Number(section.id.slice(5)))).filter(cell => cell && cell.status.state !== "prose");
    const count = state => all.filter(cell => cell.status.state === state).length;
    const running = all.findIndex(cell => cell.status.state === "running");
    const parts = [];
    if (running >= 0) parts.push(`running cell ${running + 1} of ${all.length}`);
    else if (head.running) parts.push("running");
    for (const [state, word] of [["failed", "failed"], ["skipped", "not run"], ["stopped", "stopped"], ["stale", "stale"]]) {
      if (count(state)) parts.push(`${count(state)} ${word}`);
    }
    if (!parts.length && all.length) parts.push(count("waiting") ? "waiting" : "up to date");
    if (head.notice) parts.push(head.notice);
    element("summary").textContent = parts.join(" · ");
    const mark = running >= 0 || head.running ? "● " : count("failed") ? "✗ " : "";
    document.title = mark + (head.name ?? "bas preview");
  };

  let connection = "";
  let complaint = "";
  const showNotice = () => {
    const text = connection || complaint || head.problem || "";
    const notice = element("notice");
    if (notice.textContent !== text) notice.textContent = text;
    notice.hidden = !text;
    notice.classList.toggle("bad", Boolean(connection));
    const isAway = Boolean(connection);
    document.body.classList.toggle("away", isAway);
    for (const button of document.querySelectorAll("header.bar button, header.bar input, .cell-state button")) {
      if (button.id !== "fold") button.disabled = isAway;
    }
    element("stop").disabled = isAway || !head.running;
    element("run").disabled = isAway || Boolean(head.running);
    element("record").disabled = isAway || Boolean(head.running);
  };

  const showHead = new_ => {
    const isSaved = head.version !== undefined && head.version !== new_.version;
    head = new_;
    element("name").textContent = head.name;
    element("on-save").checked = head.onSave;
    if (isSaved && head.changed !== null) follow(head.changed);
    if (head.ended) end("bas preview has ended. Start it again, and open the address that it prints.");
  };

  // A cell that was edited comes into sight.
  const follow = id => requestAnimationFrame(() => {
    const section = cells.get(id)?.section;
    if (!section) return;
    const box = section.getBoundingClientRect();
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (box.bottom < 80 || box.top > innerHeight - 80) section.scrollIntoView({ block: "start", behavior: isCalm ? "auto" : "smooth" });
  });

  const ask = async wish => {
    complaint = "";
    try {
      const answer = await fetch("do", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) });
      if (!answer.ok) complaint = (await answer.text()).trim();
    } catch {
      complaint = "bas preview does not answer";
    }
    showNotice();
    if (complaint) setTimeout(() => { complaint = ""; showNotice(); }, 4000);
  };
  element("run").addEventListener("click", () => ask({ do: "run" }));
  element("stop").addEventListener("click", () => ask({ do: "stop" }));
  element("run-all").addEventListener("click", () => ask({ do: "run all" }));
  element("record").addEventListener("click", () => ask({ do: "record" }));
  element("end").addEventListener("click", () => ask({ do: "end" }));
  element("on-save").addEventListener("change", event => ask({ do: "run on save", on: event.target.checked }));
  element("fold").addEventListener("click", event => {
    isFolded = !isFolded;
    for (const fold of document.querySelectorAll("details.code")) fold.open = !isFolded;
    event.target.textContent = isFolded ? "Show code" : "Fold code";
  });

  // The connection
  let source = null;
  let lastWord = performance.now();
  let hasEnded = false;
  const end = text => {
    hasEnded = true;
    source?.close();
    source = null;
    connection = text;
    showNotice();
  };
  const lose = async () => {
    source?.close();
    source = null;
    if (hasEnded) return;
    connection = "bas preview does not answer. This page tries again …";
    showNotice();
    // The same address after a new start: its token is another one.
    const answer = await fetch("icon.svg", { cache: "no-store" }).catch(() => null);
    if (answer?.status === 403) return end("bas preview was started anew. Open the address that it prints.");
    if (!source) setTimeout(connect, 1500);
  };
  const connect = () => {
    if (source || hasEnded || document.hidden) return;
    lastWord = performance.now();
    source = new EventSource("events");
    source.addEventListener("open", () => { lastWord = performance.now(); connection = ""; showNotice(); });
    source.addEventListener("message", event => { lastWord = performance.now(); take(JSON.parse(event.data)); });
    source.addEventListener("beat", () => { lastWord = performance.now(); });
    source.addEventListener("error", lose);
  };
  const take = change => {
    if (change.order) arrange(change.order);
    for (const cell of change.cells ?? []) cells.get(cell.id)?.update(cell);
    if (change.head) showHead(change.head);
    summarize();
    showNotice();
  };
  setInterval(() => {
    for (const cell of cells.values()) if (cell.status.state === "running") cell.tick();
    if (source && performance.now() - lastWord > 10000) lose();
  }, 1000);
  // Browsers keep few connections to one address: pages that nobody sees give theirs back after a while.
  let rest = null;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(rest);
    if (document.hidden) {
      rest = setTimeout(() => { source?.close(); source = null; }, 60000);
    } else {
      connect();
    }
  });
  connect();
})();
