// Where the attention of handles goes: a cell of the table shows the handle's map, bright in the mask that the cell is about.
const exploreLeakage = (figure, data) => {
  const { rows, columns, shares, chance, height, width } = data;
  const [maps, masks, cells] = [bytesOf(data.maps), bytesOf(data.masks), height * width];
  const { canvas, paint, cellBox, load } = mapCanvas(data, coloursOf(data.colors));
  const reading = make("p", { className: "reading" });
  reading.setAttribute("aria-live", "polite");
  let [chosen, hover] = [0, -1];

  // The share of a cell that belongs to a column: its mask, or what no mask has.
  const partOf = (column, cell) => {
    if (column < columns.length - 1) return masks[column * cells + cell] / 255;
    let rest = 1;
    for (let mask = 0; mask < columns.length - 1; mask++) rest -= masks[mask * cells + cell] / 255;
    return Math.max(0, rest);
  };
  const draw = () => {
    const place = hover < 0 ? chosen : hover;
    const [row, column] = [Math.floor(place / columns.length), place % columns.length];
    const values = maps.slice(row * cells, (row + 1) * cells);
    paint(values, 255, 0.8);
    // What lies outside of the mask is darkened.
    const context = canvas.getContext("2d");
    context.fillStyle = "#000";
    for (let cell = 0; cell < cells; cell++) {
      context.globalAlpha = 0.6 * (1 - partOf(column, cell));
      context.fillRect(...cellBox(Math.floor(cell / width), cell % width));
    }
    context.globalAlpha = 1;
    const times = chance[column] > 0 ? `, ${short(shares[place] / chance[column])}× chance (${short(chance[column])})` : "";
    reading.textContent = `${rows[row]} in ${columns[column]}: ${short(shares[place])} of its attention${times}`;
    canvas.setAttribute("aria-label", `Where ${rows[row]} looks, bright in ${columns[column]}`);
    buttons.forEach((button, number) => {
      button.setAttribute("aria-pressed", number === chosen);
      button.classList.toggle("seen", number === place);
    });
  };
  const buttons = shares.map((share, place) => {
    const cell = button(short(share), () => { chosen = place; hover = -1; draw(); },
      `${rows[Math.floor(place / columns.length)]} in ${columns[place % columns.length]}: ${short(share)}`);
    cell.style.setProperty("--share", `${100 * share}%`);
    cell.addEventListener("pointerenter", event => { if (event.pointerType === "mouse") { hover = place; draw(); } });
    cell.addEventListener("pointerleave", () => { if (hover === place) { hover = -1; draw(); } });
    return cell;
  });
  draw();
  load().then(draw);
  const panels = make("div", { className: "panels" }, make("div", { className: "panel" }, canvas), tableOf(rows, columns, buttons));
  return make("div", { className: "explorer" }, panels, reading, make("div", { className: "sliders" }));
};
