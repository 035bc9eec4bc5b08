//! Tests what is taken elsewhere: one panel alone and in pages of other origins, data and pictures as files, values and addresses, and
//! the board on paper.

use std::time::Duration;

use e2e::board::{open, open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::downloads::Downloads;
use e2e::server::Server;
use e2e::wait;
use e2e::wiki::Wiki;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;

const STATE: &str = "[data-testid=connection-state] b";
/// Maximum time until a board with many panels shows all of them, on a busy machine.
const LONG: Duration = Duration::from_secs(90);
const SAID: &str = "[data-testid=taken]";

async fn server(arguments: &[&str]) -> Server {
    let all: Vec<&str> = ["--no-host"].into_iter().chain(arguments.iter().copied()).collect();
    let server = Server::start(&all);
    server.publish("host/cpu", &json!({"user": 21.50, "system": 3})).await;
    server.publish("host/cpu", &json!({"user": 22.25, "system": -4})).await;
    server.publish("shop/door", &json!("open")).await;
    server
}

fn click_in(selector: &str) -> String {
    format!("document.querySelector('{selector}').click()")
}

/// Returns the width and the height of an element, and of the page.
async fn sizes(browser: &Browser, selector: &str) -> Vec<f64> {
    let sizes = format!(
        "(() => {{ const {{width, height}} = document.querySelector('{selector}').getBoundingClientRect(); return [width, height, innerWidth, innerHeight] }})()"
    );
    let sizes = browser.value(&sizes).await;
    sizes.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

async fn fills_the_page(browser: &Browser) {
    wait::until("the panel fills the page above the line with the state", TIMEOUT, || async {
        let sizes = sizes(browser, ".panel").await;
        let [width, height, page_width, page_height] = sizes[..] else { return None };
        (width == page_width && (20.0..32.0).contains(&(page_height - height))).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_panel_alone_fills_the_page_and_says_its_state_and_where_the_board_is() {
    let server = server(&[]).await;
    let browser = open_at(&format!("{}/?panel=host/cpu&theme=dark#window=5", server.url())).await;
    browser.appears(&panel("host/cpu")).await;
    browser.text_becomes(STATE, |state| state == "Live").await;
    fills_the_page(&browser).await;
    server.publish("shop/new", &json!(1)).await;
    server.publish("host/cpu", &json!({"user": 23.125, "system": 5})).await;
    browser.text_becomes(".legend", |text| text.contains("23.125")).await;
    let seen = browser
        .value("[document.querySelectorAll('.panel').length, document.documentElement.dataset.theme, document.querySelector('.filter').checkVisibility()]")
        .await;
    assert_eq!(seen, json!([1, "dark", false]), "other topics are not even loaded");
    let link = browser.value("document.querySelector('[data-testid=whole-board]').href").await;
    assert_eq!(link, format!("{}/#window=5", server.url()));
    browser.screenshot("alone").await;
    browser.resize(320, 180, 1.0).await;
    fills_the_page(&browser).await;
    browser.screenshot("alone-small").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_panel_alone_without_data_or_with_a_faulty_name_says_so() {
    let server = server(&[]).await;
    const MISSING: &str = "[data-testid=alone-missing]";
    let browser = open_at(&format!("{}/?panel=host/nothing", server.url())).await;
    browser.text_becomes(MISSING, |words| words == "Nothing to show of host/nothing yet").await;
    browser.screenshot("alone-nothing").await;
    server.publish("host/nothing", &json!(5)).await;
    browser.appears(&panel("host/nothing")).await;
    browser.driver.goto(format!("{}/?panel=a%20b", server.url())).await.unwrap();
    browser.text_becomes(MISSING, |words| words == "a b is not the name of a topic").await;
}

fn frame(address: &str) -> String {
    format!(
        "<!doctype html><title>wiki</title><h1>Our wiki</h1><iframe width=500 height=260 src=\"{address}\"></iframe>"
    )
}

#[tokio::test]
async fn a_page_of_another_origin_shows_a_panel_only_if_the_server_allows_it() {
    let (closed, wiki) = (server(&[]).await, Wiki::prepare().await);
    let address = wiki.origin();
    wiki.serve(&frame(&format!("{}/?panel=host/cpu", closed.url())));
    let browser = open_at(&address).await;
    browser.driver.enter_frame(0).await.unwrap();
    wait::until("the browser refuses the frame", TIMEOUT, || async {
        let address = browser.value("location.href").await;
        address.as_str()?.starts_with("chrome-error:").then_some(())
    })
    .await;

    let wiki = Wiki::prepare().await;
    let address = wiki.origin();
    let open = server(&["--allow-embed", &address]).await;
    wiki.serve(&frame(&format!("{}/?panel=host/cpu", open.url())));
    browser.driver.goto(&address).await.unwrap();
    browser.driver.enter_frame(0).await.unwrap();
    browser.appears(&panel("host/cpu")).await;
    browser.text_becomes(STATE, |state| state == "Live").await;
    fills_the_page(&browser).await;
    browser.driver.enter_default_frame().await.unwrap();
    browser.screenshot("embedded").await;
}

#[tokio::test]
async fn an_embedded_panel_uses_the_token_in_its_address_even_if_the_browser_gives_it_no_storage() {
    let folder = TempDir::new().unwrap();
    let secret = folder.path().join("secret");
    e2e::write_private(&secret, "a secret of at least thirty-two characters");
    let token = crate::sign_in::token(&secret, "1h");
    let wiki = Wiki::prepare().await;
    let address = wiki.origin_nearby();
    let server = Server::start(&["--auth-secret-file", secret.to_str().unwrap(), "--allow-embed", &address]);
    wiki.serve(&frame(&format!("{}/?panel=host/cpu#token={token}", server.url())));
    let browser = Browser::open(1_000, 700).await;
    let refuse = "if (window !== top) for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
        Object.defineProperty(window, name, { get() { throw new DOMException('no storage', 'SecurityError'); } });";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": refuse})).await;
    browser.driver.goto(&address).await.unwrap();
    browser.driver.enter_frame(0).await.unwrap();
    browser.appears(&panel("host/cpu")).await;
    browser.text_becomes(STATE, |state| state == "Live").await;
    assert_eq!(browser.value("location.hash.includes('token')").await, json!(false));
}

async fn open_details(browser: &Browser, topic: &str) {
    browser.appears(&panel(topic)).await;
    browser.value(&click_in(&format!("{} .chip", panel(topic).replace('"', "\\\"")))).await;
    browser.appears(&(panel(topic) + " [data-testid=save-csv]")).await;
}

#[tokio::test]
async fn the_data_of_a_panel_is_saved_by_keyboard_with_the_digits_that_were_sent() {
    let server = server(&[]).await;
    let browser = open(&server).await;
    let downloads = Downloads::of(&browser).await;
    browser.text_becomes(".legend", |text| text.contains("22.25")).await;
    browser.tab_to("[data-topic=\"host/cpu\"] .chip").await;
    browser.keys(Key::Enter + "").await;
    browser.appears("[data-testid=save-csv]").await;
    browser.tab_to("[data-testid=save-csv]").await;
    browser.keys(Key::Enter + "").await;
    let (path, content) = downloads.file("csv").await;
    browser.text_becomes(SAID, |words| words == "The data was saved as a file.").await;
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("host-cpu-20") && name.ends_with("Z.csv"), "{name}");
    let text = String::from_utf8(content).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "time,time_ms,user,system,note");
    assert!(lines[1].ends_with(",21.5,3,") && lines[2].ends_with(",22.25,-4,"), "{text}");
    browser.screenshot("panel-menu").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_picture_of_each_kind_of_panel_is_saved_at_twice_its_size() {
    let server = server(&[]).await;
    server
        .publish(
            "shop/queues",
            &json!({"data": [{"queue": "mail", "depth": 14}, {"queue": "=web", "depth": 3}]}),
        )
        .await;
    for order in 0..30 {
        server.publish("shop/orders", &json!(order * 7 % 11)).await;
        server
            .publish("shop/log", &json!(format!("ERROR order {order} could not be delivered, no address")))
            .await;
    }
    let browser = open(&server).await;
    for topic in ["host/cpu", "shop/door", "shop/queues", "shop/orders", "shop/log"] {
        let downloads = Downloads::of(&browser).await;
        open_details(&browser, topic).await;
        browser.value(&click_in(&format!("[data-topic=\"{topic}\"] [data-testid=save-png]"))).await;
        let (_, picture) = downloads.file("png").await;
        assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n", "{topic}");
        let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
        assert!(side(16) >= 960 && side(20) >= 540, "{topic}: {} by {}", side(16), side(20));
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("saved-{}.png", topic.replace('/', "-"))), &picture).unwrap();
        browser.keys(Key::Escape + "").await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_picture_and_paper_say_that_a_number_panel_has_other_series() {
    let server = server(&[]).await;
    server.publish("lab/temp?panel=number", &json!({"in": 21.5, "out": 4, "wall": 3})).await;
    let note = "in · 2 more series not shown";
    let browser = open(&server).await;
    let keep_texts = "window.__drawn = [];
        const fill = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
            window.__drawn.push(text);
            return fill.call(this, text, ...place);
        };
        new MutationObserver(() => {
            window.__paper = document.querySelector('.paper')?.textContent ?? window.__paper;
        }).observe(document.body, {childList: true});";
    browser.driver.execute(keep_texts, vec![]).await.expect("the script runs");
    let downloads = Downloads::of(&browser).await;
    open_details(&browser, "lab/temp").await;
    browser.value(&click_in("[data-topic=\"lab/temp\"] [data-testid=save-png]")).await;
    downloads.file("png").await;
    let drawn = browser.value("window.__drawn").await;
    assert!(drawn.as_array().is_some_and(|drawn| drawn.contains(&json!(note))), "{drawn}");

    // The code that writes the elements for paper may not be loaded at the first print.
    let paper = wait::until("the board is written for paper", LONG, || async {
        print(&browser).await;
        browser.value("window.__paper").await.as_str().map(str::to_owned)
    });
    let paper = paper.await.0;
    assert!(paper.contains(note), "{note} is not in {paper}");
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn values_addresses_and_html_are_copied() {
    let server = server(&[]).await;
    let browser = open(&server).await;
    browser.value("(window.__copied = [], navigator.clipboard.writeText = async (text) => window.__copied.push(text))").await;
    open_details(&browser, "host/cpu").await;
    for button in ["copy-panel-address", "copy-embedding", "copy-value"] {
        browser.value(&click_in(&format!("[data-topic=\"host/cpu\"] [data-testid={button}]"))).await;
    }
    browser.text_becomes(SAID, |words| words == "Copied: 22.25").await;
    let copied = browser.value("window.__copied").await;
    let address = format!("{}/?panel=host/cpu#window=5", server.url());
    let html = format!(
        "<iframe src=\"{address}\" title=\"host/cpu\" width=\"480\" height=\"270\" loading=\"lazy\" style=\"border: 0\"></iframe>"
    );
    assert_eq!(copied, json!([address, html, "22.25"]));
    let values = browser
        .value("[...document.querySelectorAll('[data-testid=values] option')].map((option) => option.value)")
        .await;
    assert_eq!(values, json!(["user", "system"]));
}

/// Prints the page, and returns the PDF.
async fn print(browser: &Browser) -> Vec<u8> {
    let options = json!({"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": true});
    let printed = browser.devtools("Page.printToPDF", options).await;
    base64(printed["data"].as_str().expect("data"))
}

/// Decodes base64, as the DevTools Protocol encodes files.
fn base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        (bits, count) = (bits << 6 | u32::from(value(byte)), count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// Returns the number of pages of a PDF.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let kinds = text.split("/Type /Page").skip(1);
    kinds.filter(|rest| !rest.starts_with('s')).count()
}

#[tokio::test]
async fn the_board_is_printed_on_as_few_sheets_as_necessary_without_controls() {
    let server = server(&[]).await;
    let browser = open(&server).await;
    browser.appears(&panel("shop/door")).await;
    assert_eq!(pages(&print(&browser).await), 1);
    for number in 0..12 {
        server
            .publish(&format!("host/load{number}"), &json!({"one": number, "five": number * 2, "fifteen": 3}))
            .await;
    }
    wait::until("all panels are there", LONG, || async {
        (browser.value("document.querySelectorAll('.panel').length").await == json!(14)).then_some(())
    })
    .await;
    // The elements for paper are removed after the print, so they are noted while the browser prints.
    browser.value("addEventListener('beforeprint', () => { window.__paper = document.querySelector('.paper')?.textContent ?? '' })").await;
    let pdf = print(&browser).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("board.pdf"), &pdf).unwrap();
    assert!((1..=2).contains(&pages(&pdf)), "{} sheets", pages(&pdf));
    let paper = browser.value("window.__paper").await;
    let paper = paper.as_str().unwrap_or_default().to_owned();
    // The state of the connection is not among them: on a busy machine the page is behind.
    for part in
        ["Tickertape", "14 panels", "printed ", "UTC", "host/cpu", "user 22.25", "host/load11", "open"]
    {
        assert!(paper.contains(part), "{part} is not in {paper}");
    }
    assert!(!paper.contains("Add data"), "{paper}");
    assert_eq!(browser.text(".paper").await, None, "nothing of it stays in the page");
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
