// The masks as values: a state is a list of masks that never change, so that undoing is going back to an earlier list.
// Masks hold runs, which alternate between outside and inside, row after row, and begin with outside. ServedPage.masks joins the three files.
const element = id => document.getElementById(id);

let photo = null; // {width, height, image, colors, most}
let states = [[]], place = 0;
let fit = "crop";
let chosen = null; // the id of the mask that is painted
const hidden = new Set(); // ids of masks that are not shown
const masks = () => states[place];
const maskOf = id => masks().find(mask => mask.id === id);
const colorOf = id => photo.colors[id % photo.colors.length];
const isBlank = runs => runs.length === 1;
const blank = () => [photo.width * photo.height];
const sameRuns = (a, b) => a === b || (a.length === b.length && a.every((length, index) => length === b[index]));

// Makes a list the current state; what was undone before is gone.
const push = list => {
  states = [...states.slice(Math.max(0, place - 199), place + 1), list];
  place = states.length - 1;
  settle();
};
const change = (id, part) => push(masks().map(mask => (mask.id === id ? { ...mask, ...part } : mask)));
const go = step => {
  if (place + step < 0 || place + step >= states.length) return;
  place += step;
  settle();
};
const add = (list, nameless = {}) => {
  let id = Math.max(-1, ...states.flat().map(mask => mask.id));
  const added = list.map(runs => ({ id: ++id, name: "", runs, ...nameless }));
  push([...masks(), ...added]);
  return added;
};
// Chooses the mask that is painted; the first one where there is no such mask.
const choose = id => {
  chosen = maskOf(id) ? id : masks()[0]?.id ?? null;
  hidden.delete(chosen);
  showPanel();
  draw();
};
const settle = () => {
  if (!maskOf(chosen)) chosen = masks()[0]?.id ?? null;
  refreshLayers();
  showPanel();
  draw();
  send();
};

// Each mask has a canvas of its own, of the photo's size on this page, in its colour. It is redrawn where its runs are others.
const layers = new Map();
const makeCanvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height });
const refreshLayers = () => {
  for (const id of [...layers.keys()]) if (!maskOf(id)) layers.delete(id);
  for (const mask of masks()) {
    let layer = layers.get(mask.id);
    if (!layer) {
      const canvas = makeCanvas(photo.width, photo.height);
      layer = { canvas, context: canvas.getContext("2d", { willReadFrequently: true }), runs: null };
      layers.set(mask.id, layer);
    }
    if (layer.runs !== mask.runs) paintRuns(layer, mask);
  }
};
const paintRuns = (layer, mask) => {
  const data = layer.context.createImageData(photo.width, photo.height);
  const pixels = new Uint32Array(data.data.buffer);
  const [red, green, blue] = colorOf(mask.id);
  const color = new Uint32Array(new Uint8ClampedArray([red, green, blue, 255]).buffer)[0];
  let at = 0;
  mask.runs.forEach((length, index) => {
    if (index % 2) pixels.fill(color, at, at + length);
    at += length;
  });
  layer.context.putImageData(data, 0, 0);
  layer.runs = mask.runs;
};
// The runs of what is painted on a canvas: inside is where it covers more than half.
const readRuns = context => {
  const { data } = context.getImageData(0, 0, photo.width, photo.height);
  const runs = [];
  let inside = false, start = 0;
  const count = photo.width * photo.height;
  for (let index = 0; index < count; index++) {
    if (data[4 * index + 3] > 127 !== inside) {
      runs.push(index - start);
      inside = !inside;
      start = index;
    }
  }
  runs.push(count - start);
  return runs;
};

// What the server says. Changes are sent one after the other; of those that wait, only the last.
let revision = 0, report = null, isSaved = true, isSending = false, isWaiting = false, own = null, hasEnded = false;
const ask = async wish => {
  const answer = await fetch("do", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
};
const stand = answer => {
  ({ revision, report, saved: isSaved, own } = answer);
  showPanel();
  draw();
};
const setSending = is => {
  isSending = is;
  element("panel").setAttribute("aria-busy", is);
};
const send = async () => {
  isSaved = false;
  if (isSending) { isWaiting = true; return; }
  setSending(true);
  try {
    do {
      isWaiting = false;
      stand(await ask({ do: "change", revision, fit, masks: masks() }));
      tell("");
    } while (isWaiting);
  } catch (error) {
    complain(error);
  }
  setSending(false);
};
// Waits until everything that was painted has arrived.
const arrived = async () => { while (isSending) await new Promise(done => setTimeout(done, 20)); };
