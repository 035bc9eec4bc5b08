// Starts the page. Trunk names the code by its content and says in the head where it is (Trunk.toml).
const code = document.querySelector('link[rel="modulepreload"]').href;
const wasm = document.querySelector('link[rel="preload"][as="fetch"]').href;
const { default: start } = await import(code);
await start({ module_or_path: wasm });
