//! Commands with which data can be published, with this page's own address, ready to copy.

use leptos::html;
use leptos::prelude::*;
use shared::board_config::Addresses;
use wasm_bindgen::JsCast;

use crate::follow::{click, current, follow, parts};
use crate::late_style;
use crate::signal::{Memo, RwSignal};

/// WebSocket address that the `tickertape` program uses if `--url` is not given.
const DEFAULT_WS: &str = "ws://127.0.0.1:8080/ws";
/// Duration for which a "Copy" button shows "Copied" after it was pressed.
const DONE: std::time::Duration = std::time::Duration::from_millis(1_600);

/// Text that is added to a command so that curl or websocat sends the token.
const AUTHORIZATION: &str = " \\\n  -H \"Authorization: Bearer $TICKERTAPE_TOKEN\"";

/// One way to publish: a title, an explanation and a command.
struct Recipe {
    title: &'static str,
    words: &'static str,
    command: String,
}

/// Number of commands that an empty board shows.
const FEW: usize = 2;

/// The commands to show.
#[derive(Clone, Copy)]
pub struct Recipes {
    /// True if the page sends a token to the server. The commands then contain one, too.
    pub has_token: Memo<bool>,
    /// True to show all commands with explanations, false for the first ones without.
    pub all: bool,
}

/// Shows commands with which data can be published.
pub fn show(which: Recipes) -> AnyView {
    late_style::adopt(include_str!("../style/late/recipes.css"));
    let addresses: RwSignal<Addresses> = expect_context();
    let shown = move || {
        let recipes = recipes(&addresses.get(), which.has_token.get()).into_iter();
        match which.all {
            true => parts(recipes.map(recipe)),
            false => parts(recipes.take(FEW).map(|recipe| view! { <Command text=recipe.command /> })),
        }
    };
    follow(shown).into_any()
}

fn recipe(recipe: Recipe) -> impl IntoView {
    view! {
        <section class="recipe">
            <h3>{recipe.title}</h3>
            <p>{recipe.words}</p>
            <Command text=recipe.command />
        </section>
    }
}

#[component]
fn Command(text: String) -> impl IntoView {
    let code = NodeRef::<html::Code>::new();
    let done = RwSignal::new(false);
    let copied = text.clone();
    let copy = click(move || {
        if let Some(code) = code.get_untracked() {
            put_on_clipboard(&copied, &code);
        }
        done.set(true);
        set_timeout(move || done.set(false), DONE);
    });
    view! {
        <div class="command">
            <pre tabindex="0"><code node_ref=code>{text}</code></pre>
            <button class="tool" class:is-done=current(done) type="button" on:click=copy>
                {follow(move || if done.get() { copied_word() } else { "Copy" }.to_owned())}
            </button>
        </div>
    }
}

fn recipes(addresses: &Addresses, with_token: bool) -> Vec<Recipe> {
    let http = &addresses.http;
    let header = if with_token { AUTHORIZATION } else { "" };
    let url = if addresses.ws == DEFAULT_WS { String::new() } else { format!(" --url {}", addresses.ws) };
    vec![
        Recipe {
            title: "A number",
            words: "A number is shown as a large figure with its history. A word, true or false is shown as a state.",
            command: format!("curl -d 21.5 {http}/topics/kitchen/temp{header}"),
        },
        Recipe {
            title: "Several series",
            words: "Each field of an object becomes a line in one chart.",
            command: format!("curl -d '{{\"in\": 21.5, \"out\": 4}}' {http}/topics/house/climate{header}"),
        },
        Recipe {
            title: "The output of a program",
            words: "Numbers, key=value pairs, JSON, logfmt, CSV and other formats. The format is recognised.",
            command: format!("vmstat -n 1 | tickertape pipe lab/vmstat{url}"),
        },
        Recipe {
            title: "This machine",
            words: "CPU, memory, load, network, disks and processes, every second.",
            command: format!("tickertape host{url}"),
        },
        Recipe {
            title: "Any WebSocket client",
            words: "Connect, then send this text message. PROTOCOL.md describes all messages.",
            command: format!(
                "websocat {}{header}\n{}",
                addresses.ws, r#"{"action": "publish", "id": 1, "topic": "kitchen/temp", "data": 21.5}"#
            ),
        },
    ]
}

/// Copies the text to the clipboard. Browsers permit this only to pages that use TLS or come from this machine. On
/// other pages the command is selected, so that the reader can copy it with the keyboard.
fn put_on_clipboard(text: &str, code: &web_sys::HtmlElement) {
    if window().is_secure_context() {
        let _copying = window().navigator().clipboard().write_text(text);
    } else if let Ok(Some(selection)) = window().get_selection() {
        let _selected = selection.select_all_children(code.unchecked_ref());
    }
}

fn copied_word() -> &'static str {
    if window().is_secure_context() { "Copied" } else { "Selected" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(ws: &str, http: &str) -> Vec<String> {
        commands_with(ws, http, false)
    }

    fn commands_with(ws: &str, http: &str, token: bool) -> Vec<String> {
        let addresses = Addresses { ws: ws.into(), http: http.into() };
        recipes(&addresses, token).into_iter().map(|recipe| recipe.command).collect()
    }

    #[test]
    fn every_command_takes_its_token_from_the_same_variable() {
        for command in commands_with("wss://api.example/prod", "https://x.example", true) {
            let is_ours = command.contains("tickertape ");
            assert!(
                is_ours || command.contains("-H \"Authorization: Bearer $TICKERTAPE_TOKEN\""),
                "{command}"
            );
        }
    }

    #[test]
    fn every_command_carries_the_servers_own_address() {
        for command in commands("wss://board.example/ws", "https://board.example") {
            assert!(command.contains("://board.example/"), "{command}");
        }
    }

    #[test]
    fn the_usual_address_is_not_repeated_to_a_program_that_knows_it() {
        let commands = commands(DEFAULT_WS, "http://127.0.0.1:8080");
        assert!(commands.contains(&"tickertape host".to_owned()));
        assert_eq!(commands[0], "curl -d 21.5 http://127.0.0.1:8080/topics/kitchen/temp");
    }

    #[test]
    fn the_message_for_sending_by_hand_is_one_that_the_server_knows() {
        let commands = commands(DEFAULT_WS, "http://127.0.0.1:8080");
        let message = commands[4].lines().nth(1).unwrap();
        assert!(matches!(serde_json::from_str(message), Ok(shared::ClientMessage::Publish(_))), "{message}");
    }
}
