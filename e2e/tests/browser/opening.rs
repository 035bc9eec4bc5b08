//! Tests the connection that the page opens while its code is being loaded (`frontend/start.js`).

use e2e::board::panel;
use e2e::browser::Browser;
use e2e::server::Server;
use serde_json::{Value, json};

/// A JavaScript program that counts the page's sockets and collects what is sent on them.
const WATCH: &str = "window.__sockets = 0; window.__sent = [];
    window.WebSocket = class extends WebSocket {
        constructor(...given) { super(...given); window.__sockets += 1; }
        send(text) { window.__sent.push(JSON.parse(text)); super.send(text); }
    };";

/// Opens the page with `address` after its own, and waits for its data. Returns the first message that it has sent.
async fn first_message(address: &str) -> Value {
    let server = Server::start(&["--no-host"]);
    server.publish("kitchen/temp", &json!(21.5)).await;
    let browser = Browser::open(1280, 800).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH})).await;
    browser.driver.goto(format!("{}/{address}", server.url())).await.expect("the page opens");
    browser.text_becomes(&panel("kitchen/temp"), |text| text.contains("21.5")).await;
    server.publish("kitchen/temp", &json!(22.5)).await;
    browser.text_becomes(&panel("kitchen/temp"), |text| text.contains("22.5")).await;
    assert_eq!(browser.value("window.__sockets").await, 1, "the early socket is taken over");
    let sent = browser.value("window.__sent.filter((message) => message.action === 'subscribe')").await;
    assert_eq!(sent.as_array().map(Vec::len), Some(1), "{sent}");
    sent[0].clone()
}

#[tokio::test]
async fn the_page_opens_one_socket_and_subscribes_once() {
    assert_eq!(
        first_message("").await,
        json!({"action": "subscribe", "id": 1, "filter": "*", "rewind": {"ms": 300_000}})
    );
}

#[tokio::test]
async fn what_the_address_asks_for_is_subscribed_to_on_the_same_socket() {
    assert_eq!(
        first_message("?panel=kitchen%2Ftemp#window=1").await,
        json!({"action": "subscribe", "id": 1, "filter": "kitchen/temp", "rewind": {"ms": 60_000}})
    );
}

/// A JavaScript program that presses the key `e` as soon as there is a panel, and records whether the controls were there.
const PRESS_EARLY: &str = "new MutationObserver((_, observer) => {
        if (!document.querySelector('[data-testid=panel]')) return;
        observer.disconnect();
        window.__early = !!document.querySelector('.not-loaded');
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'e', bubbles: true, cancelable: true }));
    }).observe(document, { childList: true, subtree: true });";

#[tokio::test]
async fn a_key_that_is_pressed_before_the_controls_are_loaded_has_its_effect() {
    let server = Server::start(&["--no-host"]);
    server.publish("kitchen/temp", &json!(21.5)).await;
    let browser = Browser::open(1280, 800).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": PRESS_EARLY})).await;
    browser.driver.goto(server.url()).await.expect("the page opens");
    browser.appears("[data-testid=arranging]").await;
    assert_eq!(browser.value("window.__early").await, true);
}
