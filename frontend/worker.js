// Service worker of the page. If the server cannot be reached, a page that is loaded again is the last one that was loaded, and
// shows the last data that it had (frontend/src/last_picture.rs). Browsers run this only for pages from HTTPS or localhost.
//
// The page itself always comes from the server if the server answers, so that no old page is shown after an upgrade. Other files
// have a hash in their names and never change. Answers of the API and config.json, which may contain a token, are not kept.
const SHELL = "tickertape-shell";
const PICTURE = "tickertape-picture";
const MOST_PICTURE_CHARS = 4_000_000;
// Time to wait for the server before the kept page is shown.
const PATIENCE_MS = 8_000;

const page = new URL("./", location).href;
const picture = new URL("last-picture", location).href;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(activate()));

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const [address] = url.split(/[?#]/);
  if (method !== "GET") return;
  if (mode === "navigate" && (address === page || address === `${page}index.html`)) event.respondWith(openPage(event));
  else if (address === picture) event.respondWith(kept(PICTURE, picture).then((found) => found ?? new Response("", { status: 404 })));
  else if (isNamedByContent(address)) event.respondWith(kept(SHELL, address).then((found) => found ?? fetch(event.request)));
});

// The page sends its last data.
addEventListener("message", (event) => {
  const text = event.data;
  if (typeof text !== "string" || text.length > MOST_PICTURE_CHARS) return;
  event.waitUntil(caches.open(PICTURE).then((cache) => cache.put(picture, new Response(text))));
});

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("tickertape-") && name !== SHELL && name !== PICTURE) await caches.delete(name);
  }
  await clients.claim();
  // The page that has just installed this was loaded without it.
  await keep(await fetch(page, { cache: "no-cache" }));
}

async function openPage(event) {
  const answer = fetch(event.request);
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS));
  const first = await Promise.race([answer, late]).catch(() => undefined);
  if (first?.status < 500) {
    event.waitUntil(keep(first.clone()));
    return first;
  }
  return (await kept(SHELL, page)) ?? answer;
}

// Keeps a page with all files that it names, and drops those of earlier pages. The page is kept last, so that it is never kept
// without its files.
async function keep(answer) {
  if (!answer.ok) return;
  const text = await answer.clone().text();
  // Attributes of a page that was made small have no quotation marks.
  const names = [...text.matchAll(/(?:href|src)="?([^"\s>]+)/g)].map(([, name]) => new URL(name, page).href);
  const files = names.filter((name) => name.startsWith(page) && isNamedByContent(name));
  const cache = await caches.open(SHELL);
  for (const file of files) (await cache.match(file)) ?? (await cache.add(file));
  // The code names the list of its parts and the first of them, and the list names all others.
  for (const code of files.filter((name) => name.endsWith(".js"))) await keepNamed(code, files, cache);
  await cache.put(page, answer);
  for (const { url } of await cache.keys()) if (url !== page && !files.includes(url)) await cache.delete(url);
}

// Keeps the files whose names are in the text of a file that is kept, and adds them to `files`.
async function keepNamed(file, files, cache) {
  const text = await (await cache.match(file)).text();
  const names = [...text.matchAll(/"(\.\/[^"]+\.(?:wasm|json))"/g)].map(([, name]) => new URL(name, file).href);
  for (const name of names.filter(isNamedByContent)) {
    files.push(name);
    (await cache.match(name)) ?? (await cache.add(name));
    if (name.endsWith(".json")) await keepNamed(name, files, cache);
  }
}

async function kept(name, url) {
  return (await caches.open(name)).match(url, { ignoreVary: true });
}

function isNamedByContent(url) {
  return /-[0-9a-f]{12,}(_bg)?\.\w+$/.test(url);
}
