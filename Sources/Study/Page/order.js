// The study's data, the order of pages and pictures for each rater, and what is kept in the browser. StudyPage joins the files.
const study = JSON.parse(document.getElementById("study").textContent);
const pagesById = new Map(study.pages.map(page => [page.id, page]));

// FNV-1a of a text's UTF-8 bytes, 32 bits.
const hashOf = text => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
};

// Random numbers in [0, 1) that follow from a text (mulberry32).
const numbersOf = text => {
  let state = hashOf(text);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};
const shuffled = (list, random) => {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
};

// A rater's pages, each with its pictures in this rater's order. A question's pages stay together; which question comes first differs.
// A page that is asked twice stands in the first third of its question, and in the last.
const planFor = rater => {
  const random = numbersOf(`${study.study} ${rater}`);
  const always = study.pages.filter(page => page.always);
  let others = shuffled(study.pages.filter(page => !page.always), random);
  if (study.pagesPerRater !== null) {
    const twice = always.filter(page => page.time === "early").length;
    others = others.slice(0, Math.max(0, study.pagesPerRater - twice));
  }
  const place = { early: () => random() / 3, late: () => (2 + random()) / 3 };
  const placed = [...always, ...others].map(page => ({ page, at: (place[page.time] ?? random)() }));
  const blocks = shuffled([...new Set(study.pages.map(page => page.question))].sort(), random);
  placed.sort((a, b) => blocks.indexOf(a.page.question) - blocks.indexOf(b.page.question) || a.at - b.at);
  return placed.map(({ page }) => ({ page, pictures: shuffled(page.pictures, random) }));
};

// What is kept: {rater, raters: {name: {started, answers: {page: answer}}}}. An answer is {order, ratings or chosen, seconds}.
const storageKey = `bas-study-${study.study}`;
let keeps = true; // whether the browser keeps what is written
const load = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey));
    if (kept && typeof kept.raters === "object") return kept;
  } catch { keeps = false; }
  return { rater: null, raters: {} };
};
const kept = load();
const save = () => {
  try {
    localStorage.setItem(storageKey, JSON.stringify(kept));
    keeps = true;
  } catch { keeps = false; }
};
const forget = () => {
  try { localStorage.removeItem(storageKey); } catch { keeps = false; }
};

// The file that a rater sends: the answers in the rater's order, and a sum over them by which damage shows.
const fileOf = (rater, plan) => {
  const { started, answers } = kept.raters[rater];
  const given = plan.filter(({ page }) => answers[page.id]).map(({ page }) => ({ page: page.id, ...answers[page.id] }));
  const lines = given.map(({ page, order, ratings, chosen }) =>
    `${page} ${order.join(",")} ${ratings ? order.map(picture => ratings[picture]).join(",") : chosen}`);
  const file = {
    format: "bas study answers 1", study: study.study, rater, started, saved: new Date().toISOString(), pages: plan.length,
    complete: given.length === plan.length, answers: given, sum: hashOf([study.study, rater, ...lines].join("\n")),
  };
  return JSON.stringify(file, null, 1) + "\n";
};
