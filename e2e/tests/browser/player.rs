//! Tests recordings: made by the board and by the program, and played back on the board, with and without a server.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use e2e::board::{open, open_at, panel};
use e2e::browser::{Browser, TIMEOUT};
use e2e::child::Spawned;
use e2e::downloads::Downloads;
use e2e::replay::replay;
use e2e::server::Server;
use e2e::site::copy_folder;
use e2e::{setting, wait};
use serde_json::{Value, json};
use shared::recording::{Entry, Header, Recording, Writer};
use tempfile::TempDir;

const STATE: &str = "[data-testid=connection-state]";
const WORDS: &str = "[data-testid=player-words]";
const TIME: &str = "[data-testid=player-time]";
const PLAY: &str = "[data-testid=play]";
/// Time in which the player has made all snapshots of a recording of ten minutes, also on a busy machine.
const LONG: Duration = Duration::from_secs(90);
/// Time at which the recordings of these tests begin: 14:20:00 UTC.
const START: i64 = 1_764_426_000_000;

/// Writes a recording of ten minutes: a number that counts the seconds, and a state that fails after five minutes. The
/// connection is lost from the eighth to the ninth minute.
fn write_recording(path: &Path) {
    let header = Header {
        started_at: START,
        filter: "*".parse().expect("a filter"),
        server: "wss://shop.example/ws".to_owned(),
    };
    let (mut writer, mut text) = Writer::new(&header, 10_000_000);
    let mut add =
        |second: i64, entry: Entry| text += &writer.line(START + 1_000 * second, &entry).expect("room");
    add(0, Entry::Opened);
    for second in 0..600_i64 {
        let at = START + 1_000 * second;
        let frame = |topic: &str, offset: i64, data: Value| {
            let item = json!({"offset": offset, "ts": at, "received_at": at, "data": data});
            let frame = json!({"type": "publications", "topic": topic, "epoch": "e", "items": [item]});
            Entry::Frame(frame.to_string().into())
        };
        if second == 480 {
            add(second, Entry::Closed { code: 1006, reason: String::new() });
        }
        if second == 540 {
            add(second, Entry::Opened);
        }
        if !(480..540).contains(&second) {
            add(second, frame("shop/count", second + 1, json!(second)));
        }
        if second % 60 == 0 && second != 480 {
            let state = if second >= 300 { "failed" } else { "passed" };
            add(second, frame("shop/till", second / 60 + 1, json!(state)));
        }
    }
    std::fs::write(path, text).expect("the recording");
}

async fn seek(browser: &Browser, second: i64) {
    let script = format!(
        "(() => {{ const scrub = document.querySelector('[data-testid=scrub]'); scrub.value = {};
            scrub.dispatchEvent(new Event('input', {{bubbles: true}})); }})()",
        1_000 * second
    );
    browser.value(&script).await;
}

async fn click(browser: &Browser, selector: &str) {
    browser.value(&format!("document.querySelector('{selector}').click()")).await;
}

async fn value_becomes(browser: &Browser, topic: &str, expected: &str) {
    let value = format!("{} [data-testid=value]", panel(topic));
    browser.text_becomes(&value, |text| text.trim() == expected).await;
}

async fn shown_value(browser: &Browser, topic: &str) -> Option<String> {
    let text = browser.text(&format!("{} [data-testid=value]", panel(topic))).await?;
    Some(text.trim().to_owned())
}

/// Prints the page, and returns the text of the head of the first sheet. The elements for paper are in the page while the browser prints.
async fn printed_head(browser: &Browser) -> String {
    let note = "new MutationObserver(() => {
        window.__head = document.querySelector('.paper > header')?.textContent ?? window.__head;
    }).observe(document.body, {childList: true});";
    browser.driver.execute(note, vec![]).await.expect("the script runs");
    // The code that writes the elements may not be loaded at the first print.
    let head = wait::until("the head is printed", TIMEOUT, || async {
        browser.devtools("Page.printToPDF", json!({})).await;
        browser.value("window.__head").await.as_str().map(str::to_owned)
    });
    head.await.0
}

/// Chooses UTC as the time zone of the page.
async fn use_utc(browser: &Browser) {
    browser.value("localStorage.setItem('tickertape.zone', 'utc')").await;
    browser.driver.refresh().await.expect("the page opens");
}

#[tokio::test]
async fn a_recording_is_played_stopped_stepped_and_scrubbed_and_never_looks_live() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("shop.ttr");
    write_recording(&file);
    let (_process, url) = replay(&file);
    let browser = open_at(&url).await;
    use_utc(&browser).await;
    browser.text_becomes(WORDS, |words| words == "Recording of shop.example, 14:20:00 to 14:29:59").await;
    browser.text_becomes(STATE, |words| words.starts_with("Recording, 14:20:")).await;
    // It plays by itself.
    browser.text_becomes(TIME, |time| time >= "14:20:02").await;
    click(&browser, PLAY).await;
    browser.text_becomes(PLAY, |words| words.trim() == "Play").await;

    seek(&browser, 400).await;
    browser.text_becomes(TIME, |time| time == "14:26:40").await;
    value_becomes(&browser, "shop/count", "400").await;
    value_becomes(&browser, "shop/till", "failed").await;
    let chips =
        "[...document.querySelectorAll('[data-testid=freshness]')].map((chip) => chip.dataset.standing)";
    assert_eq!(browser.value(chips).await, json!(["recorded", "recorded"]));
    assert!(
        !browser
            .value("document.body.innerText")
            .await
            .as_str()
            .expect("text")
            .to_lowercase()
            .contains("live")
    );

    let head = printed_head(&browser).await;
    assert!(head.contains("Recording, 14:26:40") && !head.contains("onnected"), "{head}");

    click(&browser, "[data-testid=step]").await;
    value_becomes(&browser, "shop/count", "401").await;
    browser.text_becomes(TIME, |time| time == "14:26:41").await;

    // Back to a time before the failure: the board begins anew.
    seek(&browser, 100).await;
    value_becomes(&browser, "shop/count", "100").await;
    value_becomes(&browser, "shop/till", "passed").await;

    // One frame after the other is shown, also if both have the same time.
    seek(&browser, 299).await;
    value_becomes(&browser, "shop/count", "299").await;
    click(&browser, "[data-testid=step]").await;
    value_becomes(&browser, "shop/count", "300").await;
    assert_eq!(shown_value(&browser, "shop/till").await.as_deref(), Some("passed"));
    // The other speed does not show the next frame either.
    click(&browser, "[data-testid=player] .seg button:last-child").await;
    click(&browser, "[data-testid=player] .seg button:first-child").await;
    assert_eq!(shown_value(&browser, "shop/till").await.as_deref(), Some("passed"));
    click(&browser, "[data-testid=step]").await;
    value_becomes(&browser, "shop/till", "failed").await;
    assert_eq!(shown_value(&browser, "shop/count").await.as_deref(), Some("300"));

    // While the connection was lost, the panels say so.
    seek(&browser, 510).await;
    let chip = format!("{} [data-testid=freshness]", panel("shop/count"));
    browser.text_becomes(&chip, |words| words.starts_with("cut off")).await;

    seek(&browser, 595).await;
    click(&browser, PLAY).await;
    browser.text_becomes(STATE, |words| words.starts_with("Recording ended")).await;
    browser.text_becomes(PLAY, |words| words.trim() == "Play again").await;
    value_becomes(&browser, "shop/count", "599").await;
    browser.screenshot("recording").await;
    click(&browser, PLAY).await;
    browser.text_becomes(TIME, |time| time.starts_with("14:20:")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn at_ten_times_the_speed_a_recording_passes_ten_times_as_fast() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("shop.ttr");
    write_recording(&file);
    let (_process, url) = replay(&file);
    let browser = open_at(&url).await;
    browser.appears(TIME).await;
    click(&browser, "[data-testid=player] .seg button:last-child").await;
    let place = || async {
        browser.value("Number(document.querySelector('[data-testid=scrub]').value)").await.as_f64()
    };
    let measured = browser
        .value(
            "new Promise((done) => {
                const place = () => Number(document.querySelector('[data-testid=scrub]').value);
                const [from, began] = [place(), performance.now()];
                setTimeout(() => done((place() - from) / (performance.now() - began)), 3000); })",
        )
        .await;
    assert!(measured.as_f64().is_some_and(|speed| (7.0..13.0).contains(&speed)), "{measured}");
    assert!(place().await.is_some_and(|place| place > 20_000.0));
}

#[tokio::test]
async fn a_damaged_recording_is_played_with_a_gap_and_its_lines_are_named() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("shop.ttr");
    write_recording(&file);
    let mut bytes = std::fs::read(&file).expect("the recording");
    let mut lines: Vec<&mut [u8]> = bytes.split_mut(|byte| *byte == b'\n').collect();
    // The number counts the seconds. Three of its seconds are damaged, and so is a byte of UTF-8.
    let is_damaged = |line: &[u8]| {
        [100, 101, 102]
            .map(|at| format!("\\\"offset\\\":{at},"))
            .iter()
            .any(|part| String::from_utf8_lossy(line).contains(part.as_str()))
    };
    lines.iter_mut().filter(|line| is_damaged(line)).for_each(|line| line[9] = 0xff);
    std::fs::write(&file, &bytes).expect("written");
    let (_process, url) = replay(&file);
    let browser = open_at(&url).await;
    browser
        .text_becomes("[data-testid=player-problem]", |words| {
            words.starts_with("3 lines of the recording are damaged and are left out: lines ")
                && words.contains("(it is not UTF-8)")
                && words.ends_with("Charts have gaps where publications are missing.")
        })
        .await;
    seek(&browser, 120).await;
    value_becomes(&browser, "shop/count", "120").await;
    let corner = format!("{} [data-testid=freshness]", panel("shop/count"));
    browser.value(&format!("document.querySelector({}).click()", Value::from(corner))).await;
    let details = format!("{} [data-testid=details] li", panel("shop/count"));
    browser.text_becomes(&details, |words| words.starts_with("lost for good from ")).await;
    seek(&browser, 90).await;
    value_becomes(&browser, "shop/count", "90").await;
    wait::until("the gap is still to come", TIMEOUT, || async {
        browser.text(&details).await.is_none().then_some(())
    })
    .await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Writes a recording of ten minutes with fifty topics at 1 Hz and one at 60 Hz.
fn write_long_recording(path: &Path) {
    let header = Header { started_at: START, filter: "*".parse().expect("a filter"), server: String::new() };
    let (mut writer, mut text) = Writer::new(&header, 64_000_000);
    let frame = |topic: &str, offset: i64, at: i64, data: Value| {
        let item = json!({"offset": offset, "ts": at, "received_at": at, "data": data});
        let frame = json!({"type": "publications", "topic": topic, "epoch": "e", "items": [item]});
        Entry::Frame(frame.to_string().into())
    };
    text += &writer.line(START, &Entry::Opened).expect("room");
    for tick in 0..36_000_i64 {
        let at = START + tick * 1_000 / 60;
        let mut add = |entry: Entry| text += &writer.line(at, &entry).expect("room");
        add(frame("fast/wave", tick + 1, at, json!({"in": tick, "out": 2 * tick})));
        if tick % 60 == 0 {
            for topic in 0..50 {
                add(frame(&format!("slow/t{topic}"), tick / 60 + 1, at, json!(tick / 60)));
            }
        }
    }
    std::fs::write(path, text).expect("the recording");
}

#[tokio::test]
async fn a_jump_in_a_recording_of_ten_minutes_takes_a_moment() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("long.ttr");
    write_long_recording(&file);
    let (_process, url) = replay(&file);
    let browser = open_at(&url).await;
    browser.appears(TIME).await;
    click(&browser, PLAY).await;
    let jump = async |second: i64| {
        let script = format!(
            "(() => {{ const scrub = document.querySelector('[data-testid=scrub]'); scrub.value = {};
                const began = performance.now();
                scrub.dispatchEvent(new Event('input', {{bubbles: true}}));
                return performance.now() - began; }})()",
            1_000 * second
        );
        browser.value(&script).await.as_f64().expect("a time in milliseconds")
    };
    let first_ms = jump(599).await;
    value_becomes(&browser, "slow/t7", "599").await;
    // The snapshots are made in the background. Without them, the way back to the middle takes half of the time of the first jump. The
    // times are compared with each other, because the machine may be busy.
    let (back_ms, _) = wait::until("a jump takes a fraction of playing", LONG, || async {
        jump(590).await;
        let back_ms = jump(300).await;
        (back_ms < first_ms / 5.0).then_some(back_ms)
    })
    .await;
    println!("first jump over ten minutes {first_ms:.0} ms, jump back to the middle {back_ms:.0} ms");
    value_becomes(&browser, "slow/t7", "300").await;
    for second in [599, 7, 451, 452, 120] {
        jump(second).await;
        value_becomes(&browser, "slow/t7", &second.to_string()).await;
    }
}

/// Writes a recording of ten minutes with a log of two lines each second. The page keeps 500 of them.
fn write_log(path: &Path) {
    let header = Header { started_at: START, filter: "*".parse().expect("a filter"), server: String::new() };
    let (mut writer, mut text) = Writer::new(&header, 10_000_000);
    text += &writer.line(START, &Entry::Opened).expect("room");
    for line in 0..1_200_i64 {
        let at = START + 500 * line;
        let words = format!("order number {line} has been paid by card at table four, no receipt");
        let item = json!({"offset": line + 1, "ts": at, "received_at": at, "data": words});
        let frame = json!({"type": "publications", "topic": "shop/log", "epoch": "e", "items": [item]});
        text += &writer.line(at, &Entry::Frame(frame.to_string().into())).expect("room");
    }
    std::fs::write(path, text).expect("the recording");
}

#[tokio::test]
async fn a_stretch_of_a_recording_shows_what_is_kept_at_the_time_to_which_the_reader_scrubs() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("log.ttr");
    write_log(&file);
    let (_process, url) = replay(&file);
    // The second half of the first minute.
    let browser = open_at(&format!("{url}#from=2025-11-29T14:20:30Z&to=2025-11-29T14:21:00Z")).await;
    browser.appears(TIME).await;
    click(&browser, PLAY).await;
    let (chip, log) = (format!("{} [data-testid=freshness]", panel("shop/log")), panel("shop/log"));
    seek(&browser, 599).await;
    browser.text_becomes(&chip, |text| text == "0 % kept").await;
    seek(&browser, 90).await;
    browser.text_becomes(&log, |text| text.contains("order number 119 ")).await;
    browser.text_becomes(&chip, |text| !text.contains("kept")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Copies the page into a folder, with a recording under this name, and serves it with a program that knows nothing of
/// Tickertape.
fn static_host(recording: &str) -> (TempDir, Spawned, String) {
    let folder = TempDir::new().expect("a folder");
    copy_folder(Path::new(&setting("TICKERTAPE_SITE")), folder.path());
    write_recording(&folder.path().join(recording));
    let process = Spawned::start(
        Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"])
            .arg(folder.path()),
    );
    let port = process.line_with(|line| line.split("port ").nth(1)?.split(' ').next().map(str::to_owned));
    (folder, process, format!("http://127.0.0.1:{port}"))
}

#[tokio::test]
async fn any_static_host_can_play_a_file_beside_the_page() {
    let (_folder, _process, url) = static_host("demo.ttr");
    let browser = open_at(&format!("{url}/?demo")).await;
    browser.text_becomes(WORDS, |words| words.starts_with("Recording of shop.example")).await;
    browser.appears(&panel("shop/count")).await;
    browser.driver.goto(format!("{url}/?demo=other.ttr")).await.expect("the page opens");
    browser
        .text_becomes("[data-testid=player-problem]", |words| words.contains("other.ttr cannot be loaded"))
        .await;
    browser.driver.goto(format!("{url}/?demo=//evil.example/a.ttr")).await.expect("the page opens");
    browser.text_becomes("[data-testid=player-problem]", |words| words.contains("cannot be loaded")).await;
    browser.driver.goto(format!("{url}/?demo=index.html")).await.expect("the page opens");
    browser.text_becomes("[data-testid=player-problem]", |words| words.contains("not a recording")).await;
}

#[tokio::test]
async fn r_records_what_the_board_receives_and_the_file_can_be_played() {
    let server = Server::start(&["--no-host"]);
    server.publish("shop/count", &json!(41)).await;
    let browser = open(&server).await;
    browser.appears(&panel("shop/count")).await;
    let downloads = Downloads::of(&browser).await;
    let press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'r', bubbles: true}))";
    browser.value(press).await;
    browser.appears("[data-testid=record][aria-pressed=true]").await;
    // The recorder is a viewer of its own.
    browser.text_becomes(STATE, |words| words.contains("2 viewers")).await;
    server.publish("shop/count", &json!(42)).await;
    value_becomes(&browser, "shop/count", "42").await;
    click(&browser, "[data-testid=record]").await;
    let (file, bytes) = downloads.file("ttr").await;
    let recording = Recording::read(&bytes).expect("a recording");
    assert!(!recording.is_truncated);
    assert_eq!(recording.lines[0].entry, Entry::Opened);

    let (_process, url) = replay(&file);
    browser.driver.goto(&url).await.expect("the page opens");
    browser.text_becomes(STATE, |words| words.starts_with("Recording ended")).await;
    value_becomes(&browser, "shop/count", "42").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
