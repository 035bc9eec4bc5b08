//! Tests the palette, the keys and their list, links that are pasted, and topics that are hidden and forgotten.

use e2e::board::{open, open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::scripts::hold_answers;
use e2e::server::Server;
use e2e::wait;
use serde_json::{Value, json};

const PALETTE: &str = "dialog.palette[open]";
const FIELD: &str = "[data-testid=palette-field]";
const WORDS: &str = "[data-testid=palette-words]";
const NOTICE: &str = "[data-testid=tool-notice]";
/// The modifier of a key that means that `Ctrl` is held, in the DevTools Protocol.
const CTRL: u64 = 2;

async fn server() -> Server {
    let server = Server::start(&["--no-host"]);
    for name in ["host/cpu", "host/mem", "shop/log"] {
        server.publish(name, &json!({"in": 1, "out": 2})).await;
    }
    server
}

async fn type_text(browser: &Browser, text: &str) {
    for letter in text.chars() {
        browser.press_key(&letter.to_string(), 0).await;
    }
}

/// Opens the palette and types a text into it.
async fn search(browser: &Browser, text: &str) {
    browser.press_key("k", CTRL).await;
    browser.appears(PALETTE).await;
    browser.has_focus(FIELD).await;
    type_text(browser, text).await;
}

/// Returns the keys of the entries that the palette shows, and waits until the first of them is the expected one.
async fn finds(browser: &Browser, first: &str) -> Vec<String> {
    let keys =
        "[...document.querySelectorAll('[data-testid=palette-entry]')].map((entry) => entry.dataset.key)";
    let what = format!("{first} is found");
    let found = wait::until(&what, TIMEOUT, || async {
        let keys = browser.value(keys).await;
        let keys: Vec<String> =
            keys.as_array()?.iter().filter_map(|key| key.as_str().map(str::to_owned)).collect();
        keys.first().is_some_and(|key| key == first).then_some(keys)
    });
    found.await.0
}

#[tokio::test]
async fn boards_that_arrive_late_leave_the_chosen_entry_chosen() {
    let server = server().await;
    let url = format!("{}/boards/production", server.url());
    let saved = reqwest::Client::new().put(url).body(json!({"version": 1, "panels": []}).to_string()).send();
    assert_eq!(saved.await.expect("the server answers").status(), 200);
    for (text, key) in [("pr", None), ("", Some("ArrowUp")), ("o", Some("ArrowDown"))] {
        let browser = open(&server).await;
        browser.appears(&panel("host/mem")).await;
        browser.appears("[data-testid=search]").await;
        let slow_boards = hold_answers("url.endsWith('/boards')");
        browser.driver.execute(slow_boards, vec![]).await.expect("the script runs");
        search(&browser, text).await;
        if let Some(key) = key {
            browser.press_key(key, 0).await;
        }
        let chosen = "[data-testid=palette-entry][aria-selected=true]";
        browser.appears(chosen).await;
        let key = format!("document.querySelector('{chosen}')?.dataset.key");
        let before = browser.value(&key).await;
        browser.driver.execute("window.release()", vec![]).await.expect("the script runs");
        browser.appears("[data-key='board production']").await;
        browser.becomes(&format!("the entry that is chosen for {text:?}"), &key, before).await;
    }
}

#[tokio::test]
async fn the_palette_finds_topics_boards_and_actions_with_the_keyboard_alone() {
    let server = server().await;
    let board =
        json!({"version": 1, "title": "Shop floor", "panels": [{"sources": [{"topic": "shop/log"}]}]});
    let saved =
        reqwest::Client::new().put(format!("{}/boards/floor", server.url())).body(board.to_string()).send();
    assert_eq!(saved.await.expect("the server answers").status(), 200);
    let browser = open(&server).await;
    browser.appears(&panel("host/mem")).await;
    browser.appears("[data-testid=search]").await;

    // A topic, although a search text hides its panel, and although that field has the focus.
    browser.click_on("[data-testid=filter]").await;
    type_text(&browser, "cpu").await;
    browser.is_gone(&panel("host/mem")).await;
    search(&browser, "hmem").await;
    finds(&browser, "topic host/mem").await;
    browser.screenshot("palette").await;
    let chosen = "document.getElementById(document.querySelector('[data-testid=palette-field]')
        .getAttribute('aria-activedescendant'))?.getAttribute('aria-selected') === 'true'";
    browser.becomes("the field names the chosen entry", chosen, true).await;
    browser.press_key("Enter", 0).await;
    browser.is_gone(PALETTE).await;
    browser.has_focus(&panel("host/mem")).await;

    // An action. What was chosen before stands first.
    browser.press_key("/", 0).await;
    finds(&browser, "topic host/mem").await;
    type_text(&browser, "pause").await;
    finds(&browser, "action Pause or resume").await;
    browser.press_key("Enter", 0).await;
    browser.appears("[data-testid=paused-banner]").await;
    browser.press_key("p", 0).await;
    browser.is_gone("[data-testid=paused-banner]").await;

    // A board, by its title.
    search(&browser, "floor").await;
    finds(&browser, "board floor").await;
    browser.press_key("Enter", 0).await;
    browser.becomes("the board is in the address", "location.search.includes('board=floor')", true).await;
    browser.becomes("the title names the board", "document.title === 'Shop floor'", true).await;

    search(&browser, "nothing is called this").await;
    browser.text_becomes(WORDS, |words| words.starts_with("Nothing is found")).await;
    browser.press_key("Escape", 0).await;
    browser.is_gone(PALETTE).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn arrows_choose_an_entry_and_a_click_does_too() {
    let server = server().await;
    let browser = open(&server).await;
    browser.appears(&panel("host/mem")).await;
    browser.appears("[data-testid=search]").await;
    browser.click_on("[data-testid=search]").await;
    browser.appears(PALETTE).await;
    let keys = finds(&browser, "topic host/cpu").await;
    browser.press_key("ArrowDown", 0).await;
    let second =
        format!("document.querySelector('[aria-selected=true]')?.dataset.key === {}", json!(keys[1]));
    browser.becomes("the second entry is chosen", &second, true).await;
    browser.press_key("ArrowUp", 0).await;
    browser.press_key("ArrowUp", 0).await;
    let last =
        format!("document.querySelector('[aria-selected=true]')?.dataset.key === {}", json!(keys.last()));
    browser.becomes("the last entry is chosen", &last, true).await;
    browser
        .becomes(
            "the last entry is in sight",
            "(() => { const [option, list] = ['[aria-selected=true]', '#palette-list'].map((selector) =>
            document.querySelector(selector)?.getBoundingClientRect());
            return option?.top >= list?.top - 1 && option?.bottom <= list?.bottom + 1; })()",
            true,
        )
        .await;
    browser.press_key("ArrowDown", 0).await;
    browser
        .becomes(
            "the first entry is in sight",
            "document.querySelector('#palette-list')?.scrollTop === 0",
            true,
        )
        .await;
    browser.click_on("[data-key='topic host/mem']").await;
    browser.has_focus(&panel("host/mem")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_list_of_keys_is_shown_and_nothing_behind_it_hears_a_key() {
    let server = server().await;
    let browser = open(&server).await;
    browser.appears("[data-testid=search]").await;
    browser.press_key("?", 0).await;
    browser.appears("dialog.key-list[open]").await;
    let text = browser.text("[data-testid=key-list]").await.expect("the list is open");
    for words in [
        "Search topics, boards and actions",
        "Ctrl K",
        "Mark a moment in all charts",
        "Shift \u{2190}",
        "Space",
    ] {
        assert!(text.contains(words), "{words} is in the list");
    }
    browser.screenshot("keys").await;
    // A key does nothing behind the list.
    browser.press_key("p", 0).await;
    browser.press_key("Escape", 0).await;
    browser.is_gone("dialog.key-list[open]").await;
    assert_eq!(browser.text("[data-testid=paused-banner]").await, None);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Pastes a text into the page, outside of fields.
async fn paste(browser: &Browser, text: &str) {
    let script = format!(
        "(() => {{ const data = new DataTransfer(); data.setData('text/plain', {});
            document.body.dispatchEvent(new ClipboardEvent('paste',
                {{clipboardData: data, bubbles: true, cancelable: true}})); return true; }})()",
        Value::from(text)
    );
    browser.value(&script).await;
}

#[tokio::test]
async fn a_link_that_is_pasted_is_followed_and_one_of_another_site_is_refused_with_words() {
    let server = server().await;
    let browser = open(&server).await;
    browser.appears(&panel("host/mem")).await;
    browser.appears("[data-testid=search]").await;
    let link = format!("{}/?from=2026-11-27T14:02:00Z&to=2026-11-27T14:38:00Z&panel=host/mem", server.url());
    paste(&browser, &link).await;
    browser
        .becomes("the stretch is shown", "document.querySelector('.bar')?.matches('.is-past')", true)
        .await;
    browser.has_focus(&panel("host/mem")).await;
    browser.press_key("n", 0).await;

    paste(&browser, "https://evil.example/?board=shop").await;
    browser
        .text_becomes(NOTICE, |words| words.contains("another site, evil.example, and is not followed"))
        .await;

    // In the palette, the words below the field say what will happen.
    search(&browser, "https://evil.example/").await;
    browser.text_becomes(WORDS, |words| words.contains("another site, evil.example")).await;
    browser.press_key("Enter", 0).await;
    browser.appears(PALETTE).await;
    browser.press_key("Escape", 0).await;
    browser.is_gone(PALETTE).await;
    search(&browser, &format!("{}/topics/host/cpu", server.url())).await;
    browser.text_becomes(WORDS, |words| words.contains("Press Enter to open this link")).await;
    browser.press_key("Enter", 0).await;
    browser.has_focus(&panel("host/cpu")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_topic_is_hidden_found_again_and_forgotten_after_a_question_that_names_what_is_lost() {
    let server = server().await;
    server.publish("host/mem", &json!({"in": 3, "out": 4})).await;
    let browser = open(&server).await;
    browser.appears(&panel("host/mem")).await;
    browser.appears("[data-testid=search]").await;

    search(&browser, "hide a topic").await;
    finds(&browser, "action Hide a topic on this board").await;
    browser.press_key("Enter", 0).await;
    // The palette is closed and opened again with the question.
    browser.has_focus(&format!("{FIELD}[placeholder^='Hide which']")).await;
    type_text(&browser, "mem").await;
    finds(&browser, "topic host/mem").await;
    browser.press_key("Enter", 0).await;
    browser.is_gone(&panel("host/mem")).await;

    search(&browser, "mem").await;
    finds(&browser, "topic host/mem").await;
    browser.text_becomes("[data-key='topic host/mem'] small", |words| words.contains("hidden")).await;
    browser.press_key("Enter", 0).await;
    browser.has_focus(&panel("host/mem")).await;

    search(&browser, "forget").await;
    finds(&browser, "action Forget a topic with its history").await;
    browser.press_key("Enter", 0).await;
    browser.has_focus(&format!("{FIELD}[placeholder^='Forget which']")).await;
    type_text(&browser, "mem").await;
    finds(&browser, "topic host/mem").await;
    browser.press_key("Enter", 0).await;
    browser.text_becomes("[data-testid=forget-lost]", |words| words.contains("2 publications")).await;
    browser.screenshot("forget").await;
    // The safe answer has the focus.
    browser.press_key("Enter", 0).await;
    browser.is_gone("dialog[open]").await;
    browser.appears(&panel("host/mem")).await;

    search(&browser, "forget").await;
    finds(&browser, "action Forget a topic with its history").await;
    browser.press_key("Enter", 0).await;
    browser.has_focus(&format!("{FIELD}[placeholder^='Forget which']")).await;
    type_text(&browser, "mem").await;
    finds(&browser, "topic host/mem").await;
    browser.press_key("Enter", 0).await;
    browser.click_on("[data-testid=forget-confirm]").await;
    browser.text_becomes(NOTICE, |words| words.contains("host/mem is forgotten")).await;
    browser.is_gone(&panel("host/mem")).await;
    let gone = reqwest::get(format!("{}/topics/host/mem", server.url())).await.expect("the server answers");
    assert_ne!(gone.status(), 200);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn on_a_wall_the_palette_turns_to_the_page_of_a_topic() {
    let server = Server::start(&["--no-host"]);
    let names: Vec<String> = (10..70).map(|number| format!("host/sensor{number}")).collect();
    for name in &names {
        server.publish(name, &json!({"in": 1, "out": 2})).await;
    }
    let browser = open_at(&format!("{}/?wall", server.url())).await;
    browser.appears("[data-testid=wall-pages]").await;
    browser.appears("[data-testid=search]").await;
    search(&browser, "sensor69").await;
    finds(&browser, "topic host/sensor69").await;
    browser.screenshot("palette-wall").await;
    browser.press_key("Enter", 0).await;
    browser.has_focus(&format!("{}:not(.is-elsewhere)", panel("host/sensor69"))).await;
    browser.text_becomes("[data-testid=wall-page]", |words| words.contains("held")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
