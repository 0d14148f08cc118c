// A chart's values, read out where a person points, over the still picture.
const exploreChart = (figure, chart) => {
  const image = figure.querySelector("img");
  const [left, top, right, bottom] = chart.plot;
  const percent = (part, whole) => `${100 * part / whole}%`;
  const line = make("div", { className: "chart-line" });
  line.style.top = percent(top, chart.height);
  line.style.height = percent(bottom - top, chart.height);
  const dots = chart.lines.map(({ color }) => {
    const dot = make("div", { className: "chart-dot" });
    dot.style.background = color;
    return dot;
  });
  const reading = make("p", { className: "reading chart-values" });
  reading.setAttribute("aria-live", "polite");
  const nameOf = place => {
    const part = chart.parts.findLast(({ from }) => from <= place);
    return [part?.name, [chart.label, chart.names[place]].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  };
  const stage = make("div", { className: "chart-stage" });
  // What was drawn last at the place or before it, where the chart has such pictures.
  const previews = chart.previews ?? [];
  const canvas = make("canvas", { width: previews[0]?.width ?? 0, height: previews[0]?.height ?? 0 });
  canvas.setAttribute("role", "img");
  const title = make("p", { className: "panel-title" });
  let shown = null;
  const preview = place => {
    const chosen = previews.findLast(({ from }) => from <= place) ?? previews[0];
    if (!chosen || chosen === shown) return;
    shown = chosen;
    title.textContent = `after ${nameOf(chosen.from)}`;
    canvas.setAttribute("aria-label", `What the model draws ${title.textContent}`);
    bitmapOf(chosen.picture).then(picture => {
      if (!picture || chosen !== shown) return;
      [canvas.width, canvas.height] = [chosen.width, chosen.height];
      canvas.getContext("2d").drawImage(picture, 0, 0);
    });
  };
  const show = place => {
    stage.classList.add("pointed");
    preview(place);
    line.style.left = percent(chart.places[place], chart.width);
    const values = chart.lines.map(({ name, color, values, raw, places }, number) => {
      const isThere = values[place] !== null && places[place] !== null;
      dots[number].hidden = !isThere;
      if (isThere) {
        dots[number].style.left = percent(chart.places[place], chart.width);
        dots[number].style.top = percent(places[place], chart.height);
      }
      const unsmoothed = raw.length && raw[place] !== null && raw[place] !== values[place] ? ` (${short(raw[place])} in this step)` : "";
      const swatch = make("span", { className: "swatch" });
      swatch.style.background = color;
      return values[place] === null ? null : make("span", {}, swatch, `${name ? `${name} ` : ""}${short(values[place])}${unsmoothed}`);
    });
    reading.replaceChildren(make("span", { className: "chart-place", textContent: nameOf(place) }), ...values.filter(Boolean));
  };
  // The place whose x is nearest: places ascend.
  const nearest = x => {
    let [low, high] = [0, chart.places.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (chart.places[middle] < x) low = middle + 1; else high = middle;
    }
    return low > 0 && x - chart.places[low - 1] < chart.places[low] - x ? low - 1 : low;
  };
  const places = slider(chart.label ? chart.label[0].toUpperCase() + chart.label.slice(1) : "Place", chart.places.length - 1,
    place => chart.names[place], show);
  const follow = event => {
    const box = stage.getBoundingClientRect();
    const place = nearest((event.clientX - box.left) / box.width * chart.width);
    places.set(place);
    show(place);
  };
  stage.addEventListener("pointermove", follow);
  stage.addEventListener("pointerdown", follow);
  // A tap reads a value; it does not enlarge the picture.
  stage.addEventListener("click", event => { if (event.pointerType === "touch") event.stopPropagation(); });
  // The picture lies below what is drawn over it, and stays where print and readers without a script find it.
  image.before(stage);
  stage.append(image, line, ...dots);
  if (!previews.length) return make("div", { className: "explorer" }, reading, make("div", { className: "sliders" }, places.label));
  preview(chart.places.length - 1);
  const panels = make("div", { className: "panels" }, make("div", { className: "panel preview" }, title, canvas));
  return make("div", { className: "explorer" }, reading, make("div", { className: "sliders" }, places.label), panels);
};
