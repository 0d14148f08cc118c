// A map of a few cells over a picture, as still pictures show it.
const coloursOf = texts => texts.map(text => [1, 3, 5].map(place => parseInt(text.slice(place, place + 2), 16)));

// Returns a canvas and what paints a map into it. `data` has the map's height and width, and may have a picture.
const mapCanvas = (data, colours) => {
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  // The colours are computed small and enlarged by the browser.
  const heat = make("canvas", { width: 8 * data.width });
  while (heat.width > 256) heat.width /= 2;
  heat.height = Math.max(1, Math.round(heat.width * data.height / data.width));
  const [wide, high] = [data.pictureWidth ?? data.width, data.pictureHeight ?? data.height];
  const scale = Math.max(1, Math.round(360 / Math.max(wide, high)));
  [canvas.width, canvas.height] = [wide * scale, high * scale];
  let picture = null;

  const paintHeat = (values, top, opacity) => {
    const context = heat.getContext("2d");
    const image = context.createImageData(heat.width, heat.height);
    const inside = (place, count) => Math.min(count - 1, Math.max(0, place));
    const at = (row, column) => values[inside(row, data.height) * data.width + inside(column, data.width)];
    for (let y = 0, place = 0; y < heat.height; y++) {
      const v = (y + 0.5) * data.height / heat.height - 0.5;
      const [row, down] = [Math.floor(v), v - Math.floor(v)];
      for (let x = 0; x < heat.width; x++, place += 4) {
        const u = (x + 0.5) * data.width / heat.width - 0.5;
        const [column, right] = [Math.floor(u), u - Math.floor(u)];
        const above = at(row, column) * (1 - right) + at(row, column + 1) * right;
        const below = at(row + 1, column) * (1 - right) + at(row + 1, column + 1) * right;
        const value = top > 0 ? (above * (1 - down) + below * down) / top : 0;
        const spot = Math.min(value, 0.9999) * (colours.length - 1);
        const [from, to, part] = [colours[Math.floor(spot)], colours[Math.floor(spot) + 1], spot % 1];
        for (let c = 0; c < 3; c++) image.data[place + c] = from[c] + (to[c] - from[c]) * part;
        image.data[place + 3] = 255 * (picture ? opacity * (0.5 + 0.5 * value) : 1);
      }
    }
    context.putImageData(image, 0, 0);
  };

  // Without values the picture stands alone.
  const paint = (values, top, opacity) => {
    const context = canvas.getContext("2d");
    const { width, height } = canvas;
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 1;
    context.imageSmoothingQuality = "high";
    context.fillStyle = "#808080";
    if (picture) context.drawImage(picture, 0, 0, width, height); else context.fillRect(0, 0, width, height);
    if (!values) return;
    // The picture fades to grey below the map.
    context.globalCompositeOperation = "saturation";
    context.globalAlpha = Math.min(0.7, opacity);
    context.fillRect(0, 0, width, height);
    paintHeat(values, top, opacity);
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 1;
    context.drawImage(heat, 0, 0, width, height);
  };
  // The rectangle of a cell, in pixels of the canvas.
  const cellBox = (row, column) => {
    const [width, height] = [canvas.width / data.width, canvas.height / data.height];
    return [column * width, row * height, width, height];
  };
  const load = async () => { if (data.picture) picture = await bitmapOf(data.picture); };
  return { canvas, paint, cellBox, load };
};
