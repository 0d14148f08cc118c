// What a rater sees and does: the start, a page for each task, and the end.
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

// MARK: a page

const go = to => {
  leave();
  place = Math.max(0, Math.min(to, plan.length));
  if (place === plan.length) showEnd();
  else showPage();
  showProgress();
};
// Adds the time on a page to its answer.
const leave = () => {
  if (!shownAt || !plan[place]) return;
  const answer = answers()[plan[place].page.id];
  if (answer) answer.seconds = Math.round(10 * ((answer.seconds ?? 0) + (performance.now() - shownAt) / 1000)) / 10;
  shownAt = 0;
  save();
};
const record = (page, pictures, part) => {
  const answer = (answers()[page.id] ??= { order: pictures.map(([id]) => id), seconds: 0 });
  if (page.form === "likert") answer.ratings = { ...answer.ratings, ...part };
  else answer.chosen = part;
  save();
  showProgress();
  element("next").disabled = !isAnswered(page);
};

const showPage = () => {
  const { page, pictures } = plan[place];
  const words = questions[page.question];
  const given = answers()[page.id];
  const cardOf = page.form === "likert" ? ratedCard : chosenCard;
  const cards = pictures.map(([id, data], index) => cardOf(page, pictures, id, data, index, given));
  const next = button("Next", () => go(place + 1), "primary");
  next.id = "next";
  next.disabled = !isAnswered(page);
  const back = button("Back", () => go(place - 1));
  back.disabled = place === 0;
  show(
    make("h1", { className: "question", textContent: words[page.form] }),
    make("p", { className: "soft", textContent: words.note }),
    page.photo === null ? null : make("figure", { className: "photo" }, enlargeable(page.photo, "The photo of the thing"),
      make("figcaption", { textContent: "The photo" })),
    page.text === null ? null : make("blockquote", { textContent: page.text }),
    make("div", { className: `cards ${page.form}`, role: "group" }, ...cards),
    make("p", { className: "buttons" }, back, next),
  );
  shownAt = performance.now();
};
const enlargeable = (data, alt) => {
  const result = button("", () => {
    element("large").replaceChildren(imageOf(data, alt));
    element("large").showModal();
  }, "enlarge");
  result.setAttribute("aria-label", `Enlarge: ${alt}`);
  result.append(imageOf(data, alt));
  return result;
};
const ratedCard = (page, pictures, id, data, index, given) => {
  const words = questions[page.question];
  const name = `Picture ${letterOf(index)}`;
  const scale = [1, 2, 3, 4, 5].map(value => {
    const input = make("input", { type: "radio", name: id, value, checked: given?.ratings?.[id] === value });
    input.addEventListener("change", () => record(page, pictures, { [id]: value }));
    const meaning = value === 1 ? `1, ${words.low}` : value === 5 ? `5, ${words.high}` : String(value);
    input.setAttribute("aria-label", meaning);
    return make("label", {}, input, make("span", { textContent: value }));
  });
  return make("fieldset", { className: "card" }, make("legend", { textContent: name }), enlargeable(data, name),
    make("div", { className: "scale" }, ...scale),
    make("p", { className: "ends" }, make("span", { textContent: words.low }), make("span", { textContent: words.high })));
};
const chosenCard = (page, pictures, id, data, index, given) => {
  const input = make("input", { type: "radio", name: page.id, value: id, checked: given?.chosen === id });
  input.addEventListener("change", () => record(page, pictures, id));
  const name = `Picture ${letterOf(index)}`;
  return make("label", { className: "card" }, imageOf(data, name), make("span", { className: "pick" }, input, ` ${name}`));
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

// MARK: keys

document.addEventListener("keydown", event => {
  if (rater === null || place >= plan.length || element("large").open || event.ctrlKey || event.metaKey || event.altKey) return;
  const { page } = plan[place];
  const cards = [...document.querySelectorAll(".card")];
  if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) {
    if (!element("next").disabled) element("next").click();
    return;
  }
  const letter = event.key.length === 1 ? event.key.toUpperCase().charCodeAt(0) - 65 : -1;
  const number = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
  if (page.form === "choice") {
    const input = cards[letter >= 0 && letter < 26 ? letter : number - 1]?.querySelector("input");
    if (input) {
      input.focus();
      input.click();
    }
    return;
  }
  if (letter >= 0 && letter < cards.length) {
    (cards[letter].querySelector("input:checked") ?? cards[letter].querySelector("input")).focus();
    return;
  }
  if (number < 1 || number > 5) return;
  // The picture that has the focus, else the first one that is not rated.
  const isOpen = card => !card.querySelector("input:checked");
  const card = cards.find(one => one.contains(document.activeElement)) ?? cards.find(isOpen) ?? cards[0];
  card.querySelectorAll("input")[number - 1].click();
  const rest = [...cards.slice(cards.indexOf(card) + 1), ...cards].find(isOpen);
  if (rest) rest.querySelector("input").focus();
  else element("next").focus();
});
element("large").addEventListener("click", () => element("large").close());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") leave();
  else if (rater !== null && place < plan.length) shownAt = performance.now();
});
// Another tab with the same study would overwrite what is answered here.
window.addEventListener("storage", event => {
  if (event.key !== storageKey) return;
  element("view").replaceChildren(button("Go on here", () => location.reload(), "primary"));
  element("bar").hidden = true;
  rater = null;
  notice("The study was answered in another tab.");
});
document.title = study.title;
showStart();
