//! The program that runs in the browser. It shows the board in the page.

use frontend::app::App;
use leptos::mount::mount_to_body;

fn main() {
    console_error_panic_hook::set_once();
    mount_to_body(App);
}
