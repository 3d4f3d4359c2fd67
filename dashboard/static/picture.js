// A chart as a picture file, made in the browser from what is on the screen: title, key, source and
// mark stand inside the drawing, and its typefaces go along, so that it looks the same elsewhere.

const SVG = "http://www.w3.org/2000/svg";
const SHARP = 2; // pixels of the picture for each pixel of the screen
const SETTLED = 250; // milliseconds until the typefaces inside a picture are surely read

export async function save(plot, form) {
  const drawing = drawn(plot);
  const style = document.createElementNS(SVG, "style");
  style.textContent = (await faces()).join("\n");
  drawing.prepend(style);
  const text = new XMLSerializer().serializeToString(drawing);
  const file = new Blob([text], { type: "image/svg+xml" });
  const name = plot._context.toImageButtonOptions.filename || "headway";
  hand(form === "svg" ? file : await painted(file, drawing), `${name}.${form}`);
}

function drawn(plot) {
  const layers = [...plot.querySelectorAll(".main-svg")];
  const { width, height } = layers[0].getBoundingClientRect();
  const drawing = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) {
    drawing.setAttribute(name, value);
  }
  const ground = document.createElementNS(SVG, "rect");
  ground.setAttribute("width", width);
  ground.setAttribute("height", height);
  ground.setAttribute("fill", plot._fullLayout.paper_bgcolor);
  const title = document.createElementNS(SVG, "title");
  title.textContent = plot._fullLayout.meta?.title ?? "";
  drawing.append(title, ground);
  for (const layer of layers) drawing.append(...[...layer.children].map((part) => part.cloneNode(true)));
  drawing.querySelectorAll(".hoverlayer, .zoomlayer, .cursor-crosshair").forEach((part) => part.remove());
  return drawing;
}

// The typefaces that this page has loaded, each with its file inside.
async function faces() {
  const loaded = new Set([...document.fonts].filter((face) => face.status === "loaded").map(named));
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const ours = rules.filter((rule) => rule instanceof CSSFontFaceRule && address(rule).includes("/assets/"));
  const wanted = ours.filter((rule) => loaded.has(named({
    family: rule.style.getPropertyValue("font-family"),
    unicodeRange: rule.style.getPropertyValue("unicode-range"),
  })));
  return Promise.all(wanted.map(inside));
}

function named(face) {
  const range = face.unicodeRange.toLowerCase().replace(/u\+0*(?=[0-9a-f])|-0*(?=[0-9a-f])|\s/g, "-");
  return face.family.replace(/["']/g, "") + range;
}

// Where the file of a face lies: a sheet of its own names it from where the sheet lies.
function address(rule) {
  const said = /url\(["']?([^"')]+)/.exec(rule.style.getPropertyValue("src"))?.[1] ?? "";
  return new URL(said, rule.parentStyleSheet.href ?? document.baseURI).href;
}

async function inside(rule) {
  const file = await (await fetch(address(rule))).blob();
  const data = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(file);
  });
  return rule.cssText.replace(/url\([^)]*\)/, () => `url("${data}")`);
}

async function painted(file, drawing) {
  const address = URL.createObjectURL(file);
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = drawing.getAttribute("width") * SHARP;
  canvas.height = drawing.getAttribute("height") * SHARP;
  const brush = canvas.getContext("2d");
  for (const wait of [0, SETTLED]) { // the first stroke makes the browser read the typefaces
    await new Promise((done) => setTimeout(done, wait));
    brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function hand(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
