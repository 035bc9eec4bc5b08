//! Mounts the board, once it is known where its server is.

use frontend::app::App;
use frontend::config::Config;
use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    leptos::task::spawn_local(async {
        let origin = window().location().origin().unwrap_or_default();
        let addresses = Config::fetch().await.addresses(&origin);
        mount_to_body(move || view! { <App addresses /> });
    });
}
