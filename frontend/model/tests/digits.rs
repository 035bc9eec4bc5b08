//! Tests that a number is shown with the digits that were sent, wherever the page shows it.
#![cfg(not(target_arch = "wasm32"))]

use board_model::chart::readout::table;
use board_model::chart::{LocalClock, SeriesSet};
use board_model::figure::Figure;
use board_model::stream::{Origin, Stream};
use proptest::prelude::*;
use shared::{Data, Publication, Topic};

/// Generates JSON texts of numbers: long and short, with zeros at the end, with and without an exponent.
fn number() -> impl Strategy<Value = String> {
    let exponent = prop_oneof![4 => Just(String::new()), 1 => "[eE][+-]?[0-9]{1,2}"];
    ("-?(0|[1-9][0-9]{0,24})", "(\\.[0-9]{1,12})?", exponent)
        .prop_map(|(whole, fraction, exponent)| format!("{whole}{fraction}{exponent}"))
}

struct Page {
    stream: Stream,
    series: SeriesSet,
}

impl Page {
    fn with(json: &str) -> Self {
        let mut page =
            Self { stream: Stream::new(Topic::new("shop/x").expect("a topic")), series: SeriesSet::new(10) };
        let data: Data = serde_json::from_str(json).expect("JSON");
        let item = Publication { offset: 1, ts: 1_000, received_at: 1_000, data };
        page.stream.take(&[item], Origin::Live, &mut page.series, 1_000);
        page
    }

    fn newest_line(&self) -> String {
        self.stream.lines().newest(1).map(|line| line.text.clone()).collect()
    }
}

/// Converts a displayed number to the notation of JSON: removes the separators between thousands, and replaces the
/// minus sign.
fn plain(shown: &str) -> String {
    shown.replace('\u{202f}', "").replace('\u{2212}', "-")
}

/// Removes the sign of a zero, because the page never shows a negative zero.
fn without_sign_of_zero(sent: &str) -> &str {
    let is_zero = !sent.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    if is_zero { sent.trim_start_matches('-') } else { sent }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn logs_states_and_charts_keep_every_digit(sent in number()) {
        let page = Page::with(&sent);
        prop_assert_eq!(page.series.sent(0, 0), Some(sent.clone()));
        prop_assert_eq!(page.newest_line(), sent.clone());
        prop_assert_eq!(page.stream.states().current(), Some(sent.as_str()));
        let event = Page::with(&format!("{{\"msg\": \"paid\", \"eur\": {sent}, \"items\": [{sent}, \"x\"]}}"));
        prop_assert_eq!(event.newest_line(), format!("paid  eur={sent}  items=[{sent},\"x\"]"));
    }

    #[test]
    fn tables_and_figures_show_them_as_far_as_there_is_room(sent in number()) {
        let page = Page::with(&sent);
        let row = table(&page.series, &(0..2_000), 1);
        let figure = Figure::of(&page.stream, &page.series, LocalClock::UTC);
        let has_exponent = sent.contains(['e', 'E']);
        if !has_exponent && !row[0].numbers[0].contains('×') {
            prop_assert_eq!(plain(&row[0].numbers[0]), without_sign_of_zero(&sent));
        }
        let digits = sent.bytes().filter(u8::is_ascii_digit).count();
        if !has_exponent && digits <= 9 && figure.unit.is_empty() {
            prop_assert_eq!(plain(&figure.text), without_sign_of_zero(&sent));
        }
        let list = Page::with(&format!("[{{\"id\": {sent}}}]"));
        let cell = &list.stream.table().rows[0][0];
        prop_assert_eq!(cell, &row[0].numbers[0]);
    }
}
