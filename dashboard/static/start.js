// The dashboard stands at the root of its address: no page need search for it below its own name.
window.__streamlit = { BACKEND_BASE_URL: window.location.origin + "/" };

// A link from page to page leads there without loading the dashboard again: the way that Back takes.
const OUTSIDE = /^\/(account|api|assets|download|evidence|media|static|component|_stcore)(\/|$)/;
const NARROW = 768;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('[data-testid="stHtml"] a[href]');
  const isAside = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || isAside || event.button !== 0 || event.defaultPrevented) return;
  const to = new URL(link.href);
  const here = window.location;
  if (to.origin !== here.origin && to.protocol.startsWith("http")) {
    link.target = "_blank"; // Streamlit takes it out of what it shows
    link.rel = "noopener noreferrer nofollow";
  }
  if (to.origin !== here.origin || OUTSIDE.test(to.pathname)) return;
  const isOtherPage = to.pathname !== here.pathname;
  const isOther = isOtherPage || to.search !== here.search;
  if (!isOther && to.hash) return;
  event.preventDefault();
  if (isOther) window.history.pushState({}, "", to.pathname + to.search + to.hash);
  window.dispatchEvent(new PopStateEvent("popstate"));
  if (isOtherPage) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  if (link.closest('[data-testid="stSidebar"]') && window.innerWidth < NARROW) {
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  }
});

// A chart is saved as a picture: by our buttons, and by Plotly's camera, whose own picture would
// lack the typefaces.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-image][data-chart]");
  const camera = event.target.closest?.('.modebar-btn[data-title^="Download plot"]');
  if (!button && !camera) return;
  event.stopPropagation();
  const place = button && document.querySelector(".st-key-" + CSS.escape(button.dataset.chart));
  const plot = button ? place?.querySelector(".js-plotly-plot") : camera.closest(".js-plotly-plot");
  if (plot) import("/assets/picture.js").then(({ save }) => save(plot, button?.dataset.image ?? "png"));
}, true);

// On paper charts take the width there is, and a page shown dark is printed light.
window.addEventListener("beforeprint", () => {
  for (const layer of document.querySelectorAll(".js-plotly-plot .main-svg")) {
    const { width, height } = layer;
    layer.setAttribute("viewBox", `0 0 ${width.baseVal.value} ${height.baseVal.value}`);
  }
  const app = document.querySelector(".stApp");
  const shades = app ? getComputedStyle(app).backgroundColor.match(/\d+/g).slice(0, 3) : [255];
  document.documentElement.classList.toggle("hw-dark", Math.max(...shades.map(Number)) < 128);
});

// The grid of entry has a script of its own, fetched where one is shown.
const sheets = document.getElementsByClassName("hw-sheet");
new MutationObserver(() => {
  for (const sheet of sheets) {
    if (sheet.dataset.asked) continue;
    sheet.dataset.asked = "yes";
    import("/assets/sheet.js").then(({ open }) => sheet.isConnected && open(sheet));
  }
}).observe(document.documentElement, { childList: true, subtree: true });
