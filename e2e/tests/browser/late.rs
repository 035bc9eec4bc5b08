//! Tests the parts of the page whose code is loaded when they are opened.

use std::path::Path;

use e2e::board::{open, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::server::Server;
use e2e::site::copy_folder;
use e2e::{setting, wait};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Beginning of the name of the part with the commands of "Add data".
const PART: &str = "/snippets/parts/recipes-";
const ADD_DATA: &str = "[data-testid=add-data]";
const DIALOG: &str = "dialog[open]";
const FAILURE: &str = "dialog[open] .late.is-failed";

/// Opens the board of a server that has data, so that the part is not shown.
async fn board() -> (Server, Browser) {
    let server = Server::start(&["--no-host"]);
    server.publish("kitchen/temp", &json!(21.5)).await;
    let browser = open(&server).await;
    browser.text_becomes(&panel("kitchen/temp"), |text| text.contains("21.5")).await;
    (server, browser)
}

/// Returns the addresses of the part that the page has requested.
async fn requested(browser: &Browser) -> Vec<String> {
    let entries = "performance.getEntriesByType('resource').map((entry) => entry.name)";
    let names = browser.value(entries).await;
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    names.filter(|name| name.contains(PART)).map(str::to_owned).collect()
}

async fn press(browser: &Browser, selector: &str) {
    browser.value(&format!("document.querySelector('{selector}').click()")).await;
}

/// Makes all requests for parts of the page fail if `blocked` is true.
async fn block(browser: &Browser, blocked: bool) {
    block_files(browser, if blocked { &["*/snippets/parts/*"] } else { &[] }).await;
}

async fn block_files(browser: &Browser, patterns: &[&str]) {
    browser.devtools("Network.enable", json!({})).await;
    browser.devtools("Network.setBlockedURLs", json!({"urls": patterns})).await;
}

#[tokio::test]
async fn a_part_of_the_page_is_requested_once_when_it_is_first_opened() {
    let (_server, browser) = board().await;
    assert_eq!(requested(&browser).await, Vec::<String>::new());

    press(&browser, ADD_DATA).await;
    browser.text_becomes(DIALOG, |text| text.contains("curl -d 21.5 ")).await;
    let first = requested(&browser).await;
    assert_eq!(first.len(), 1, "{first:?}");

    press(&browser, "dialog[open] button").await;
    wait::until("the dialog is closed", TIMEOUT, || async {
        browser.text(DIALOG).await.is_none().then_some(())
    })
    .await;
    // The event that tells the page of the end of the dialog comes after the end, and may come after a press.
    wait::until("the dialog is open again", TIMEOUT, || async {
        press(&browser, ADD_DATA).await;
        browser.text(DIALOG).await.map(drop)
    })
    .await;
    browser.text_becomes(DIALOG, |text| text.contains("curl -d 21.5 ")).await;
    assert_eq!(requested(&browser).await, first);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_part_that_cannot_be_loaded_says_so_and_is_loaded_when_the_reader_tries_again() {
    let (_server, browser) = board().await;
    block(&browser, true).await;
    press(&browser, ADD_DATA).await;
    browser.text_becomes(FAILURE, |text| text.contains("could not be loaded")).await;
    press(&browser, "dialog[open] .late button").await;
    browser.text_becomes(FAILURE, |text| text.contains("could not be loaded")).await;

    block(&browser, false).await;
    press(&browser, "dialog[open] .late button").await;
    browser.text_becomes(DIALOG, |text| text.contains("curl -d 21.5 ")).await;
    assert_eq!(browser.text(FAILURE).await, None);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Waits until the service worker has kept the files of the page, and deletes them there and in the browser's cache. So does the service
/// worker itself when another tab loads a new version of the page, and on a server without HTTPS there is no service worker.
async fn drop_kept_files(browser: &Browser) {
    let script = "navigator.serviceWorker.ready.then(async () => {
        const shell = await caches.open('tickertape-shell');
        while (!(await shell.match('./'))) await new Promise((done) => setTimeout(done, 20));
        return caches.delete('tickertape-shell'); })";
    assert_eq!(browser.value(script).await, json!(true));
    browser.devtools("Network.clearBrowserCache", json!({})).await;
}

/// Replaces the page in a folder by one that differs from it only in the names of its code, as after an update.
fn update(site: &Path) {
    let page = std::fs::read_to_string(site.join("index.html")).expect("the page");
    // The values of attributes may have no quotation marks.
    let mut names = page.split(['"', '=', '/', ' ', '>']);
    let is_code = |name: &&str| name.starts_with("frontend-") && name.ends_with(".js");
    let code = names.find(is_code).expect("the name of its code");
    let parts: Vec<_> = files_in(&site.join("snippets/parts"));
    let list = parts.iter().find(|name| name.ends_with(".json")).expect("the list of the parts");
    let anew = |file: &Path| {
        let text = std::fs::read_to_string(file).expect("a text");
        parts.iter().fold(text, |text, name| text.replace(name.as_str(), &renamed(name)))
    };
    let (script, named) = (anew(&site.join(code)), anew(&site.join("snippets/parts").join(list)));
    for old in &parts {
        let path = site.join("snippets/parts").join(old);
        std::fs::rename(&path, path.with_file_name(renamed(old))).expect("renamed");
    }
    std::fs::write(site.join("snippets/parts").join(renamed(list)), named).expect("written");
    std::fs::remove_file(site.join(code)).expect("removed");
    // The compressed files have the old content.
    for file in [code, &format!("snippets/parts/{}", renamed(list)), "index.html"] {
        let _absent = std::fs::remove_file(site.join(format!("{file}.br")));
    }
    std::fs::write(site.join(renamed(code)), script).expect("written");
    std::fs::write(site.join("index.html"), page.replace(code, &renamed(code))).expect("written");
}

/// Returns the names of the files in a folder.
fn files_in(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

/// Returns the name of a file with another hash: `-0123456789abcdef` becomes `-1234567890abcdef`.
fn renamed(name: &str) -> String {
    let (start, hash) = name.rsplit_once('-').expect("a hash");
    let (first, rest) = hash.split_at(1);
    let end = rest.find(['_', '.']).expect("an extension");
    format!("{start}-{}{first}{}", &rest[..end], &rest[end..])
}

#[tokio::test]
async fn after_an_update_an_open_page_says_that_it_is_old_and_offers_the_new_one() {
    let folder = TempDir::new().expect("a folder");
    copy_folder(Path::new(&setting("TICKERTAPE_SITE")), folder.path());
    let server = Server::start_with_site(folder.path(), &["--no-host"]);
    server.publish("kitchen/temp", &json!(21.5)).await;
    let browser = open(&server).await;
    browser.text_becomes(&panel("kitchen/temp"), |text| text.contains("21.5")).await;
    drop_kept_files(&browser).await;
    update(folder.path());
    press(&browser, ADD_DATA).await;
    browser
        .text_becomes(FAILURE, |text| text.contains("newer version") && text.contains("Load the new version"))
        .await;
    browser.value("window.isOld = true").await;
    press(&browser, "dialog[open] .late button").await;
    browser.becomes("the page is loaded again", "window.isOld === undefined", true).await;
    browser.text_becomes(&panel("kitchen/temp"), |text| text.contains("21.5")).await;
    press(&browser, ADD_DATA).await;
    browser.text_becomes(DIALOG, |text| text.contains("curl -d 21.5 ")).await;
}

#[tokio::test]
async fn browsers_keep_a_part_for_ever_and_receive_it_compressed() {
    let (_server, browser) = board().await;
    press(&browser, ADD_DATA).await;
    browser.text_becomes(DIALOG, |text| text.contains("curl -d 21.5 ")).await;
    for part in requested(&browser).await {
        let request = reqwest::Client::new().get(&part).header("accept-encoding", "br");
        let response = request.send().await.expect("the server answers");
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("content-type"), Some("application/wasm"), "{part}");
        assert_eq!(header("content-encoding"), Some("br"), "{part}");
        assert!(header("cache-control").is_some_and(|value| value.contains("immutable")), "{part}");
    }
}

#[tokio::test]
async fn a_page_whose_code_cannot_be_loaded_says_so() {
    let server = Server::start(&["--no-host"]);
    server.publish("kitchen/temp", &json!(21.5)).await;
    let browser = Browser::open(1440, 900).await;
    block_files(&browser, &["*_bg.wasm"]).await;
    browser.driver.goto(&server.url()).await.expect("the page opens");
    browser
        .text_becomes("#shell [role=alert]:not([hidden])", |text| text.contains("could not be loaded"))
        .await;
    block_files(&browser, &[]).await;
    browser.driver.goto(&server.url()).await.expect("the page opens");
    browser.text_becomes(&panel("kitchen/temp"), |text| text.contains("21.5")).await;
    assert_eq!(browser.text("#shell").await, None);
}
