// What stands above the cells, and the connection. ServedPage.preview joins cells.js and this file in one function.
// What stands above the cells
let head = {};
let isFolded = false;
const summarize = () => {
  const all = [...main.children].map(section => cells.get(Number(section.id.slice(5)))).filter(cell => cell?.status.state !== "prose");
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
