// Values to explore: what stands in place of a still picture, or below it. `explorers` has a function for each kind.
const addExplorer = (figure, explorers) => {
  const data = JSON.parse(figure.dataset.explorable);
  figure.removeAttribute("data-explorable");
  const explorer = explorers[data.kind](figure, data);
  figure.classList.add("explored", data.kind);
  figure.insertBefore(explorer, figure.querySelector("figcaption"));
  if (data.kind === "chart") return;
  const still = button("Still picture", () => still.setAttribute("aria-pressed", figure.classList.toggle("still")));
  still.setAttribute("aria-pressed", false);
  explorer.querySelector(".sliders").append(still);
};
