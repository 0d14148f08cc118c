// The list of masks, the warnings, the buttons and the keys.
const tell = (text, kind = "") => {
  const notice = element("notice");
  notice.firstElementChild.textContent = text;
  notice.hidden = !text;
  notice.className = kind;
  element("discard").hidden = kind !== "kept";
};
const complain = error => {
  const isGone = error instanceof TypeError;
  if (isGone) document.body.classList.add("away");
  tell(isGone ? "bas masks does not answer. It keeps what was painted until now: start it again with the same photo." : error.message, "bad");
};

const rows = new Map();
const makeRow = id => {
  const row = document.createElement("li");
  const canvas = makeCanvas(16, 16);
  const name = Object.assign(document.createElement("input"), { type: "text", placeholder: "what is it? (cup)", maxLength: 60, spellcheck: false });
  const facts = Object.assign(document.createElement("span"), { className: "facts" });
  const words = document.createElement("span");
  const buttons = Object.assign(document.createElement("span"), { className: "group" });
  const button = (text, title, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, title });
    made.addEventListener("click", event => { event.stopPropagation(); act(); });
    buttons.append(made);
    return made;
  };
  const eye = button("Hide", "Hide this mask in the picture", () => { hidden.has(id) ? hidden.delete(id) : hidden.add(id); showPanel(); draw(); });
  button("Clear", "Empty this mask", () => change(id, { runs: blank() }));
  button("Delete", "Delete this mask", () => push(masks().filter(mask => mask.id !== id)));
  facts.append(words, buttons);
  canvas.setAttribute("role", "img");
  row.append(canvas, name, facts);
  row.style.setProperty("--color", `rgb(${colorOf(id).join(" ")})`);
  row.addEventListener("click", () => choose(id));
  name.addEventListener("focus", () => choose(id));
  name.addEventListener("change", () => { if (maskOf(id) && maskOf(id).name !== name.value) change(id, { name: name.value }); });
  name.addEventListener("keydown", event => { if (event.key === "Enter") name.blur(); });
  return { row, canvas, name, words, eye };
};
const showRow = (mask, index) => {
  if (!rows.has(mask.id)) rows.set(mask.id, makeRow(mask.id));
  const { row, canvas, name, words, eye } = rows.get(mask.id);
  const known = isBlank(mask.runs) ? null : report?.masks[index];
  row.classList.toggle("chosen", mask.id === chosen);
  row.setAttribute("aria-current", mask.id === chosen);
  if (document.activeElement !== name) name.value = mask.name;
  name.setAttribute("aria-label", `Name of mask ${index}`);
  words.textContent = isBlank(mask.runs) ? "empty" : known ? `${(100 * known.area).toFixed(1)} % · ${known.cells.length} cells` : "…";
  eye.textContent = hidden.has(mask.id) ? "Show" : "Hide";
  const context = canvas.getContext("2d");
  context.fillStyle = "#222";
  context.fillRect(0, 0, 16, 16);
  context.fillStyle = `rgb(${colorOf(mask.id).join(" ")})`;
  for (const cell of known?.cells ?? []) context.fillRect(cell % 16, Math.floor(cell / 16), 1, 1);
  canvas.setAttribute("aria-label", `${known?.cells.length ?? 0} of 256 cells of the attention maps`);
  return row;
};
const showPanel = () => {
  const list = element("masks");
  for (const id of [...rows.keys()]) if (!maskOf(id)) { rows.get(id).row.remove(); rows.delete(id); }
  masks().forEach((mask, index) => {
    const row = showRow(mask, index);
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  element("undo").disabled = place === 0;
  element("redo").disabled = place === states.length - 1;
  element("add").disabled = masks().length >= photo.most;
  element("fit").value = fit;
  element("seen").textContent = report?.seen ?? "";
  const warnings = masks().length ? report?.warnings ?? [] : ["Paint over the first thing; a mask is added for it."];
  const isFine = !warnings.length || !masks().length;
  element("warnings").classList.toggle("fine", isFine);
  element("warnings").replaceChildren(...(warnings.length ? warnings : ["Nothing to say: these masks will do."]).map(text =>
    Object.assign(document.createElement("li"), { textContent: text })));
  const painted = masks().length;
  element("status").textContent = !painted ? "no masks yet" : isSaved ? (own ? `saved in ${own}` : "") : "not saved";
};

// Buttons
element("undo").addEventListener("click", () => go(-1));
element("redo").addEventListener("click", () => go(1));
element("add").addEventListener("click", () => choose(add([blank()])[0].id));
element("fit").addEventListener("change", event => { fit = event.target.value; send(); });
element("zoom-in").addEventListener("click", () => zoom(1.4));
element("zoom-out").addEventListener("click", () => zoom(1 / 1.4));
element("zoom-fit").addEventListener("click", fitPhoto);
element("erase").addEventListener("change", event => { isErasing = event.target.checked; });
element("show-cells").addEventListener("change", event => { showsCells = event.target.checked; draw(); });
element("radius").addEventListener("input", event => { radius = Number(event.target.value); draw(); });
for (const choice of document.getElementsByName("tool")) choice.addEventListener("change", () => { tool = choice.value; draw(); });
const act = async (wish, done) => {
  try {
    await arrived();
    done(await ask(wish));
  } catch (error) {
    complain(error);
  }
};
element("save").addEventListener("click", () => act({ do: "save", folder: element("folder").value }, answer => {
  stand(answer);
  tell(`Saved. Next:  photo = load_scene("${own.includes("/") ? own : `./${own}`}")`, "good");
}));
element("use").addEventListener("click", () => act({ do: "use" }, () => endEditing("The masks are back at the prompt. This page can be closed.")));
element("end").addEventListener("click", () => act({ do: "end" }, () => endEditing(isSaved || !masks().length
  ? "bas masks has ended. This page can be closed."
  : "bas masks has ended. The masks that were not saved are kept: start it again with the same photo to go on.")));
element("discard").addEventListener("click", () => act({ do: "discard" }, takeState));
element("guess").addEventListener("click", () => {
  const count = Number(element("count").value);
  element("guess").disabled = true;
  tell("Looking at the photo …", "good");
  act({ do: "guess", count }, answer => {
    tell("");
    const free = photo.most - masks().filter(mask => !isBlank(mask.runs)).length;
    // An empty mask that waits for paint gives its place to a guess.
    const kept = masks().filter(mask => !isBlank(mask.runs) || mask.name);
    if (kept.length !== masks().length) { states[place] = kept; refreshLayers(); }
    const added = add(answer.masks.filter(runs => !isBlank(runs)).slice(0, free));
    if (added.length) choose(added[0].id); else tell("No thing was found; paint the masks.", "good");
  }).finally(() => { element("guess").disabled = false; });
});
const endEditing = text => {
  hasEnded = true;
  tell(text, "good");
  for (const control of document.querySelectorAll("button, input, select")) control.disabled = true;
};

// Keys
const setTool = name => { document.querySelector(`[name=tool][value=${name}]`).click(); };
const setRadius = factor => {
  const slider = element("radius");
  slider.value = Math.round(Math.max(Number(slider.value) * factor, Number(slider.value) + Math.sign(factor - 1)));
  slider.dispatchEvent(new Event("input"));
};
const keys = {
  b: () => setTool("brush"), l: () => setTool("lasso"), r: () => setTool("box"), e: () => element("erase").click(),
  c: () => element("show-cells").click(), "[": () => setRadius(0.85), "]": () => setRadius(1.2), "+": () => zoom(1.4), "=": () => zoom(1.4),
  "-": () => zoom(1 / 1.4), 0: fitPhoto, Escape: cancel,
};
document.addEventListener("keydown", event => {
  if (!photo || hasEnded) return;
  const isTyping = event.target.matches("input[type=text], input[type=number], select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !isTyping) {
    event.preventDefault();
    go(event.shiftKey ? 1 : -1);
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y" && !isTyping) {
    event.preventDefault();
    go(1);
  } else if (event.ctrlKey || event.metaKey || event.altKey || isTyping) {
    return;
  } else if (event.key === " " && !event.target.matches("button, input")) {
    event.preventDefault();
    isSpaceDown = true;
  } else if (/^[1-9]$/.test(event.key) && masks()[Number(event.key) - 1]) {
    choose(masks()[Number(event.key) - 1].id);
  } else if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});
document.addEventListener("keyup", event => { if (event.key === " ") isSpaceDown = false; });
new ResizeObserver(() => { if (photo) fitPhoto(); }).observe(element("stage"));

// The beginning
const takeState = state => {
  states = [state.masks];
  place = 0;
  fit = state.fit;
  layers.clear();
  element("name").textContent = state.name;
  element("folder").value = state.folder;
  element("use").hidden = !state.wantsScene;
  element("save").classList.toggle("primary", !state.wantsScene);
  element("end").textContent = state.wantsScene ? "Cancel" : "End";
  element("guessing").hidden = !state.guesses;
  element("fitting").hidden = state.photo[0] === state.photo[1];
  document.title = `${state.name} · bas masks`;
  refreshLayers();
  chosen = masks()[0]?.id ?? null;
  stand(state);
  fitPhoto();
  if (state.restored) tell("These masks were not saved last time.", "kept"); else tell("");
  if (state.ended) endEditing("bas masks has ended.");
};
const start = async () => {
  try {
    const state = await (await fetch("state", { cache: "no-store" })).json();
    const image = new Image();
    image.src = "picture.png";
    await image.decode();
    photo = { width: state.size[0], height: state.size[1], image, colors: state.colors, most: state.most };
    radius = Math.round(Math.max(photo.width, photo.height) / 28);
    element("radius").max = Math.round(Math.max(photo.width, photo.height) / 5);
    element("radius").value = radius;
    takeState(state);
  } catch (error) {
    complain(error);
  }
};
start();
