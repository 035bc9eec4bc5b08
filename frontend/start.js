// One panel alone, and the theme, if the page's address asks for them. The style sheet needs them before the code is there.
const wanted = new URLSearchParams(location.search);
for (const name of ["panel", "theme"]) if (wanted.get(name)) document.documentElement.dataset[name] = wanted.get(name);
// The settings and the connection are requested while the code is being loaded, because they take round trips. The code takes them over
// (frontend/src/early.rs).
//
// What the code says first if the page's address and the browser's storage ask for nothing else. It is said when the code is there, before
// it has started. Not sooner, because the answer may be as large as the code, which would then be late.
const HELLO = '{"action":"subscribe","id":1,"filter":"*","rewind":{"ms":300000}}';
const early = (globalThis.early = {
  config: fetch("config.json").then(async (answer) => [answer.status, await answer.text()]).catch(() => {}),
});
early.config.then(connect).catch(() => {});
function connect([status, text]) {
  const { ws, token, recording } = status < 300 ? JSON.parse(text) : {};
  if (status >= 500 || recording || wanted.has("demo") || location.hash.includes("token=")) return;
  const url = ws ?? `${location.origin.replace("http", "ws")}/ws`;
  const kept = sessionStorage.getItem("tickertape.token") ?? token;
  const protocols = kept ? ["tickertape.v1", `bearer.${kept}`] : [];
  early.key = [url, ...protocols].join(" ");
  early.socket = new WebSocket(url, protocols);
  early.socket.onopen = () => (early.hasOpened = true);
}
function greet() {
  const { socket } = early;
  if (socket?.readyState !== WebSocket.OPEN || location.search || location.hash || localStorage.getItem("tickertape.window")) return;
  socket.send(HELLO);
  const moment = () => [performance.now(), Date.now()];
  early.hello = [HELLO, ...moment()];
  early.frames = [];
  socket.onmessage = ({ data }) => early.frames.push([data, ...moment()]);
}
// After the first picture (frontend/src/first_picture.rs), because a service worker loads all of the page. Only pages from HTTPS or
// localhost may have one. If the browser refuses it, the page works without it.
addEventListener("first-picture", () => navigator.serviceWorker?.register("worker.js", { updateViaCache: "none" }).catch(() => {}));
// Starts the page. Trunk puts a hash into the names of the code's files, and links to them in the head (Trunk.toml).
const code = document.querySelector('link[rel="modulepreload"]').href;
const wasm = document.querySelector('link[rel="preload"][type="application/wasm"]').href;
try {
  const [{ default: start }, compiled] = await Promise.all([import(code), WebAssembly.compileStreaming(fetch(wasm))]);
  // A browser may refuse access to its storage.
  await Promise.resolve().then(greet).catch(() => {});
  await start({ module_or_path: compiled });
} catch (error) {
  early.socket?.close();
  // If the page is there, the error is one of its own, and the page shows what it can.
  document.querySelector("#shell [role=alert]")?.removeAttribute("hidden");
  throw error;
}
