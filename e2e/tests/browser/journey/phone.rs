//! The journey with fingers on a phone.

use super::*;

const MORE: &str = "[data-testid=more]";

impl Story {
    /// Swipes the row of windows until a window can be tapped, and taps it.
    async fn choose_window(&self, label: &str) {
        let row = self.browser.middle_of("[data-testid=window]").await;
        let button = format!("[data-testid=window] button[data-label='{label}']");
        let is_seen = format!(
            "(() => {{ const [row, button] = ['[data-testid=window]', {}].map((s) => document.querySelector(s).getBoundingClientRect());
                return button.left >= row.left && button.right <= row.right + 1; }})()",
            Value::from(button.as_str())
        );
        wait::until(&format!("{label} is seen"), TIMEOUT, || async {
            let is_seen = self.browser.value(&is_seen).await == json!(true);
            if !is_seen {
                self.browser.swipe((row.0 + 30.0, row.1), (row.0 - 40.0, row.1)).await;
            }
            is_seen.then_some(())
        })
        .await;
        self.browser.tap_on(&button).await;
    }

    async fn choose_tool(&self, selector: &str) {
        self.browser.tap_on(MORE).await;
        self.browser.tap_on(selector).await;
    }
}

#[tokio::test]
async fn on_a_phone_a_stranger_finds_yesterdays_spike_sends_it_records_and_makes_a_wall() {
    let story = Story::begin().await;
    let browser = &story.browser;
    browser.become_phone(360, 800).await;
    story.open_board().await;

    story.choose_window("7 days").await;
    let mut before = None;
    while !story.is_near().await {
        story.is_loaded().await;
        let point = find_from_right(browser, async |point| browser.tap_at(point).await).await;
        browser.screenshot("journey-phone-spike").await;
        browser.spread(point, 24.0, 150.0).await;
        before = Some(story.stretch_after(before).await);
    }
    story.is_loaded().await;
    story.has_found_spike().await;
    browser.screenshot("journey-phone-near").await;

    browser.tap_on(COPY_LINK).await;
    story.is_received(&story.copied_link().await).await;

    browser.tap_on(NOW).await;
    story.is_live().await;
    story.choose_window("15 min").await;
    story.choose_tool(RECORD).await;
    story.is_recording().await;
    browser.screenshot("journey-phone-recording").await;
    story.choose_tool(RECORD).await;
    let file = story.recording().await;

    let (_replay, url) = replay(&file);
    browser.driver.goto(&url).await.expect("the page opens");
    stop_playing(browser, async || browser.tap_on(PLAY).await).await;
    // Soon after a tap, a browser takes the next touch for a part of a double tap. Then the finger drags again.
    wait::until("the slider is at the end", TIMEOUT, || async {
        let (x, y) = browser.middle_of(SCRUB).await;
        browser.swipe((x, y), (x + 400.0, y)).await;
        browser.text(STATE).await.filter(|words| words.starts_with("Recording ended"))
    })
    .await;
    story.has_played().await;
    browser.screenshot("journey-phone-played").await;

    story.open_board().await;
    story.choose_tool(".tool.wall").await;
    story.is_wall().await;
    browser.screenshot("journey-phone-wall").await;
    // The button is shown after the header was touched.
    browser.tap_at((120.0, 8.0)).await;
    browser.tap_on(".tool.wall").await;
    story.is_page().await;
    story.has_no_complaints().await;
}
