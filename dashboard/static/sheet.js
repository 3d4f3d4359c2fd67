// The grid of entry: plain fields in a plain table, so that no key is lost while one opens.
// What is typed is kept in this browser with every key and sent to the server in the background;
// a dead line, a closed tab or a restarted server delay that, and lose nothing.
const KEPT = "hw-sheet";
const WAIT = 350; // milliseconds after the last key
const AGAIN = 1500; // milliseconds before another try
const REST = 700; // milliseconds without anything to send before the doubts are looked at anew
const edits = new Map(); // what is not kept by the server yet, by cell
const acks = new Map(); // what the server kept last, and when
let [timer, looking, isBusy, last] = [0, 0, false, ["", ""]];

const make = (name, kind, text) => {
  const element = document.createElement(name);
  if (kind) element.className = kind;
  if (text !== undefined) element.textContent = text;
  return element;
};

const name = (about, row) => [about.person, about.plan, about.area, ...row.cell].join("|");

// Kept in this browser ---------------------------------------------------------------------------

const store = () => {
  try {
    if (edits.size) localStorage.setItem(KEPT, JSON.stringify([...edits]));
    else localStorage.removeItem(KEPT);
  } catch {} // a browser that keeps nothing still sends
};

const restore = () => {
  try {
    for (const [key, edit] of JSON.parse(localStorage.getItem(KEPT) || "[]")) {
      if (!edits.has(key)) edits.set(key, edit);
    }
  } catch {}
};

// Kept by the server -----------------------------------------------------------------------------

const tell = (state, text) => {
  last = [state, text];
  for (const place of document.querySelectorAll(".hw-sheet output")) {
    place.dataset.state = state;
    place.textContent = text;
  }
};

const sheet = () => document.querySelector(".hw-sheet[data-made]");

const send = async () => {
  clearTimeout(timer);
  const here = sheet()?.about;
  if (!here || isBusy) return;
  const own = [...edits].filter(([, edit]) => edit.person === here.person);
  if (!own.length) return;
  const [, { plan, area }] = own[0];
  const batch = own.filter(([, edit]) => edit.plan === plan && edit.area === area);
  const cells = batch.map(([, { cell, fields, seen, remembered }]) => [cell, fields, seen, remembered]);
  const body = JSON.stringify({ plan, area, window: here.window, since: here.since, cells });
  isBusy = true;
  let [answer, told] = [null, null];
  try {
    answer = await fetch("/drafts", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      keepalive: body.length < 60000,
    });
    told = await answer.json();
  } catch {}
  isBusy = false;
  if (answer?.ok && told) {
    for (const [key, edit] of batch) {
      if (edits.get(key) === edit) edits.delete(key);
      acks.set(key, { fields: edit.fields, at: told.at });
    }
    store();
    if (edits.size) return void send();
    tell("kept", here.words.kept);
    look(told.at);
  } else if (answer && answer.status < 500 && answer.status !== 429) {
    tell("refused", told?.said || here.words.waiting);
  } else {
    tell("waiting", here.words.waiting);
    timer = setTimeout(send, AGAIN);
  }
};

// The doubts beside the grid are the server's: its own button looks at them anew. While the line of
// the page itself is down that button is dead, and a server that was started again knows it no more:
// so the whole page is asked for where the look does not become newer than the key.
const looked = () => document.querySelector(".hw-looked")?.dataset.at ?? "";
const look = (since, tries = 0) => {
  clearTimeout(looking);
  looking = setTimeout(() => {
    if (edits.size || (tries && looked() > since) || tries > 7) return;
    if (tries > 1) window.dispatchEvent(new PopStateEvent("popstate"));
    else document.querySelector('[class*="st-key-grid_look"] button')?.click();
    look(since, tries + 1);
  }, REST * 2 ** tries);
};

const soon = (wait) => {
  clearTimeout(timer);
  clearTimeout(looking);
  timer = setTimeout(send, wait);
};

// Typing -----------------------------------------------------------------------------------------

const change = (whole, at) => {
  const { about } = whole;
  const row = about.rows[at];
  const fields = {};
  for (const field of whole.querySelectorAll(`[data-row="${at}"]`)) {
    fields[field.dataset.field] = field.value;
  }
  edits.set(name(about, row), {
    person: about.person,
    plan: about.plan,
    area: about.area,
    cell: row.cell,
    seen: row.seen,
    remembered: row.remembered,
    fields,
  });
  store();
  tell("typing", about.words.typing);
};

const go = (whole, row, field) => {
  const there = whole.querySelector(`[data-row="${row}"][data-field="${field}"]`);
  there?.focus();
  there?.select?.();
  return Boolean(there);
};

// Cells as a spreadsheet copies them: tabs, line ends, and quotes around what holds either.
const cells = (text) => {
  const rows = [[]];
  const found = /("(?:[^"]|"")*"(?=[\t\r\n]|$)|[^\t\r\n]*)(\t|\r\n|\n|\r|$)/g;
  for (const [whole, said, end] of text.matchAll(found)) {
    if (!whole && !end) break;
    const isQuoted = said.length > 1 && said.startsWith('"') && said.endsWith('"');
    rows.at(-1).push(isQuoted ? said.slice(1, -1).replaceAll('""', '"') : said);
    if (end && end !== "\t") rows.push([]);
    if (!end) break;
  }
  if (rows.at(-1).length === 0) rows.pop();
  return rows;
};

const put = (field, text) => {
  const said = text.trim();
  if (field.tagName !== "SELECT") {
    field.value = said.slice(0, field.maxLength > 0 ? field.maxLength : undefined);
    return;
  }
  const same = (option) => [option.value, option.text].some((word) => word.toLowerCase() === said.toLowerCase());
  const option = [...field.options].find(same);
  if (option) field.value = option.value;
};

const paste = (whole, field, text) => {
  const names = whole.about.fields.map(([code]) => code);
  const first = names.indexOf(field.dataset.field);
  const start = Number(field.dataset.row);
  const block = cells(text);
  let over = 0;
  block.forEach((row, down) => {
    row.forEach((said, right) => {
      const at = `[data-row="${start + down}"][data-field="${names[first + right]}"]`;
      const place = whole.querySelector(at);
      if (place) put(place, said);
      else if (said.trim()) over += 1;
    });
    if (whole.about.rows[start + down]) change(whole, start + down);
  });
  soon(0);
  if (over) tell("refused", whole.about.words.over.replace("{n}", over));
};

const keys = (event) => {
  const field = event.target.closest?.("[data-field]");
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const isList = field.tagName === "SELECT";
  const way = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way || (isList && event.key !== "Enter")) return;
  event.preventDefault();
  const whole = field.closest(".hw-sheet");
  if (!go(whole, Number(field.dataset.row) + way, field.dataset.field)) soon(0);
};

// The table --------------------------------------------------------------------------------------

const field = (about, row, at, [code, head, longest]) => {
  const isList = code === "status";
  const made = make(isList ? "select" : "input");
  if (isList) {
    for (const [value, label] of [["", ""], ...about.gaps]) made.add(new Option(label, value));
  } else {
    made.type = "text";
    made.maxLength = longest;
    made.autocomplete = "off";
    made.spellcheck = code !== "value" && code !== "evidence";
    if (code === "value") made.inputMode = row.isText ? "text" : "decimal";
  }
  made.dataset.row = at;
  made.dataset.field = code;
  made.setAttribute("aria-label", `${row.shown[0]}: ${head}`);
  return made;
};

const unfold = (whole) => {
  const about = JSON.parse(whole.firstElementChild.textContent);
  whole.about = about;
  whole.dataset.made = "yes";
  const frame = make("div", "hw-scroll");
  const table = frame.appendChild(make("table", "hw-table"));
  table.append(make("caption", "", about.label));
  const top = table.createTHead().insertRow();
  for (const [head, help] of [...about.heads, ...about.fields.map(([, label, , said]) => [label, said])]) {
    const made = top.appendChild(make("th", "", head));
    made.scope = "col";
    if (help) made.title = help;
  }
  const body = table.createTBody();
  about.rows.forEach((row, at) => {
    const line = body.insertRow();
    row.shown.forEach((text, place) => {
      const made = line.appendChild(make(place ? "td" : "th", "", text));
      if (!place) made.scope = "row";
    });
    const key = name(about, row);
    const ack = acks.get(key);
    const known = edits.get(key)?.fields ?? (ack && ack.at > about.since ? ack.fields : row.typed);
    for (const each of about.fields) {
      const made = field(about, row, at, each);
      made.value = known[each[0]] ?? "";
      line.insertCell().append(made);
    }
  });
  const state = make("output");
  state.setAttribute("role", "status");
  whole.append(frame, state);
  if (last[1]) tell(...last);
};

const leave = (event) => {
  if (event.target.matches?.(".hw-sheet [data-field]")) soon(0);
};

document.addEventListener("input", (event) => {
  const at = event.target.closest?.(".hw-sheet [data-field]");
  if (!at) return;
  change(at.closest(".hw-sheet"), at.dataset.row);
  soon(WAIT);
});
document.addEventListener("change", leave);
document.addEventListener("keydown", (event) => event.target.closest?.(".hw-sheet") && keys(event));
document.addEventListener("paste", (event) => {
  const at = event.target.closest?.(".hw-sheet [data-field]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!at || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
  event.preventDefault();
  paste(at.closest(".hw-sheet"), at, text);
});
window.addEventListener("pagehide", () => send());
window.addEventListener("online", () => send());

const dress = () => {
  if (document.querySelector("link[data-sheet]")) return;
  const link = make("link");
  Object.assign(link, { rel: "stylesheet", href: "/assets/sheet.css" });
  link.dataset.sheet = "yes";
  document.head.append(link);
};

// Called whenever a sheet came into the page: the first time, or again with another content.
export const open = (whole) => {
  const focused = document.activeElement?.dataset ?? {};
  dress();
  restore();
  unfold(whole);
  if (focused.field && !document.activeElement?.isConnected) go(whole, focused.row, focused.field);
  if (edits.size) soon(0);
};
