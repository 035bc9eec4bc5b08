//! The program that runs in the browser. It shows the board in the page.

fn main() {
    // The page that is split has no messages of panics (xtask/tools/wasm-bindgen).
    #[cfg(not(split))]
    console_error_panic_hook::set_once();
    frontend::app::open();
}
