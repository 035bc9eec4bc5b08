//! The journey with a mouse and nothing else.

use super::*;

/// Half of the width that is selected around the spike, in CSS pixels.
const HALF_PX: f64 = 50.0;

#[tokio::test]
async fn with_a_mouse_a_stranger_finds_yesterdays_spike_sends_it_records_and_makes_a_wall() {
    let story = Story::begin().await;
    let browser = &story.browser;

    browser.click_on("[data-testid=window] button[data-label='7 days']").await;
    let mut before = None;
    while !story.is_near().await {
        story.is_loaded().await;
        let (x, y) = find_from_right(browser, async |point| browser.point_at(point).await).await;
        browser.screenshot("journey-mouse-spike").await;
        browser.drag((x - HALF_PX, y), (x + HALF_PX, y), 0).await;
        before = Some(story.stretch_after(before).await);
    }
    story.is_loaded().await;
    story.has_found_spike().await;
    browser.screenshot("journey-mouse-near").await;

    browser.click_on(COPY_LINK).await;
    story.is_received(&story.copied_link().await).await;

    browser.click_on(NOW).await;
    story.is_live().await;
    browser.click_on("[data-testid=window] button[data-label='15 min']").await;
    browser.click_on(RECORD).await;
    story.is_recording().await;
    browser.click_on(RECORD).await;
    let file = story.recording().await;

    let (_replay, url) = replay(&file);
    browser.driver.goto(&url).await.expect("the page opens");
    stop_playing(browser, async || browser.click_on(PLAY).await).await;
    browser.click_on(PLAY).await;
    let scrub = browser.middle_of(SCRUB).await;
    browser.drag(scrub, (scrub.0 + 2_000.0, scrub.1), 0).await;
    story.has_played().await;
    browser.screenshot("journey-mouse-played").await;

    story.open_board().await;
    browser.click_on(".tool.wall").await;
    story.is_wall().await;
    browser.screenshot("journey-mouse-wall").await;
    browser.driver.refresh().await.expect("the page opens");
    story.is_wall().await;
    // The button is shown while the mouse is on the header.
    browser.point_at((700.0, 8.0)).await;
    browser.click_on(".tool.wall").await;
    story.is_page().await;
    story.has_no_complaints().await;
}
