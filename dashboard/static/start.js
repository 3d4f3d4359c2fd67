// The dashboard stands at the root of its address: no page need search for it below its own name.
window.__streamlit = { BACKEND_BASE_URL: window.location.origin + "/" };
