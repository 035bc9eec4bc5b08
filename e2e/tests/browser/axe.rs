//! Looks with axe for faults of the page that keep people with disabilities from using it, in many of its states.

use e2e::board::{open, open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::{setting, wait};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

const STATE: &str = "[data-testid=connection-state] b";

/// A browser whose pages are checked.
struct Checked {
    browser: Browser,
    script: String,
    /// The faults that were found, each with the state of the page.
    faults: Vec<String>,
}

impl Checked {
    async fn of(browser: Browser) -> Self {
        let script = std::fs::read_to_string(setting("TICKERTAPE_AXE")).expect("the script of axe");
        Self { browser, script, faults: Vec::new() }
    }

    /// Checks the page as it is, and notes what is serious or critical.
    async fn check(&mut self, state: &str) {
        // Scripts of WebDriver are not subject to the page's content security policy.
        self.browser.driver.execute(self.script.clone(), vec![]).await.expect("axe is loaded");
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(
                ({violations}) => done(violations.flatMap(({id, impact, help, nodes}) => nodes.map(({target, failureSummary}) =>
                    ({impact, words: `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`})))),
                (error) => done([{impact: 'critical', words: String(error)}]))";
        let found = self.browser.driver.execute_async(run, vec![]).await.expect("axe runs");
        for fault in found.json().as_array().into_iter().flatten() {
            if matches!(fault["impact"].as_str(), Some("serious" | "critical")) {
                self.faults.push(format!("{state}: {}", fault["words"].as_str().unwrap_or_default()));
            }
        }
    }

    async fn click(&self, selector: &str) {
        self.browser.value(&format!("document.querySelector('{selector}').click()")).await;
    }

    fn judge(&self) {
        assert!(self.faults.is_empty(), "{} faults:\n{}", self.faults.len(), self.faults.join("\n"));
    }
}

/// A server with a panel of every kind.
async fn server() -> Server {
    let server = Server::start(&["--no-host"]);
    for order in 0..5 {
        server.publish("host/cpu", &json!({"user": 20 + order, "system": 3})).await;
        server.publish("shop/orders", &json!(order)).await;
        server.publish("shop/log", &json!({"level": "error", "msg": format!("order {order} failed")})).await;
    }
    server.publish("shop/door", &json!("open")).await;
    server
        .publish(
            "shop/queues",
            &json!({"data": [{"queue": "mail", "depth": 14}, {"queue": "web", "depth": 3}]}),
        )
        .await;
    let many: serde_json::Map<String, Value> =
        (0..30).map(|core| (format!("core{core}"), json!(core))).collect();
    server.publish("host/cores", &Value::Object(many)).await;
    server
}

const PANELS: usize = 6;

async fn shows_all(browser: &Browser) {
    wait::until("all panels are there", TIMEOUT, || async {
        let count = browser.value("document.querySelectorAll('.panel').length").await;
        (count == json!(PANELS)).then_some(())
    })
    .await;
    browser.appears("[data-testid=window]").await;
    browser.appears(".rows td").await;
}

async fn is_closed(browser: &Browser) {
    wait::until("no dialog is open", TIMEOUT, || async {
        browser.text("dialog[open]").await.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn no_state_of_the_board_has_a_serious_fault() {
    let mut server = server().await;
    let mut page = Checked::of(open(&server).await).await;
    shows_all(&page.browser).await;
    page.check("live, light").await;
    page.browser.prefer("dark").await;
    page.check("live, dark").await;
    page.browser.prefer("light").await;

    page.click(".chip").await;
    page.browser.appears("[data-testid=take]").await;
    page.check("details of a panel").await;
    page.browser.keys(Key::Escape + "").await;
    page.click("[data-topic=\"host/cores\"] [data-testid=more-series]").await;
    page.check("list of all series").await;
    page.browser.keys(Key::Escape + "").await;
    page.click("[data-topic=\"host/cpu\"] .twin-switch").await;
    page.browser.appears(".twin td").await;
    page.check("table of a chart").await;
    page.click("[data-testid=connection-state]").await;
    page.check("figures of the connection").await;
    page.browser.keys(Key::Escape + "").await;
    page.click("[data-testid=add-data]").await;
    page.browser.appears(".recipe").await;
    page.check("adding data").await;
    page.browser.keys(Key::Escape + "").await;
    for (key, dialog) in [("/", "palette"), ("?", "key-list"), ("m", "tool-ask")] {
        is_closed(&page.browser).await;
        page.browser.keys(key).await;
        page.browser.appears(&format!("dialog.{dialog}[open]")).await;
        page.check(dialog).await;
        page.browser.keys(Key::Escape + "").await;
    }
    is_closed(&page.browser).await;

    page.click("[data-testid=search]").await;
    page.browser.appears("[data-testid=palette-entry]").await;
    page.check("palette").await;
    page.browser.keys(Key::Escape + "").await;
    page.browser.keys("?").await;
    page.browser.appears("[data-testid=key-list]").await;
    page.check("list of keys").await;
    page.browser.keys(Key::Escape + "").await;
    page.browser.keys("m").await;
    page.browser.appears("[data-testid=mark-words]").await;
    page.check("marking a moment").await;
    page.browser.keys(Key::Escape + "").await;

    page.browser.keys("e").await;
    page.browser.appears("[data-testid=arranging]").await;
    page.browser.appears("[data-topic=\"host/cpu\"][tabindex]").await;
    page.browser.value("document.querySelector('[data-topic=\"host/cpu\"]').focus()").await;
    page.check("arranging").await;
    page.browser.keys("s").await;
    page.browser.appears("[data-testid=settings]").await;
    page.check("settings of a panel").await;
    page.browser.keys(Key::Escape + "").await;
    page.click("[data-testid=done]").await;
    page.click("[data-testid=pause]").await;
    page.browser.appears("[data-testid=paused-banner]").await;
    page.check("paused").await;
    page.click("[data-testid=pause]").await;
    page.click("[data-testid=travel] .earlier").await;
    page.browser.text_becomes(STATE, |state| state.starts_with("Past")).await;
    page.check("past").await;
    page.click("[data-testid=now]").await;
    page.browser.text_becomes(STATE, |state| state == "Live").await;

    page.browser.resize(390, 800, 1.0).await;
    page.check("phone").await;
    page.click("[data-testid=more]").await;
    page.check("menu of a phone").await;
    page.browser.keys(Key::Escape + "").await;
    page.browser.resize(1_440, 900, 1.0).await;

    server.kill();
    page.browser.appears("[data-testid=banner]").await;
    page.check("cut off").await;
    page.browser.prefer("dark").await;
    page.check("cut off, dark").await;
    page.judge();
}

#[tokio::test]
async fn no_other_page_has_a_serious_fault() {
    let empty = Server::start(&["--no-host"]);
    let mut page = Checked::of(open(&empty).await).await;
    page.browser.appears("div.empty .command").await;
    page.check("empty").await;

    let server = server().await;
    let go = async |page: &Checked, rest: &str, selector: &str| {
        page.browser.driver.goto(format!("{}/{rest}", server.url())).await.expect("the page opens");
        page.browser.appears(selector).await;
    };
    go(&page, "?wall=4m&diagonal=55in", "[data-wall] .panel").await;
    page.check("wall").await;
    go(&page, "?panel=host/cpu", "[data-testid=whole-board]").await;
    page.browser.appears(&panel("host/cpu")).await;
    page.check("one panel alone").await;
    go(&page, "?panel=host/nothing&theme=dark", "[data-testid=alone-missing]").await;
    page.check("a panel alone without data").await;
    go(&page, "#filter=nothing", "div.empty").await;
    page.check("search without a result").await;

    let demo = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/demo.ttr");
    let (_process, url) = e2e::replay::replay(&demo);
    page.browser.driver.goto(&url).await.expect("the page opens");
    page.browser.appears(".player .play").await;
    page.browser.appears(".panel").await;
    page.check("player").await;
    page.judge();
}

#[tokio::test]
async fn a_question_for_a_token_has_no_serious_fault() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let secret = folder.path().join("secret");
    e2e::write_private(&secret, "a secret of thirty-two bytes or more, for tests");
    let server = Server::start(&["--no-host", "--auth-secret-file", secret.to_str().expect("a path")]);
    let mut page = Checked::of(open_at(&server.url()).await).await;
    page.browser.appears(".sign-in input").await;
    page.check("sign in").await;
    page.judge();
}
