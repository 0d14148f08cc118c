// The photo on its canvas, and painting on it by mouse, pen and finger.
const view = element("view");
const surface = view.getContext("2d");
let scale = 1, left = 0, above = 0; // screen = photo * scale + (left, above), in CSS pixels
let tool = "brush", isErasing = false, radius = 24, showsCells = false;
let shape = null; // what is being drawn: {kind, erases, points}
let cursor = null; // where the pointer is, in pixels of the photo
const toPhoto = event => {
  const box = view.getBoundingClientRect();
  return [(event.clientX - box.left - left) / scale, (event.clientY - box.top - above) / scale];
};
const fitPhoto = () => {
  const box = view.getBoundingClientRect();
  scale = Math.min(box.width / photo.width, box.height / photo.height);
  left = (box.width - photo.width * scale) / 2;
  above = (box.height - photo.height * scale) / 2;
  draw();
};
// Zooms by a factor so that a point of the screen stays where it is.
const zoom = (factor, x, y) => {
  const box = view.getBoundingClientRect();
  [x, y] = [x ?? box.width / 2, y ?? box.height / 2];
  const smallest = Math.min(box.width / photo.width, box.height / photo.height) / 2;
  const next = Math.min(Math.max(scale * factor, smallest), 40);
  left = x - (x - left) * (next / scale);
  above = y - (y - above) * (next / scale);
  scale = next;
  draw();
};

let isDue = false;
const draw = () => {
  if (isDue || !photo) return;
  isDue = true;
  requestAnimationFrame(() => { isDue = false; paintView(); });
};
const paintView = () => {
  const box = view.getBoundingClientRect(), density = devicePixelRatio || 1;
  const [width, height] = [Math.round(box.width * density), Math.round(box.height * density)];
  if (view.width !== width || view.height !== height) Object.assign(view, { width, height });
  surface.setTransform(1, 0, 0, 1, 0, 0);
  surface.clearRect(0, 0, width, height);
  surface.setTransform(scale * density, 0, 0, scale * density, left * density, above * density);
  surface.imageSmoothingEnabled = scale < 3;
  surface.drawImage(photo.image, 0, 0, photo.width, photo.height);
  for (const mask of masks()) {
    if (hidden.has(mask.id)) continue;
    surface.globalAlpha = mask.id === chosen ? 0.55 : 0.35;
    surface.drawImage(layers.get(mask.id).canvas, 0, 0);
  }
  surface.globalAlpha = 1;
  if (showsCells && report?.frame) paintCells();
  if (shape) paintShape();
  if (cursor && tool === "brush" && !shape) paintRing(cursor);
};
// The grid of the attention maps over what the model sees, with the cells of the chosen mask.
const paintCells = () => {
  const [x, y, width, height] = report.frame;
  const cells = report.masks[masks().findIndex(mask => mask.id === chosen)]?.cells ?? [];
  const [w, h] = [width / 16, height / 16];
  const [red, green, blue] = chosen === null ? [255, 255, 255] : colorOf(chosen);
  surface.fillStyle = `rgb(${red} ${green} ${blue} / .75)`;
  for (const cell of cells) surface.fillRect(x + (cell % 16) * w, y + Math.floor(cell / 16) * h, w, h);
  surface.beginPath();
  for (let line = 0; line <= 16; line++) {
    surface.moveTo(x + line * w, y); surface.lineTo(x + line * w, y + height);
    surface.moveTo(x, y + line * h); surface.lineTo(x + width, y + line * h);
  }
  strokeTwice(0.6);
};
// A line that is seen on dark and on light ground.
const strokeTwice = alpha => {
  surface.lineWidth = 2.5 / scale;
  surface.strokeStyle = `rgb(0 0 0 / ${alpha / 2})`;
  surface.stroke();
  surface.lineWidth = 1 / scale;
  surface.strokeStyle = `rgb(255 255 255 / ${alpha})`;
  surface.stroke();
};
const paintRing = ([x, y]) => {
  surface.beginPath();
  surface.arc(x, y, radius, 0, 2 * Math.PI);
  strokeTwice(0.9);
};
const paintShape = () => {
  const { kind, points } = shape;
  surface.beginPath();
  if (kind === "box") {
    const [[x, y], [u, v]] = [points[0], points.at(-1)];
    surface.rect(x, y, u - x, v - y);
  } else if (kind === "lasso") {
    points.forEach(([x, y], index) => (index ? surface.lineTo(x, y) : surface.moveTo(x, y)));
    surface.closePath();
  } else {
    return paintRing(points.at(-1));
  }
  strokeTwice(1);
};

// Puts a part of the shape on the chosen mask's canvas: for the brush what is new, for the others the whole at their end.
const layDown = (from, to) => {
  const { context } = layers.get(chosen);
  const { kind, erases, points } = shape;
  const [red, green, blue] = colorOf(chosen);
  context.globalCompositeOperation = erases ? "destination-out" : "source-over";
  context.fillStyle = context.strokeStyle = `rgb(${red} ${green} ${blue})`;
  context.beginPath();
  if (kind === "brush") {
    Object.assign(context, { lineWidth: 2 * radius, lineCap: "round", lineJoin: "round" });
    context.moveTo(...from);
    // A line without a length is not drawn by every browser.
    context.lineTo(to[0] + (from[0] === to[0] && from[1] === to[1] ? 0.01 : 0), to[1]);
    context.stroke();
  } else if (kind === "box") {
    const [[x, y], [u, v]] = [points[0], points.at(-1)];
    context.fillRect(Math.round(Math.min(x, u)), Math.round(Math.min(y, v)), Math.round(Math.abs(u - x)), Math.round(Math.abs(v - y)));
  } else {
    points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.fill();
  }
};
const beginShape = (point, erases) => {
  if (chosen === null) {
    if (masks().length >= photo.most) return;
    chosen = add([blank()])[0].id;
    showPanel();
  }
  hidden.delete(chosen);
  shape = { kind: tool, erases, points: [point] };
  if (tool === "brush") layDown(point, point);
  draw();
};
const extend = point => {
  if (shape.kind === "brush") layDown(shape.points.at(-1), point);
  shape.points.push(point);
};
const finishShape = () => {
  if (shape.kind !== "brush") layDown();
  const layer = layers.get(chosen);
  shape = null;
  const runs = readRuns(layer.context), before = maskOf(chosen).runs;
  if (sameRuns(runs, before)) { layer.runs = null; refreshLayers(); draw(); return; }
  change(chosen, { runs });
};
const cancel = () => {
  if (!shape) return;
  shape = null;
  layers.get(chosen).runs = null;
  refreshLayers();
  draw();
};

// Pointers: one paints; two fingers zoom and move; the middle button and Space move.
const pointers = new Map();
let pinch = null, move = null, isSpaceDown = false;
const pair = () => {
  const [a, b] = [...pointers.values()];
  const box = view.getBoundingClientRect();
  return { x: (a.clientX + b.clientX) / 2 - box.left, y: (a.clientY + b.clientY) / 2 - box.top,
           distance: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) || 1 };
};
view.addEventListener("pointerdown", event => {
  if (!photo || hasEnded) return;
  event.preventDefault();
  document.activeElement?.blur?.();
  view.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, event);
  if (event.pointerType === "touch" && pointers.size === 2) {
    cancel();
    pinch = pair();
  } else if (pointers.size > 1 || pinch) {
    return;
  } else if (event.button === 1 || isSpaceDown) {
    move = { x: event.clientX, y: event.clientY };
    view.classList.add("moving");
  } else {
    // The right button and the other end of a pen erase.
    beginShape(toPhoto(event), isErasing || event.button === 2 || event.button === 5);
  }
});
view.addEventListener("pointermove", event => {
  if (!photo) return;
  cursor = toPhoto(event);
  if (pointers.has(event.pointerId)) pointers.set(event.pointerId, event);
  if (pinch && pointers.size === 2) {
    const now = pair();
    left += now.x - pinch.x;
    above += now.y - pinch.y;
    zoom(now.distance / pinch.distance, now.x, now.y);
    pinch = now;
  } else if (move) {
    left += event.clientX - move.x;
    above += event.clientY - move.y;
    move = { x: event.clientX, y: event.clientY };
  } else if (shape && pointers.has(event.pointerId)) {
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) extend(toPhoto(part));
  }
  draw();
});
const release = event => {
  if (!pointers.delete(event.pointerId)) return;
  if (pointers.size === 0) {
    if (shape) { if (event.type === "pointercancel") cancel(); else finishShape(); }
    pinch = move = null;
    view.classList.remove("moving");
  }
};
view.addEventListener("pointerup", release);
view.addEventListener("pointercancel", release);
view.addEventListener("pointerleave", () => { cursor = null; draw(); });
view.addEventListener("contextmenu", event => event.preventDefault());
view.addEventListener("wheel", event => {
  event.preventDefault();
  const box = view.getBoundingClientRect();
  zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX - box.left, event.clientY - box.top);
}, { passive: false });
