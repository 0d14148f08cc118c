// Code: copying.
const copy = async (text, place) => {
  let isDone = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages from a network without encryption have no clipboard.
    const area = make("textarea", { value: text });
    document.body.append(area);
    area.select();
    isDone = document.execCommand("copy");
    area.remove();
  }
  place.textContent = isDone ? "Copied" : "Not copied";
  setTimeout(() => { place.textContent = "Copy"; }, 1500);
};
const addSourceTools = source => {
  const code = source.querySelector("code");
  const place = button("Copy", () => copy(code.textContent, place));
  source.append(make("div", { className: "tools" }, place));
};

// Pictures in a row: all, one after the other, or two over each other.
const addStripTools = async strip => {
  const figures = [...strip.querySelectorAll("figure:not(.absent)")];
  const pictures = figures.map(figure => figure.querySelector("img"));
  await Promise.all(pictures.map(picture => picture.decode().catch(() => {})));
  const sizes = new Set(pictures.map(picture => `${picture.naturalWidth} ${picture.naturalHeight}`));
  // Two pictures can be laid over each other where they are of one size.
  const modes = [["all", "All"]];
  if (figures.length > 2) modes.push(["film", "One by one"]);
  if (figures.length > 1 && sizes.size === 1) modes.push(["compare", "Compare"]);
  if (modes.length < 2) return;
  const name = place => `${place + 1}: ${pictures[place].alt}`.slice(0, 60);

  const film = make("input", { type: "range", min: 0, max: figures.length - 1, value: 0, className: "film-only" });
  film.setAttribute("aria-label", "Picture");
  const count = make("span", { className: "film-only" });
  const turn = () => {
    figures.forEach((figure, place) => figure.classList.toggle("on", place === +film.value));
    count.textContent = `${+film.value + 1} of ${figures.length}`;
  };
  film.addEventListener("input", turn);
  turn();

  const [below, above] = [make("img"), make("img")];
  const cut = make("input", { type: "range", min: 0, max: 100, step: 0.5, value: 50, className: "compare-only" });
  cut.setAttribute("aria-label", "Border between the pictures");
  const comparison = make("div", { className: "comparison compare-only" }, below, above);
  const move = () => comparison.style.setProperty("--cut", `${cut.value}%`);
  cut.addEventListener("input", move);
  const follow = event => {
    const box = comparison.getBoundingClientRect();
    cut.value = 100 * (event.clientX - box.left) / box.width;
    move();
  };
  comparison.addEventListener("pointerdown", event => { comparison.setPointerCapture(event.pointerId); follow(event); });
  comparison.addEventListener("pointermove", event => { if (event.buttons) follow(event); });
  const words = make("p", { className: "compare-only words" });
  const choose = (image, place) => {
    const { src, alt, naturalWidth, naturalHeight } = pictures[place];
    Object.assign(image, { src, alt, width: naturalWidth, height: naturalHeight });
    words.textContent = `Left: ${below.alt}. Right: ${above.alt}.`;
  };
  const choice = (image, first, label) => {
    const options = pictures.map((_, place) => make("option", { value: place, textContent: name(place), selected: place === first }));
    const select = make("select", { className: "compare-only" }, ...options);
    select.setAttribute("aria-label", label);
    select.addEventListener("change", () => choose(image, +select.value));
    return select;
  };
  const last = pictures.length - 1;
  const selects = pictures.length > 2 ? [choice(below, 0, "Left picture"), choice(above, last, "Right picture")] : [];

  const buttons = modes.map(([mode, text]) => button(text, () => show(mode)));
  const show = chosen => {
    modes.forEach(([mode], place) => {
      strip.classList.toggle(mode, mode === chosen);
      buttons[place].setAttribute("aria-pressed", mode === chosen);
    });
    if (chosen === "compare" && !below.src) { choose(below, 0); choose(above, last); move(); }
  };
  strip.prepend(make("div", { className: "tools" }, ...buttons, film, count, ...selects, cut), comparison, words);
  show(figures.length > 3 ? "film" : "all");
};

// A picture alone, as large as the screen.
const lightbox = (() => {
  let dialog, image, caption, stage, current;
  const all = () => [...document.querySelectorAll("img.zoomable")];
  const step = offset => {
    const pictures = all();
    const place = pictures.indexOf(current);
    if (pictures.length) show(pictures[(place + offset + pictures.length) % pictures.length]);
  };
  const build = () => {
    image = make("img");
    caption = make("p");
    stage = make("div", { className: "stage fit" }, image);
    const size = button("Actual size", () => {
      const fits = stage.classList.toggle("fit");
      size.textContent = fits ? "Actual size" : "Fit";
      scale();
    });
    const tools = make("div", { className: "tools" }, button("‹", () => step(-1), "Previous picture"),
      button("›", () => step(1), "Next picture"), size, button("Close", () => dialog.close()));
    dialog = make("dialog", { className: "lightbox" }, tools, stage, caption);
    dialog.setAttribute("aria-label", "Picture");
    dialog.addEventListener("keydown", event => {
      if (event.key === "ArrowLeft") step(-1);
      if (event.key === "ArrowRight") step(1);
    });
    stage.addEventListener("click", event => { if (event.target === stage) dialog.close(); });
    dialog.addEventListener("close", () => current.focus());
    addEventListener("resize", () => { if (dialog.open) scale(); });
    document.body.append(dialog);
  };
  // Small pictures are enlarged by whole numbers, so that their pixels can be seen.
  const scale = () => {
    const room = Math.min(stage.clientWidth / image.naturalWidth, stage.clientHeight / image.naturalHeight);
    const factor = stage.classList.contains("fit") && room >= 2 ? Math.floor(room) : 1;
    image.style.imageRendering = factor > 1 ? "pixelated" : "auto";
    image.style.width = factor > 1 ? `${image.naturalWidth * factor}px` : "auto";
  };
  const show = picture => {
    if (!dialog) build();
    current = picture;
    image.src = picture.src;
    image.alt = picture.alt;
    caption.textContent = picture.alt;
    if (!dialog.open) dialog.showModal();
    image.decode().then(scale, () => {});
  };
  return { show };
})();

// Tables: what a cell means, in words below.
const addReading = table => {
  const output = make("p", { className: "readout" });
  output.setAttribute("aria-live", "polite");
  table.after(output);
  const heads = [...table.querySelectorAll("thead th")];
  const rows = [...table.querySelectorAll("tbody tr")];
  let [row, column] = [-1, -1];
  const point = (newRow, newColumn) => {
    if (!rows[newRow] || !rows[newRow].cells[newColumn] || newRow === row && newColumn === column) return;
    [row, column] = [newRow, newColumn];
    for (const [place, line] of rows.entries()) {
      line.classList.toggle("row", place === row);
      for (const cell of line.cells) {
        cell.classList.toggle("column", cell.cellIndex === column);
        cell.classList.toggle("here", place === row && cell.cellIndex === column);
      }
    }
    const cell = rows[row].cells[column];
    const name = rows[row].cells[0].textContent;
    output.textContent = [column > 0 ? name : "", heads[column] ? heads[column].textContent : ""].filter(Boolean).join(" · ")
      + `: ${cell.textContent || "nothing"}`;
  };
  const read = event => {
    const cell = event.target.closest("td");
    if (cell) point(rows.indexOf(cell.parentElement), cell.cellIndex);
  };
  const leave = () => {
    output.textContent = "";
    row = column = -1;
    for (const cell of table.querySelectorAll(".row, .column, .here")) cell.classList.remove("row", "column", "here");
  };
  table.addEventListener("pointerover", read);
  table.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") leave(); });
  table.addEventListener("blur", leave);
  table.addEventListener("click", read);
  table.tabIndex = 0;
  table.addEventListener("keydown", event => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    point(row < 0 ? 0 : row + step[0], column < 0 ? 0 : column + step[1]);
  });
};

const explorers = {
  attention: exploreAttention, film: exploreFilm, chart: exploreChart, leakage: exploreLeakage, pictures: explorePictures,
};

// Prepares what is new below an element; what is prepared already stays as it is.
const upgrade = root => {
  const each = (selector, action) => {
    for (const element of [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)]) {
      if (element.dataset.isReady) continue;
      element.dataset.isReady = "yes";
      action(element);
    }
  };
  each(".source", addSourceTools);
  each(".strip", addStripTools);
  each(".table.data", addReading);
  each("figure[data-explorable]", figure => addExplorer(figure, explorers));
  each("figure img, .prose img", image => {
    image.classList.add("zoomable");
    image.tabIndex = 0;
  });
};
document.addEventListener("click", event => { if (event.target.matches("img.zoomable")) lightbox.show(event.target); });
document.addEventListener("keydown", event => {
  if (event.key === "Enter" && event.target.matches("img.zoomable")) lightbox.show(event.target);
});

// The page: folding all code; everything unfolded in print.
const folds = () => [...document.querySelectorAll("details.code")];
const main = document.querySelector("main");
if (main && folds().length > 1) {
  const all = button("Fold code", () => {
    const opens = folds().every(fold => !fold.open);
    for (const fold of folds()) fold.open = opens;
    all.textContent = opens ? "Fold code" : "Show code";
  });
  main.before(make("div", { className: "page-tools" }, all));
}
const contents = document.querySelector("nav.contents details");
if (contents && matchMedia("(max-width: 40rem)").matches) contents.open = false;
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open]):not(.origin)")];
  for (const fold of folded) fold.open = true;
});
addEventListener("afterprint", () => { for (const fold of folded) fold.open = false; });

window.basPage = { upgrade };
upgrade(document);
