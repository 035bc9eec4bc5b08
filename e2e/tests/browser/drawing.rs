//! Tests how often a chart is drawn.

use std::time::{Duration, Instant};

use e2e::board::{self, panel};
use e2e::server::Server;
use e2e::wait;
use serde_json::json;

/// Counts the drawings of canvases in `window.drawings`: each begins by clearing the canvas.
const COUNT_DRAWINGS: &str = "
    (() => {
        window.drawings = 0;
        const clear = CanvasRenderingContext2D.prototype.clearRect;
        CanvasRenderingContext2D.prototype.clearRect = function (...rect) {
            window.drawings += 1;
            return clear.apply(this, rect);
        };
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
