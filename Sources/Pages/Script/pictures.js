// Counts of pictures: a cell of the table shows the pictures that it counts, and fades those in which it found nothing.
const explorePictures = (figure, { rows, columns, cells, pictures, labels, width, height }) => {
  const reading = make("p", { className: "reading" });
  reading.setAttribute("aria-live", "polite");
  const frames = pictures.map((text, place) => {
    const canvas = make("canvas", { width, height });
    canvas.setAttribute("role", "img");
    const frame = make("div", { className: "counted" }, canvas, make("p", { className: "panel-title", textContent: labels[place] }));
    bitmapOf(text).then(picture => { if (picture) canvas.getContext("2d").drawImage(picture, 0, 0); });
    return { canvas, frame };
  });
  const names = place => [rows[Math.floor(place / columns.length)], columns[place % columns.length]];
  const choose = chosen => {
    const { counted, found } = cells[chosen];
    frames.forEach(({ canvas, frame }, place) => {
      const isFound = found.includes(place);
      frame.hidden = !counted.includes(place);
      frame.classList.toggle("not-found", !isFound);
      canvas.setAttribute("aria-label", `${labels[place]}${isFound ? "" : " (does not count)"}`);
    });
    const [row, column] = names(chosen);
    const what = counted.length === 1 ? "1 picture" : `${counted.length} pictures`;
    const said = counted.length ? `${found.length} of ${what}; those that do not count are faded` : "no picture tells";
    reading.textContent = `${row}, ${column}: ${said}`;
    buttons.forEach((button, place) => button.setAttribute("aria-pressed", place === chosen));
    buttons.forEach((button, place) => button.classList.toggle("seen", place === chosen));
  };
  const buttons = cells.map(({ counted, found }, place) => {
    const text = counted.length ? `${found.length}/${counted.length}` : "–";
    const said = counted.length ? `${found.length} of ${counted.length}` : "none";
    const cell = button(text, () => choose(place), `${names(place).join(", ")}: ${said}`);
    if (counted.length) cell.style.setProperty("--share", `${100 * found.length / counted.length}%`);
    return cell;
  });
  const explorer = make("div", { className: "explorer" }, tableOf(rows, columns, buttons), reading,
    make("div", { className: "panels" }, ...frames.map(({ frame }) => frame)), make("div", { className: "sliders" }));
  choose(0);
  return explorer;
};
