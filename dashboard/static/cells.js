// Tables and maps of many cells travel as a few lines of text and are unfolded here: so they stay
// small on the wire and still are real tables and links, for the keyboard and for screen readers.
(() => {
  const [BASE, SLOTS, PAIRS] = [88, 1100, 7040]; // as in ui/cells.py
  const KEPT = ["plan", "as_of", "method"];
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  let isAwaited = false; // a cell was chosen here: what it leads to shall come into sight

  const make = (name, kind, text) => {
    const element = document.createElement(name);
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const address = (page, choices) => {
    const query = new URLSearchParams();
    const now = new URLSearchParams(window.location.search);
    KEPT.forEach((name) => now.has(name) && query.set(name, now.get(name)));
    Object.entries(choices).forEach(([name, code]) => query.set(name, code));
    return `${page}?${query}`;
  };

  const link = (text, page, name, code) => {
    const element = make("a", "", text);
    element.href = address(page, { [name]: code });
    element.target = "_self";
    return element;
  };

  const mark = (cell, [step, sign, , texture]) => {
    cell.classList.add("hw-c", `hw-k-${step}`);
    if (texture) cell.classList.add(`hw-${texture}`);
    if (texture !== "hatched") cell.append(make("b", "", sign));
  };

  const dot = (level) => make("i", `hw-dot hw-dot-${level}`);

  // A figure is a number of two or three signs that holds value and year (`ui/cells.py` says how),
  // or written out. Returns its text, its year, and where the next cell begins.
  const figure = (told, line, at) => {
    const digit = (place) => told.alphabet.indexOf(line[place]);
    const first = digit(at);
    if (first === BASE - 1) {
      let end = at + 1;
      while (line[end] !== "~" && !told.years.includes(line[end])) end += 1;
      const back = told.years.indexOf(line[end]);
      return [line.slice(at + 1, end), back < 0 ? "" : told.latest - back, end + 1];
    }
    const wide = first < PAIRS / BASE ? 2 : 3;
    let whole = first * BASE + digit(at + 1);
    if (wide === 3) whole = PAIRS + (whole - PAIRS) * BASE + digit(at + 2);
    const slot = whole % SLOTS;
    const value = slot > 1000 ? (slot - 1000) / 100 : slot / 10;
    return [String(value).replace(".", told.point), told.latest - Math.floor(whole / SLOTS), at + wide];
  };

  // The cells of a row of single series: a code says status, move and confidence of each.
  const series = (told, line) => {
    const found = [];
    let at = 0;
    while (at < line.length) {
      const place = told.alphabet.indexOf(line[at]) * 3;
      const [status, move, sure] = [0, 1, 2].map((n) => told.alphabet.indexOf(told.codes[place + n]));
      const [value, year, end] =
        sure < told.sure.length ? ["", "", at + 1] : figure(told, line, at + 1);
      found.push({ status, move, sure: sure % told.sure.length, value, year });
      at = end;
    }
    return found;
  };

  const single = (told, cell, { status, move, sure, value, year }, behind) => {
    const said = [told.marks[status][2]];
    mark(cell, told.marks[status]);
    if (value) said.push(year ? `${value} (${year})` : value);
    if (move) {
      cell.append(make("s", "", told.moves[move][0]));
      said.push(told.moves[move][1]);
    }
    if (value) cell.append(make("span", "", value));
    const [n, of] = (behind || "").split("/").map(Number);
    if (of) {
      cell.append(dot(Math.round((n / of) * 4)));
      said.push(told.states.replace("{n}", n).replace("{of}", of));
    }
    if (sure) {
      if (!of) cell.append(dot(told.sure[sure][0]));
      said.push(told.sure[sure][1]);
      if (told.sure[sure][0] === 0) cell.classList.add("hw-low");
    }
    return said;
  };

  // Many series: how many have each status, how many moved which way.
  const many = (told, cell, text) => {
    const [, counts, better, worse] = /^([^+-]*)(?:\+(\d+))?(?:-(\d+))?$/.exec(text);
    const found = told.marks.map(() => 0);
    for (const [, letter, n] of counts.matchAll(/(\D)(\d*)/g)) {
      found[told.years.indexOf(letter)] = Number(n || 1);
    }
    const total = found.reduce((sum, n) => sum + n, 0);
    if (!total) return [told.nothing];
    const strip = make("span", "hw-strip");
    let [assessed, good, silent] = [0, 0, 0];
    const said = [];
    found.forEach((n, place) => {
      if (!n) return;
      const [step, , word, texture, isVerdict, isGood] = told.marks[place];
      const part = make("span", `hw-k-${step}${texture ? ` hw-${texture}` : ""}`);
      part.style.setProperty("--n", n);
      strip.append(part);
      said.push(`${word} ${n}`);
      assessed += isVerdict ? n : 0;
      good += isGood ? n : 0;
      silent += texture === "hatched" ? n : 0;
    });
    const [up, down] = [Number(better || 0), Number(worse || 0)];
    const move = up + down === 0 ? 0 : up > down ? 1 : up < down ? 3 : 2;
    cell.classList.add("hw-many");
    const line = make("span", "hw-line");
    line.append(dot(Math.round(((total - silent) / total) * 4)));
    line.append(make("span", "", assessed ? `${good}/${assessed}` : "–"));
    if (move) line.append(make("s", "", told.moves[move][0]));
    cell.append(line, strip);
    said.unshift(told.good.replace("{good}", good).replace("{of}", assessed));
    said.push(told.reported.replace("{n}", total - silent).replace("{of}", total));
    if (up + down) said.push(told.turns.replace("{up}", up).replace("{down}", down));
    return said;
  };

  const isChosen = (row, column) => {
    const now = new URLSearchParams(window.location.search);
    return now.get("row") === row && now.get("column") === column;
  };

  const table = (told) => {
    const found = make("table", told.form === "one" ? "hw-grid" : "hw-grid hw-grid-many");
    found.setAttribute("role", "grid");
    found.setAttribute("aria-label", told.label);
    const head = found.createTHead().insertRow();
    const corner = make("th", "", told.corner);
    corner.scope = "col";
    head.append(corner);
    told.columns.forEach(([code, short, title]) => {
      const cell = make("th", told.form === "one" ? "hw-up" : "");
      cell.scope = "col";
      cell.title = title;
      cell.append(link(short, told.ahead[0], told.ahead[1], code));
      head.append(cell);
    });
    const last = make("th", "hw-num", told.about);
    last.scope = "col";
    head.append(last);
    const body = found.createTBody();
    const lines = told.cells.split("|");
    const behind = (told.behind || "").split("|");
    let place = 0;
    told.rows.forEach((line) => {
      const shown = line.split("|");
      row(told, body, shown, lines[place], behind[place]);
      if (shown[0]) place += 1; // a band has no cells
    });
    return found;
  };

  const row = (told, body, [code, name, n, of], codes, behind) => {
    const line = body.insertRow();
    if (!told.columns.length || n === undefined) {
      const band = make("th", "hw-band", name);
      band.colSpan = told.columns.length + 2;
      line.append(band);
      return;
    }
    const head = make("th");
    head.scope = "row";
    head.append(told.aside ? link(name, told.aside[0], told.aside[1], code) : name);
    line.append(head);
    const found = told.form === "one" ? series(told, codes) : codes.split(" ");
    const counts = (behind || "").split(" ");
    told.columns.forEach(([column, , title], place) => {
      const cell = line.insertCell();
      const said =
        told.form === "one"
          ? single(told, cell, found[place], counts[place])
          : many(told, cell, found[place]);
      cell.setAttribute("role", "gridcell");
      cell.tabIndex = -1;
      cell.title = `${name}, ${title}: ${said.join(told.comma)}`;
      cell.setAttribute("aria-label", cell.title);
      cell.dataset.row = code;
      cell.dataset.column = column;
      if (isChosen(code, column)) cell.setAttribute("aria-selected", "true");
    });
    line.append(make("td", "hw-num", told.of.replace("{n}", n).replace("{of}", of)));
  };

  const map = (told) => {
    const found = make("div", "hw-tiles");
    found.setAttribute("role", "group");
    found.setAttribute("aria-label", told.label);
    const places = told.rows.map((line) => line.split("|"));
    found.style.setProperty("--wide", Math.max(...places.map((one) => Number(one[2]))) + 1);
    places.forEach(([code, name, column, down, status, text]) => {
      const tile = link("", told.ahead[0], told.ahead[1], code);
      const sort = told.marks[Number(status)];
      tile.append(make("span", "", code));
      mark(tile, sort);
      tile.style.gridArea = `${Number(down) + 1} / ${Number(column) + 1}`;
      tile.title = [name, sort[2], text].filter(Boolean).join(told.comma);
      tile.setAttribute("aria-label", tile.title);
      tile.tabIndex = -1;
      found.append(tile);
    });
    return found;
  };

  const unfold = (packed) => {
    const told = JSON.parse(packed.textContent);
    packed.replaceWith(told.form === "tiles" ? map(told) : table(told));
  };

  const cells = (whole) => [...whole.querySelectorAll("td[tabindex], .hw-tiles > a")];

  // One stop for the tab key in each table or map; arrows lead on from there.
  const stop = (whole, cell) => {
    whole.querySelectorAll('[tabindex="0"]').forEach((one) => (one.tabIndex = -1));
    cell.tabIndex = 0;
  };

  const next = (whole, from, [x, y]) => {
    const here = from.getBoundingClientRect();
    let [best, least] = [null, Infinity];
    cells(whole).forEach((one) => {
      const there = one.getBoundingClientRect();
      const along = x * (there.left - here.left) + y * (there.top - here.top);
      const aside = Math.abs(y * (there.left - here.left)) + Math.abs(x * (there.top - here.top));
      const far = along + 3 * aside;
      if (along > 2 && aside < 4 * here.height && far < least) [best, least] = [one, far];
    });
    return best;
  };

  const choose = (cell) => {
    const to = new URL(window.location.href);
    to.searchParams.set("row", cell.dataset.row);
    to.searchParams.set("column", cell.dataset.column);
    isAwaited = true;
    window.history.pushState({}, "", to.pathname + to.search);
    window.dispatchEvent(new PopStateEvent("popstate"));
  };

  const packed = document.getElementsByClassName("hw-packed");
  const picked = document.getElementsByClassName("hw-picked");
  const look = () => {
    while (packed.length) {
      const around = packed[0].parentElement;
      unfold(packed[0]);
      const first = around.querySelector('[aria-selected="true"]') || cells(around)[0];
      if (first) first.tabIndex = 0;
    }
    const part = picked[0];
    const now = window.location.search;
    if (isAwaited && part && part.dataset.seen !== now) {
      isAwaited = false;
      part.dataset.seen = now;
      part.scrollIntoView({ block: "center", behavior: "auto" });
    }
  };
  const follow = () => {
    document.querySelectorAll(".hw-grid td[tabindex]").forEach((cell) => {
      if (isChosen(cell.dataset.row, cell.dataset.column)) cell.setAttribute("aria-selected", "true");
      else cell.removeAttribute("aria-selected");
    });
  };
  window.addEventListener("popstate", follow);
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.(".hw-grid td[tabindex]");
    if (!cell) return;
    stop(cell.closest(".hw-grid"), cell);
    choose(cell);
  });
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.(".hw-grid td[tabindex], .hw-tiles > a");
    if (!cell || event.metaKey || event.ctrlKey || event.altKey) return;
    const whole = cell.closest(".hw-grid, .hw-tiles");
    if (cell.matches("td") && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      choose(cell);
      return;
    }
    const way = ARROWS[event.key];
    const there = way && next(whole, cell, way);
    if (!way) return;
    event.preventDefault();
    if (!there) return;
    stop(whole, there);
    there.focus();
  });
})();
