// What all parts of the script use. NotebookPage joins the files in one function.
const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};
const button = (text, action, label) => {
  const element = make("button", { type: "button", textContent: text });
  if (label) element.setAttribute("aria-label", label);
  element.addEventListener("click", action);
  return element;
};

// A slider with its name before it and the words for its place behind. `words(place)` returns those.
const slider = (name, last, words, action, first = 0) => {
  const input = make("input", { type: "range", min: 0, max: last, step: 1, value: first });
  const output = make("output");
  const label = make("label", { className: "slider" }, make("span", { textContent: name }), input, output);
  const show = () => {
    output.textContent = words(+input.value);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => { show(); action(+input.value); });
  show();
  return { label, input, set: place => { input.value = place; show(); } };
};

// Bytes of base64, and the picture that they are. A bitmap is no request: the policy of the page need not allow it.
const bytesOf = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));
const bitmapOf = (text, type = "image/jpeg") => createImageBitmap(new Blob([bytesOf(text)], { type })).catch(() => null);

// A number in three digits, as tables write it.
const short = value => {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? String(+value.toPrecision(3)) : value.toExponential(1);
};

// A table whose cells are buttons, row after row.
const tableOf = (rows, columns, buttons) => {
  const head = text => make("th", { scope: "col", textContent: text });
  const lines = rows.map((name, row) => make("tr", {}, make("th", { scope: "row", textContent: name }),
    ...buttons.slice(row * columns.length, (row + 1) * columns.length).map(cell => make("td", {}, cell))));
  return make("div", { className: "table cells" }, make("table", {}, make("thead", {}, make("tr", {}, make("td"), ...columns.map(head))),
    make("tbody", {}, ...lines)));
};
