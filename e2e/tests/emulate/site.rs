//! A distribution serves the page of an app, its API and its function URL, and a page of another origin gets what CORS allows.

use std::fs;

use reqwest::{Method, Response};
use serde_json::Value;

use crate::app::{App, copy_of};
use crate::client::Client;

/// Runs the app with its page.
fn with_page() -> App {
    let folder = copy_of("site");
    let pages = format!("Pages={}", folder.path().join("pages").display());
    App::run(folder, &["--no-board", "--bucket", &pages])
}

fn output(app: &App, name: &str) -> String {
    app.ready["outputs"][name].as_str().unwrap_or_else(|| panic!("no {name} in {}", app.ready)).to_owned()
}

async fn request(method: Method, url: &str, headers: &[(&str, &str)]) -> Response {
    let request = reqwest::Client::new().request(method, url);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.expect("an answer")
}

async fn get(url: &str) -> (u16, String) {
    let answer = request(Method::GET, url, &[]).await;
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_distribution_serves_the_page_its_error_page_and_headers_with_addresses_of_this_machine() {
    let app = with_page();
    let page = output(&app, "Page");
    assert_eq!(app.ready["distributions"][0]["url"], page.as_str());
    let answer = request(Method::GET, &page, &[]).await;
    let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
    let socket = output(&app, "Socket");
    let api = socket.trim_end_matches("/live");
    assert_eq!(policy, format!("connect-src {api} {}", output(&app, "Http")));
    assert_eq!(answer.headers()["content-type"], "text/html");
    assert_eq!(answer.text().await.expect("text"), "<p>the page\n");
    assert_eq!(get(&format!("{page}nothing")).await, (404, "<p>not here\n".to_owned()));
    let (status, _) = get(&format!("{page}a.jpg")).await;
    assert_eq!(status, 502);
    assert_eq!(request(Method::POST, &page, &[]).await.status(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_of_a_distribution_lead_to_the_api_and_to_the_function() {
    let app = with_page();
    let page = output(&app, "Page");
    let socket = format!("{}live", page.replace("http://", "ws://"));
    let mut client = Client::connect(&socket, &[]).await.expect("a handshake");
    assert_eq!(client.ask("hello").await, "answer to hello");
    let answer = request(Method::POST, &format!("{page}api/rooms"), &[]).await;
    assert_eq!(answer.text().await.expect("text"), "POST /api/rooms ");
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_are_written_to_a_file_when_the_app_is_ready() {
    let folder = copy_of("site");
    let file = folder.path().join("outputs.json").display().to_string();
    let app = App::run(folder, &["--no-board", "--outputs-file", &file]);
    let written: Value = serde_json::from_str(&fs::read_to_string(&file).expect("the file")).expect("JSON");
    assert_eq!(written, app.ready["outputs"]);
    assert_eq!(output(&app, "Socket"), app.url());
    let not_done = app.ready["not_done"].to_string();
    assert!(not_done.contains("--bucket Pages=DIR"), "{not_done}");
    let (status, text) = get(&output(&app, "Page")).await;
    assert!(status == 502 && text.contains("--bucket Pages=DIR"), "{status} {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_url_answers_pages_of_other_origins_as_its_settings_say() {
    let app = App::start("site");
    let url = output(&app, "Http");
    let asks = [("origin", "https://page.example"), ("access-control-request-method", "GET")];
    let answer = request(Method::OPTIONS, &url, &asks).await;
    assert_eq!(answer.headers()["access-control-allow-methods"], "GET");
    assert_eq!(answer.headers()["access-control-allow-headers"], "authorization");
    assert_eq!(answer.text().await.expect("text"), "", "the function was not invoked");
    let allowed = request(Method::GET, &url, &asks[..1]).await;
    assert_eq!(allowed.headers()["access-control-allow-origin"], "https://page.example");
    let other = request(Method::GET, &url, &[("origin", "https://other.example")]).await;
    assert!(!other.headers().contains_key("access-control-allow-origin"));
    assert_eq!(other.text().await.expect("text"), "GET / ");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_for_another_processor_is_told_with_the_argument_that_names_another() {
    let folder = copy_of("site");
    fs::write(folder.path().join("native/bootstrap"), program_for_another_processor()).expect("written");
    let app = App::run(folder, &["--no-board"]);
    let broken = app.ready["broken"]["app-Native"].as_str().expect("a reason");
    assert!(broken.contains("--code Native=DIR"), "{broken}");
    let folder = copy_of("site");
    let built = folder.path().join("built");
    fs::create_dir(&built).expect("a folder");
    fs::write(built.join("bootstrap"), "#!/bin/sh\n").expect("written");
    fs::write(folder.path().join("native/bootstrap"), program_for_another_processor()).expect("written");
    let app = App::run(folder, &["--no-board", "--code", &format!("Native={}", built.display())]);
    assert_eq!(app.ready["broken"], serde_json::json!({}));
}

/// Returns the beginning of a program for Linux on a processor that this machine does not have.
#[cfg(target_os = "linux")]
fn program_for_another_processor() -> Vec<u8> {
    const X86_64: u8 = 62;
    const AARCH64: u8 = 183;
    let mut head = b"\x7fELF\x02\x01\x01".to_vec();
    head.resize(18, 0);
    head.extend([if cfg!(target_arch = "x86_64") { AARCH64 } else { X86_64 }, 0]);
    head
}
