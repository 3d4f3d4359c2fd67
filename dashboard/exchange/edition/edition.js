// Search in the static edition: the index came as a script, and nothing is asked of any server.

const field = document.getElementById("search");
const list = document.getElementById("found");
const root = document.documentElement.dataset.root;
const MOST = 12;

const plain = (text) => text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");

function ranked(asked) {
  const words = plain(asked).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const hits = [];
  for (const entry of window.headwayIndex) {
    const name = plain(entry[0]);
    const text = `${name} ${entry[3]}`;
    if (!words.every((word) => text.includes(word))) continue;
    const starts = name.startsWith(words[0]) ? 0 : text.split(/[^\p{L}\p{N}.]+/u).some((one) => one === words[0]) ? 1 : 2;
    hits.push([starts, hits.length, entry]);
  }
  return hits.sort((one, two) => one[0] - two[0] || one[1] - two[1]).slice(0, MOST).map((hit) => hit[2]);
}

function show() {
  const hits = ranked(field.value);
  list.replaceChildren(...hits.map(([title, kind, page]) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const said = document.createElement("span");
    link.href = root + page;
    link.textContent = title;
    said.textContent = kind;
    link.append(said);
    item.append(link);
    return item;
  }));
  if (!hits.length && field.value.trim()) {
    const item = document.createElement("li");
    item.textContent = list.dataset.nothing;
    list.append(item);
  }
  list.hidden = !field.value.trim();
}

field.closest("div").hidden = false;
field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { field.value = ""; show(); }
  if (event.key === "Enter") list.querySelector("a")?.click();
  if (event.key === "ArrowDown") { event.preventDefault(); list.querySelector("a")?.focus(); }
});
