//! The "Add data" dialog and the page of an empty board. Both show commands with which data can be published, with
//! this page's own address, ready to copy.

use leptos::html;
use leptos::prelude::*;
use shared::board_config::Addresses;
use wasm_bindgen::JsCast;

use crate::board::Board;
use crate::follow::{click, follow, parts};
use crate::sheet;

/// WebSocket address that the `tickertape` program uses if `--url` is not given.
const DEFAULT_WS: &str = "ws://127.0.0.1:8080/ws";
/// Duration for which a "Copy" button shows "Copied" after it was pressed.
const DONE: std::time::Duration = std::time::Duration::from_millis(1_600);

/// Sentence that is added to the introduction of the dialog if the server requires a token. The commands contain a
/// variable instead of the page's token, because people copy commands into chats and documents.
const WITH_TOKEN: &str = " This server asks for a token that may publish. The commands read it from the variable TICKERTAPE_TOKEN.";
/// Text that is added to a command so that curl or websocat sends the token.
const AUTHORIZATION: &str = " \\\n  -H \"Authorization: Bearer $TICKERTAPE_TOKEN\"";

/// One way to publish: a title, an explanation and a command.
struct Recipe {
    title: &'static str,
    words: &'static str,
    command: String,
}

/// Signal that is true while the "Add data" dialog is open. It is shared as a Leptos context.
#[derive(Clone, Copy)]
pub struct AddData(pub RwSignal<bool>);

/// Shows the "Add data" dialog, which lists commands with which data can be published.
#[component]
pub fn AddDataSheet() -> impl IntoView {
    let AddData(open) = expect_context();
    let (addresses, has_token) = surroundings();
    let dialog = NodeRef::<html::Dialog>::new();
    sheet::follow(dialog, open);
    view! {
        <dialog class="sheet" aria-labelledby="add-data" node_ref=dialog on:close=move |_| open.set(false)>
            <div class="sheet-top">
                <h2 id="add-data">"Add data"</h2>
                <button class="tool" type="button" on:click=click(move || open.set(false))>"Close"</button>
            </div>
            <div class="sheet-body">
                <p>
                    "Everything that you publish appears on this board at once, in every open page. "
                    "The commands below are ready to paste."
                    {follow(move || if has_token.get() { WITH_TOKEN } else { "" }.to_owned())}
                </p>
                {follow(move || parts(recipes(&addresses.get(), has_token.get()).into_iter().map(recipe)))}
            </div>
        </dialog>
    }
}

/// Shows a board on which no topic has data yet: two commands with which data can be published.
#[component]
pub fn EmptyBoard() -> impl IntoView {
    let AddData(open) = expect_context();
    let (addresses, has_token) = surroundings();
    let first = follow(move || {
        let recipes = recipes(&addresses.get(), has_token.get()).into_iter().take(2);
        parts(recipes.map(|recipe| view! { <Command text=recipe.command /> }))
    });
    view! {
        <div class="empty" data-testid="empty">
            <h2>"Nothing has been published yet"</h2>
            <p>"Publish something, and its panel appears here. For example:"</p>
            {first}
            <button class="tool primary" type="button" on:click=click(move || open.set(true))>"More ways"</button>
        </div>
    }
}

/// Returns the server's addresses, and a memo that is true if the page sends a token to the server.
fn surroundings() -> (RwSignal<Addresses>, Memo<bool>) {
    let board: Board = expect_context();
    (expect_context(), Memo::new(move |_| board.link.with(|link| link.has_token)))
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
            <button class="tool" class:is-done=done type="button" on:click=copy>
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
