// Starts the page. Trunk puts a hash into the names of the code's files, and links to them in the head (Trunk.toml).
const code = document.querySelector('link[rel="modulepreload"]').href;
const wasm = document.querySelector('link[rel="preload"][as="fetch"]').href;
const { default: start } = await import(code);
await start({ module_or_path: wasm });
