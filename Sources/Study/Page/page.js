// A page for a task: going from one to the next, its pictures, the keys. At the end the study begins.
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
