// How far a file of the download centre is: its link carries a ticket, and while the browser fetches
// the file this asks by the ticket how many rows of how many are sent.

const APART = 400; // milliseconds between two questions
const PATIENT = 25; // questions without a sign of the file before asking ends

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-download]");
  if (!link) return;
  const to = new URL(link.href);
  const ticket = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
  to.searchParams.set("ticket", ticket);
  link.href = to.href;
  const place = link.closest("[data-progress]");
  if (place) follow(place, ticket);
});

async function follow(place, ticket) {
  const bar = place.querySelector("progress");
  const line = place.querySelector("[data-line]");
  place.dataset.ticket = ticket;
  let unknown = 0;
  tell(place, bar, line, place.dataset.begun);
  bar.removeAttribute("value");
  while (place.dataset.ticket === ticket && place.isConnected) {
    await new Promise((done) => setTimeout(done, APART));
    let state;
    try {
      state = await (await fetch(`/download/progress?ticket=${ticket}`)).json();
    } catch {
      state = { known: false };
    }
    if (!state.known) {
      unknown += 1;
      if (unknown < PATIENT) continue;
      tell(place, bar, line, place.dataset.lost);
      return;
    }
    bar.max = Math.max(state.of, 1);
    bar.value = state.done ? bar.max : Math.min(state.rows, bar.max);
    const words = state.done ? "done" : state.failed ? "lost" : "going";
    tell(place, bar, line, place.dataset[words], state);
    if (state.done || state.failed) return;
  }
}

function tell(place, bar, line, words, state) {
  const shown = new Intl.NumberFormat(document.documentElement.lang || "en");
  line.textContent = words
    .replace("{n}", shown.format(state?.rows ?? 0))
    .replace("{of}", shown.format(state?.of ?? 0));
  bar.hidden = false;
}
