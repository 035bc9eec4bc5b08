//! Tests how often a chart is drawn, and how much of it.

use std::time::{Duration, Instant};

use e2e::board::{self, panel};
use e2e::server::Server;
use e2e::wait;
use serde_json::json;

/// Counts the drawings of canvases in `window.drawings`, and the pixels that they clear in `window.cleared`. A drawing begins by clearing
/// the canvas, or those parts of it that it draws.
const COUNT_DRAWINGS: &str = "
    (() => {
        window.drawings = window.cleared = 0;
        let isDrawing = false;
        const clear = CanvasRenderingContext2D.prototype.clearRect;
        CanvasRenderingContext2D.prototype.clearRect = function (...rect) {
            if (!isDrawing) {
                isDrawing = true;
                window.drawings += 1;
                queueMicrotask(() => { isDrawing = false; });
            }
            window.cleared += rect[2] * rect[3];
            return clear.apply(this, rect);
        };
        return true;
    })()";
/// Counts the drawings of canvases in `window.drawings`, and the frames in which there are any in `window.frames`.
const COUNT_FRAMES: &str = "
    (() => {
        window.drawings = 0;
        window.frames = new Set();
        const drawn = new Set();
        const clear = CanvasRenderingContext2D.prototype.clearRect;
        CanvasRenderingContext2D.prototype.clearRect = function (...rect) {
            // The time of the timeline is the same in all parts of a frame.
            const frame = document.timeline.currentTime;
            if (!window.frames.has(frame)) drawn.clear();
            window.frames.add(frame);
            window.drawings += drawn.has(this) ? 0 : 1;
            drawn.add(this);
            return clear.apply(this, rect);
        };
        return true;
    })()";
/// Makes the page draw all charts as a whole, as after a change of the theme, and sets `window.counts` three frames later: the number of
/// pixels of the canvas, of those that are not empty, and of those that differ clearly from the picture before. The frames follow each
/// other so quickly that the picture does not change in the meantime, such as when its data becomes old.
const DRAW_ALL_AND_COMPARE: &str = "
    (() => {
        window.counts = null;
        const pixels = () => {
            const canvas = document.querySelector('[data-testid=panel] canvas');
            return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        };
        const before = pixels();
        const compare = () => {
            const now = pixels();
            let drawn = 0, other = 0;
            for (let at = 0; at < now.length; at += 4) {
                drawn += now[at + 3] > 0;
                other += [0, 1, 2, 3].some((byte) => Math.abs(now[at + byte] - before[at + byte]) > 48);
            }
            window.counts = [now.length / 4, drawn, other];
        };
        const after = (frames, act) => requestAnimationFrame(() => (frames > 1 ? after(frames - 1, act) : act()));
        window.cleared = 0;
        document.documentElement.setAttribute('data-drawn', '');
        after(3, compare);
        return true;
    })()";
/// Time between two publications: 60 a second.
const EVERY: Duration = Duration::from_micros(16_667);
const LONG: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn data_at_60_hz_is_drawn_when_it_has_moved_by_a_pixel_and_the_last_value_is_shown() {
    let server = Server::start(&["--no-host"]);
    server.publish("lab/wave", &json!({"a": 0, "b": 0})).await;
    let browser = board::open(&server).await;
    browser.resize(700, 900, 1.0).await;
    browser.appears(&format!("{} canvas", panel("lab/wave"))).await;
    browser.value(COUNT_DRAWINGS.trim()).await;
    let begun = Instant::now();
    for n in 1..=180 {
        server.publish("lab/wave", &json!({"a": n, "b": -n})).await;
        tokio::time::sleep(EVERY).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    wait::until("the legend shows the last value", LONG, || async {
        let legend = format!("{} [data-testid=legend]", panel("lab/wave"));
        browser.text(&legend).await.filter(|text| text.contains("180"))
    })
    .await;
    let drawings = browser.value("window.drawings").await.as_f64().expect("a number");
    // A minute over some 600 pixels moves ten times a second.
    assert!(drawings <= 15.0 * (seconds + 2.0), "{drawings} drawings in {seconds} s");
    assert!(drawings >= 2.0, "{drawings} drawings");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_charts_are_drawn_in_the_same_frames_four_times_a_second() {
    const CHARTS: u64 = 6;
    let server = Server::start(&["--no-host"]);
    let topic = |n: u64| format!("lab/wave-{}", n % CHARTS);
    server.publish_all((0..CHARTS).map(|n| (topic(n), json!({"a": 0, "b": 0})))).await;
    let browser = board::open(&server).await;
    for n in 0..CHARTS {
        browser.appears(&format!("{} canvas", panel(&topic(n)))).await;
    }
    // The panels find their places, and further code is loaded after the first picture.
    tokio::time::sleep(Duration::from_secs(2)).await;
    browser.value(COUNT_FRAMES.trim()).await;
    let begun = Instant::now();
    for round in 1..=60 {
        server.publish_all((0..CHARTS).map(|n| (topic(n), json!({"a": round, "b": round % 7})))).await;
        tokio::time::sleep(EVERY * 6).await;
    }
    let [frames, drawings] =
        [browser.value("window.frames.size").await, browser.value("window.drawings").await]
            .map(|count| count.as_f64().expect("a number"));
    let seconds = begun.elapsed().as_secs_f64();
    // Charts that are drawn each for itself have several times as many frames. On a busy machine, few of them may change at a time.
    assert!(frames <= 7.0 * (seconds + 1.0), "{frames} frames in {seconds} s");
    assert!(drawings >= 3.0 * frames, "{drawings} drawings in {frames} frames");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_end_of_live_data_is_drawn_and_the_picture_is_the_same() {
    let server = Server::start(&["--no-host"]);
    let value = |n: u64| json!({"a": n % 37, "b": (n * 7) % 41});
    let earlier: Vec<_> =
        (0..400).map(|n| json!({"data": value(n), "ts": now_ms() - (400 - n as i64) * 100})).collect();
    server.publish("lab/wave", &json!(earlier)).await;
    let browser = board::open(&server).await;
    browser.appears(&format!("{} canvas", panel("lab/wave"))).await;
    // The code that draws only what is new is loaded after the first picture.
    tokio::time::sleep(Duration::from_secs(2)).await;
    browser.value(COUNT_DRAWINGS.trim()).await;
    for n in 400..460 {
        server.publish("lab/wave", &value(n)).await;
        tokio::time::sleep(EVERY * 6).await;
    }
    let [drawings, cleared] = [browser.value("window.drawings").await, browser.value("window.cleared").await]
        .map(|count| count.as_f64().expect("a number"));
    browser.value("document.querySelector('[data-testid=pause]').click()").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    browser.value(DRAW_ALL_AND_COMPARE.trim()).await;
    let (counts, _) = wait::until("both pictures are compared", LONG, || async {
        browser.value("window.counts").await.as_array().cloned()
    })
    .await;
    let [all, drawn, other] = [0, 1, 2].map(|at| counts[at].as_f64().expect("a number"));
    let cleared_since = browser.value("window.cleared").await.as_f64().expect("a number");
    assert!(cleared_since >= all, "the picture was drawn as a whole");
    assert!(
        drawings >= 2.0 && cleared < 0.5 * all * drawings,
        "{cleared} of {all} pixels in {drawings} drawings"
    );
    assert!(drawn > 1_000.0 && other <= drawn / 1_000.0, "{other} of {drawn} pixels differ");
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    since.as_millis() as i64
}

#[tokio::test]
async fn a_chart_that_is_removed_while_it_has_the_focus_is_silent() {
    let server = Server::start(&["--no-host"]);
    server.publish("lab/wave", &json!({"a": 1, "b": 2})).await;
    let browser = board::open(&server).await;
    let plot = format!("document.querySelector('{} .plot')", panel("lab/wave"));
    browser.appears(&format!("{} canvas", panel("lab/wave"))).await;
    let has_crosshair = format!(
        "(() => {{ const plot = {plot}; plot.focus();
        plot.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'ArrowLeft', bubbles: true }}));
        return document.activeElement === plot && plot.querySelector('.tip') !== null; }})()"
    );
    wait::until("the chart handles keys", LONG, || async {
        (browser.value(&has_crosshair).await == json!(true)).then_some(())
    })
    .await;
    // A script leaves the focus where it is, and the browser tells the chart that it has lost the focus only when it is removed.
    let shows_table = format!("document.querySelector('{} .twin-switch').click()", panel("lab/wave"));
    browser.value(&shows_table).await;
    browser.appears(&format!("{} figure table", panel("lab/wave"))).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
