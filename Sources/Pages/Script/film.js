// A denoising, step by step: rows of pictures at one step, which a slider chooses.
const exploreFilm = (figure, { steps, rows, width, height }) => {
  const scale = Math.max(1, Math.round(256 / Math.max(width, height)));
  const frames = rows.map(row => {
    const canvas = make("canvas", { width: width * scale, height: height * scale });
    canvas.setAttribute("role", "img");
    return { row, canvas, pictures: [] };
  });
  let timer = null;
  const draw = () => {
    const place = +step.input.value;
    for (const { row, canvas, pictures } of frames) {
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      if (pictures[place]) context.drawImage(pictures[place], 0, 0, canvas.width, canvas.height);
      canvas.setAttribute("aria-label", `${row.name}, ${steps[place]}`);
    }
  };
  const step = slider("Step", steps.length - 1, place => `${steps[place]} (${place + 1} of ${steps.length})`, () => { stop(); draw(); });
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  const play = button("Play", () => {
    if (timer) return stop();
    if (+step.input.value === steps.length - 1) step.set(0);
    play.textContent = "Stop";
    draw();
    timer = setInterval(() => {
      if (!play.isConnected || +step.input.value >= steps.length - 1) return stop();
      step.set(+step.input.value + 1);
      draw();
    }, 250);
  });
  const panels = frames.map(({ row, canvas }) => make("div", { className: "panel" },
    make("p", { className: "panel-title", textContent: row.name }), canvas));
  Promise.all(frames.map(async frame => { frame.pictures = await Promise.all(frame.row.frames.map(text => bitmapOf(text))); })).then(draw);
  return make("div", { className: "explorer" }, make("div", { className: "panels" }, ...panels),
    make("div", { className: "sliders" }, step.label, play));
};
