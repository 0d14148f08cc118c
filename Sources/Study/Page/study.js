// What a rater sees: the parts of all pages, the start and the end.
const element = id => document.getElementById(id);
const make = (name, properties = {}, ...children) => {
  const result = Object.assign(document.createElement(name), properties);
  result.append(...children.filter(child => child !== null));
  return result;
};
const button = (text, action, className = "") => {
  const result = make("button", { type: "button", textContent: text, className });
  result.addEventListener("click", action);
  return result;
};
const questions = {
  identity: {
    likert: "How well does each picture show the thing of the photo?", choice: "Which picture shows the thing of the photo best?",
    low: "another thing", high: "the very same thing",
    note: "Judge the thing alone: its shape, its colours, its details. Where it is and what is around it does not count.",
  },
  prompt: {
    likert: "How well does each picture show what the text says?", choice: "Which picture shows best what the text says?",
    low: "not at all", high: "completely",
    note: "Judge whether everything that the text names is there. How beautiful the picture is does not count.",
  },
};
const letterOf = place => String.fromCharCode(65 + place);
const imageOf = (data, alt) => make("img", { src: study.data[data], alt, decoding: "async" });

let rater = null, plan = [], place = 0;
let shownAt = 0; // when the page was shown, by the browser's clock
const answers = () => kept.raters[rater].answers;

const notice = text => {
  element("notice").textContent = text;
  element("notice").hidden = !text;
};
const show = (...children) => {
  element("view").replaceChildren(...children.filter(child => child !== null));
  window.scrollTo(0, 0);
  if (!keeps) notice("This browser keeps nothing for this page: stay on it until you have saved your answers.");
};
const showProgress = () => {
  const done = plan.filter(({ page }) => isAnswered(page)).length;
  element("bar").hidden = rater === null;
  element("count").textContent = place < plan.length ? `Page ${place + 1} of ${plan.length}` : `${done} of ${plan.length} pages answered`;
  Object.assign(element("progress"), { max: plan.length, value: done });
};
const isAnswered = page => {
  const answer = answers()[page.id];
  return !!answer && (page.form === "likert" ? page.pictures.every(([id]) => answer.ratings[id]) : !!answer.chosen);
};

// MARK: the start

const showStart = () => {
  rater = null;
  showProgress();
  const name = make("input", { type: "text", id: "rater", autocomplete: "off", spellcheck: false, maxLength: 80 });
  const begin = () => {
    const given = name.value.trim().normalize("NFC");
    if (!given) {
      notice("Enter the name or number that you were given.");
      return name.focus();
    }
    start(given);
  };
  name.addEventListener("keydown", event => { if (event.key === "Enter") begin(); });
  const count = planFor("").length;
  const most = study.pages.reduce((sum, page) => sum + page.pictures.length, 0) / study.pages.length;
  const minutes = Math.max(1, Math.round(count * (5 + 4 * most) / 60));
  const known = Object.keys(kept.raters);
  show(
    make("h1", { textContent: study.title }),
    study.instructions ? make("p", { textContent: study.instructions, className: "instructions" }) : null,
    make("p", {
      textContent: `You will see ${count} pages with pictures, and one question on each. It takes about ${minutes} minutes. `
        + "There is no right answer: say what you see.",
    }),
    make("p", { textContent: "Your answers stay on this device until you save them as a file at the end. You may close the page and go on later." }),
    known.length ? make("p", { className: "buttons" }, ...known.map(one => button(`Go on as ${one}`, () => start(one), "primary resume"))) : null,
    make("p", { className: "field" }, make("label", { htmlFor: "rater", textContent: "Your name or number" }), name,
      button("Begin", begin, known.length ? "" : "primary")),
    make("p", { className: "soft", textContent: "Keys: 1 to 5 rate, or choose; Tab and the arrow keys move; Enter goes on." }),
  );
  if (!known.length) name.focus();
};
const start = name => {
  rater = name;
  kept.rater = name;
  kept.raters[name] ??= { started: new Date().toISOString(), answers: {} };
  save();
  notice("");
  plan = planFor(name);
  const next = plan.findIndex(({ page }) => !isAnswered(page));
  go(next < 0 ? plan.length : next);
};

// MARK: the end

const showEnd = () => {
  const open = plan.filter(({ page }) => !isAnswered(page)).length;
  const text = fileOf(rater, plan);
  const name = `answers-${study.study.slice(0, 8)}-${rater.replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 40)}.json`;
  const saveFile = () => {
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  };
  const copy = make("textarea", { readOnly: true, rows: 4, value: text, id: "answers" });
  copy.setAttribute("aria-label", "Your answers as text");
  const clear = button("Delete my answers from this browser", () => {
    if (!clear.dataset.sure) {
      clear.dataset.sure = "yes";
      clear.textContent = "Delete? Only the saved file remains";
      return;
    }
    delete kept.raters[rater];
    kept.rater = null;
    if (Object.keys(kept.raters).length) save();
    else forget();
    showStart();
  });
  show(
    make("h1", { textContent: open ? "Not everything is answered" : "Thank you" }),
    make("p", {
      textContent: open ? `${open} pages are open. What is answered can be saved all the same.`
        : "All pages are answered. Save your answers and send the file to who asked you.",
    }),
    make("p", { className: "buttons" }, button("Save my answers as a file", saveFile, "primary"),
      button("Back to the pages", () => go(plan.length - 1))),
    make("details", {}, make("summary", { textContent: "If no file can be saved here" }),
      make("p", { textContent: "Copy this text into a message:" }), copy),
    make("p", { className: "buttons last" }, clear),
  );
};
