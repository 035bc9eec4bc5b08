//! The journey with the keyboard alone.

use super::*;

use e2e::hand::SHIFT;

/// Maximum number of key presses to get to a control, or along a chart.
const MOST_PRESSES: usize = 400;

/// Presses a key until the page is as wanted. `is_wanted` waits until the page has been drawn.
async fn press_until(story: &Story, key: &str, what: &str, mut is_wanted: impl AsyncFnMut() -> bool) {
    for _ in 0..MOST_PRESSES {
        if is_wanted().await {
            return;
        }
        story.browser.press_key(key, 0).await;
    }
    panic!("{key} was pressed {MOST_PRESSES} times, but not: {what}");
}

/// Presses Tab until an element that matches the CSS selector has the focus.
async fn tab_to(story: &Story, selector: &str) {
    let has_focus = format!("document.activeElement.matches({})", Value::from(selector));
    let is_there = async || {
        next_frame(&story.browser).await;
        story.browser.value(&has_focus).await == json!(true)
    };
    press_until(story, "Tab", &format!("{selector} has the focus"), is_there).await;
}

/// Moves the crosshair of the chart, from its newest value back, until the tooltip says the highest value of the spike.
async fn find(story: &Story) {
    story.is_loaded().await;
    if !story.sees_spike().await {
        story.browser.press_key("End", 0).await;
        press_until(story, "ArrowLeft", "the spike is found", async || story.sees_spike().await).await;
    }
}

#[tokio::test]
async fn with_the_keyboard_alone_a_stranger_finds_yesterdays_spike_sends_it_records_and_makes_a_wall() {
    let story = Story::begin().await;
    let browser = &story.browser;

    browser.press_key("7", 0).await;
    tab_to(&story, ".skip").await;
    browser.press_key("Enter", 0).await;
    tab_to(&story, CHART).await;
    let mut before = None;
    while !story.is_near().await {
        find(&story).await;
        browser.press_key("+", 0).await;
        before = Some(story.stretch_after(before).await);
    }
    find(&story).await;
    story.has_found_spike().await;
    browser.screenshot("journey-keyboard-near").await;
    // A part of it is selected.
    for _ in 0..4 {
        browser.press_key("ArrowLeft", SHIFT).await;
    }
    browser.press_key("Enter", 0).await;
    story.stretch_after(before).await;

    browser.press_key("Escape", 0).await;
    wait::until("the stretch before is shown", TIMEOUT, || async {
        (story.stretch().await == before).then_some(())
    })
    .await;
    browser.press_key("c", 0).await;
    story.is_received(&story.copied_link().await).await;

    browser.press_key("n", 0).await;
    story.is_live().await;
    browser.press_key("3", 0).await;
    browser.press_key("r", 0).await;
    story.is_recording().await;
    browser.press_key("r", 0).await;
    let file = story.recording().await;

    let (_replay, url) = replay(&file);
    browser.driver.goto(&url).await.expect("the page opens");
    browser.appears(PLAY).await;
    tab_to(&story, PLAY).await;
    stop_playing(browser, async || browser.press_key(" ", 0).await).await;
    browser.press_key(" ", 0).await;
    tab_to(&story, SCRUB).await;
    browser.press_key("End", 0).await;
    story.has_played().await;

    story.open_board().await;
    browser.press_key("w", 0).await;
    story.is_wall().await;
    browser.press_key("w", 0).await;
    story.is_page().await;
    story.has_no_complaints().await;
}
