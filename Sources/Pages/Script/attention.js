// Attention maps: a word's map lies over the picture, by timestep, layer and head.
const attentionPanel = (data, colours) => {
  const [maps, cells] = [bytesOf(data.maps), data.height * data.width];
  const sizes = { timesteps: data.timesteps.length, layers: data.layers.length, heads: data.heads.length };
  const { canvas, paint, cellBox, load } = mapCanvas(data, colours);
  canvas.tabIndex = 0;

  // Sliders at 0 average over their axis; every timestep counts once, however they are grouped.
  const range = (place, count) => place === 0 || count === 1 ? [...Array(count).keys()] : [Math.min(place, count) - 1];
  const valuesOf = (word, state) => {
    const sum = new Float32Array(cells);
    let weight = 0;
    for (const t of range(state.timesteps, sizes.timesteps)) {
      for (const l of range(state.layers, sizes.layers)) {
        for (const h of range(state.heads, sizes.heads)) {
          const map = ((word * sizes.timesteps + t) * sizes.layers + l) * sizes.heads + h;
          const factor = data.weights[t] * data.tops[map] / 255;
          for (let cell = 0; cell < cells; cell++) sum[cell] += factor * maps[map * cells + cell];
          weight += data.weights[t];
        }
      }
    }
    return sum.map(value => value / weight);
  };

  const draw = (word, state) => {
    if (word < 0) return paint(null);
    const values = valuesOf(word, state);
    const top = values.reduce((a, b) => Math.max(a, b), 0);
    paint(values, top, state.opacity / 100);
    const peak = values.indexOf(top);
    return { top, row: Math.floor(peak / data.width), column: peak % data.width };
  };
  const mark = ({ row, column }) => {
    const context = canvas.getContext("2d");
    const [x, y, width, height] = cellBox(row, column);
    context.strokeStyle = "#fff";
    context.lineWidth = 2;
    context.strokeRect(x + 1, y + 1, width - 2, height - 2);
  };
  const cellAt = event => {
    const box = canvas.getBoundingClientRect();
    const inside = (part, count) => Math.min(count - 1, Math.max(0, Math.floor(part * count)));
    const [row, column] = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    return { row: inside(row, data.height), column: inside(column, data.width) };
  };
  const valueAt = (word, state, { row, column }) => valuesOf(word, state)[row * data.width + column];
  return { data, canvas, draw, mark, cellAt, load, valueAt };
};

const exploreAttention = (figure, { panels: list, colors }) => {
  const panels = list.map(data => attentionPanel(data, coloursOf(colors)));
  // Prompts of equally many words are compared word by word; of others, each word stands for its first place in each prompt.
  const areAligned = list.every(data => data.words.length === list[0].words.length);
  const words = areAligned
    ? list[0].words.map((_, place) => (
      { text: [...new Set(list.map(data => data.words[place]))].join(" / "), places: list.map(() => place) }))
    : [...new Set(list.flatMap(data => data.words))].map(text => ({ text, places: list.map(data => data.words.indexOf(text)) }));
  const begin = list[0].chosen[0] === undefined ? 0 : words.findIndex(({ places }) => places[0] === list[0].chosen[0]);
  const state = { word: Math.max(0, begin), timesteps: 0, layers: 0, heads: 0, opacity: 80 };
  let [hover, cell, rest] = [-1, null, ""];

  const reading = make("p", { className: "reading" });
  reading.setAttribute("aria-live", "polite");
  const axes = [["timesteps", "Timestep"], ["layers", "Layer"], ["heads", "Head"]].map(([key, name]) => {
    const longest = list.reduce((a, b) => b[key].length > a[key].length ? b : a)[key];
    const count = key === "timesteps" ? list[0].weights.reduce((a, b) => a + b, 0) : longest.length;
    return { key, name, labels: longest, count };
  }).filter(({ labels }) => labels.length > 1);
  const sliders = axes.map(({ key, name, labels, count }) => {
    const nameOf = place => place ? labels[place - 1] : `mean of ${count}`;
    return [key, slider(name, labels.length, nameOf, place => choose({ [key]: place }))];
  });
  sliders.push(["opacity", slider("Opacity", 100, place => `${place} %`, place => choose({ opacity: place }), state.opacity)]);

  const draw = () => {
    const shown = hover >= 0 ? hover : state.word;
    const { text, places } = words[shown];
    const where = axes.filter(({ key }) => state[key]).map(({ key, labels }) => labels[state[key] - 1]);
    const parts = panels.map((panel, number) => {
      const found = panel.draw(places[number], state);
      const name = panels.length > 1 ? ["left ", "right "][number] : "";
      const said = found ? `highest ${short(found.top)} in row ${found.row + 1}, column ${found.column + 1}` : "not in this prompt";
      panel.canvas.setAttribute("aria-label", `Attention of “${text}”${where.length ? `, ${where.join(", ")}` : ""}: ${said}`);
      if (cell) panel.mark(cell);
      return name + said;
    });
    buttons.forEach((button, place) => {
      button.setAttribute("aria-pressed", place === state.word);
      button.classList.toggle("seen", place === shown);
    });
    rest = [`“${text}”`, ...where].join(", ") + `: ${parts.join("; ")}`;
    if (!cell) reading.textContent = rest;
  };

  // A cell of the picture: how it distributes its attention over the words.
  const point = (panel, number, place) => {
    cell = place;
    if (!place) {
      for (const button of buttons) button.style.removeProperty("--share");
    } else {
      const shares = words.map(({ places }) => places[number] < 0 ? 0 : panel.valueAt(places[number], state, place));
      const most = Math.max(...shares, 1e-9);
      buttons.forEach((button, word) => button.style.setProperty("--share", `${(100 * shares[word] / most).toFixed(1)}%`));
      const highest = [...shares.keys()].sort((a, b) => shares[b] - shares[a]).slice(0, 4);
      const named = highest.map(word => `“${words[word].text}” ${short(shares[word])}`);
      reading.textContent = `Row ${place.row + 1}, column ${place.column + 1} attends to ${named.join(", ")}`;
    }
    draw();
  };

  // Explorers of one cell of the notebook go together, in Jupyter (.jp-Cell) those within pieces. They are looked up when something is chosen:
  // a live page gets its pieces one by one.
  const others = () => {
    const home = (figure.getRootNode().host ?? figure).closest(".cell, .live, .jp-Cell");
    const all = [...home?.querySelectorAll(".explorer, [data-bas-piece]") ?? []];
    return all.map(one => one.shadowRoot?.querySelector(".explorer") ?? one).filter(other => other !== explorer && other.basShow);
  };
  const choose = (change, isTold = true) => {
    if (change.text !== undefined) {
      const place = words.findIndex(({ text }) => text === change.text);
      if (place < 0) return;
      change = { word: place };
    }
    Object.assign(state, change);
    for (const [key, { set }] of sliders) if (change[key] !== undefined && !isTold) set(change[key]);
    draw();
    if (isTold) for (const other of others()) other.basShow(change.word === undefined ? change : { text: words[change.word].text });
  };
  const buttons = words.map(({ text }, place) => {
    const word = button(text, () => { hover = -1; choose({ word: place }); });
    word.addEventListener("pointerenter", event => { if (event.pointerType === "mouse") { hover = place; draw(); } });
    word.addEventListener("pointerleave", () => { if (hover === place) { hover = -1; draw(); } });
    return word;
  });
  panels.forEach((panel, number) => {
    const follow = event => point(panel, number, panel.cellAt(event));
    panel.canvas.addEventListener("pointermove", follow);
    panel.canvas.addEventListener("pointerdown", follow);
    panel.canvas.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") point(panel, number, null); });
    panel.canvas.addEventListener("blur", () => point(panel, number, null));
    panel.canvas.addEventListener("keydown", event => {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (event.key === "Escape") point(panel, number, null);
      if (!step) return;
      event.preventDefault();
      const { row, column } = cell ?? { row: panel.data.height >> 1, column: panel.data.width >> 1 };
      const inside = (place, count) => Math.min(count - 1, Math.max(0, place));
      point(panel, number, { row: inside(row + step[0], panel.data.height), column: inside(column + step[1], panel.data.width) });
    });
  });

  const group = make("div", { className: "words-of-prompt" }, ...buttons);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Word whose map is shown");
  const frames = panels.map(panel => make("div", { className: "panel" },
    ...(panels.length > 1 ? [make("p", { className: "panel-title", textContent: panel.data.title })] : []), panel.canvas));
  const explorer = make("div", { className: "explorer" }, group, make("div", { className: "panels" }, ...frames), reading,
    make("div", { className: "sliders" }, ...sliders.map(([, { label }]) => label)));
  explorer.basShow = change => choose(change, false);
  draw();
  Promise.all(panels.map(panel => panel.load())).then(draw);
  return explorer;
};
