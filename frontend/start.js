// One panel alone, and the theme, if the page's address asks for them. The style sheet needs them before the code is there.
const wanted = new URLSearchParams(location.search);
for (const name of ["panel", "theme"]) if (wanted.get(name)) document.documentElement.dataset[name] = wanted.get(name);
// Starts the page. Trunk puts a hash into the names of the code's files, and links to them in the head (Trunk.toml).
const code = document.querySelector('link[rel="modulepreload"]').href;
const wasm = document.querySelector('link[rel="preload"][type="application/wasm"]').href;
try {
  const { default: start } = await import(code);
  await start({ module_or_path: wasm });
} catch (error) {
  // If the page is there, the error is one of its own, and the page shows what it can.
  document.querySelector("#shell b")?.replaceChildren("The page could not be loaded. Please load it again.");
  throw error;
}
// Only pages from HTTPS or localhost may have a service worker. If the browser refuses it, the page works without it.
navigator.serviceWorker?.register("worker.js", { updateViaCache: "none" }).catch(() => {});
