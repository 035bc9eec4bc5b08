//! The program that runs in the browser. It shows the board in the page.

use frontend::app::App;
use leptos::mount::mount_to_body;
use leptos::prelude::document;

fn main() {
    // The page that is split has no messages of panics (xtask/tools/wasm-bindgen).
    #[cfg(not(feature = "split"))]
    console_error_panic_hook::set_once();
    // The header that index.html shows while the code is being loaded.
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    mount_to_body(App);
}
