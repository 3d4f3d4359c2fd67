// The dashboard stands at the root of its address: no page need search for it below its own name.
window.__streamlit = { BACKEND_BASE_URL: window.location.origin + "/" };

// A link from page to page leads there without loading the dashboard again: the way that Back takes.
const OUTSIDE = /^\/(account|api|assets|media|static|component|_stcore)(\/|$)/;
const NARROW = 768;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('[data-testid="stHtml"] a[href]');
  const isAside = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || isAside || event.button !== 0 || event.defaultPrevented) return;
  const to = new URL(link.href);
  const here = window.location;
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
