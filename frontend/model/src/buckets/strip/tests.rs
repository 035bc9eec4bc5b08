use serde_json::json;

use super::super::topic_past::Wanted;
use super::*;
use crate::digits::Digits;
use crate::order::Order;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const STEP: u64 = 1_000;
const NOW: Millis = 1_000_000;

fn past(stretch: Range<Millis>, buckets: &serde_json::Value, lost: &serde_json::Value) -> TopicPast {
    let mut past = TopicPast::default();
    let wanted = Wanted {
        stretch,
        step_ms: Some(STEP),
        items: 0,
        raw_from: Millis::MAX,
        paused_at: None,
        newest_at: None,
    };
    let ask = past.next(&wanted, NOW).unwrap();
    past.asked(1, ask, NOW);
    let reply = json!({
        "id": 1, "topic": "a", "epoch": "e", "from_ms": 0, "to_ms": 1, "step_ms": STEP, "kept_from_ms": 0,
        "head": {"epoch": "e", "offset": 9}, "series": [{"name": "", "buckets": buckets}], "lost": lost,
    });
    past.answered(1, serde_json::from_value(reply).unwrap());
    past
}

fn known(seen: &[(Millis, &str)]) -> States {
    let mut states = States::default();
    for (index, (at_ms, state)) in seen.iter().enumerate() {
        states.add(Order::at(*at_ms, index as u64), &json!(state), &Digits::default());
    }
    states
}

/// Returns the strip in words, with the share of each part in percent.
fn strip(states: &PastStates, window: Range<Millis>) -> Vec<String> {
    let word = |part: Part| match part {
        Part::State(state) => state,
        Part::Mixed(state) => format!("mixed {state}"),
        Part::Nothing => "nothing".to_owned(),
        Part::Lost => "lost".to_owned(),
        Part::Unloaded => "unloaded".to_owned(),
    };
    let parts = states.strip(&window, Millis::MAX).into_iter();
    parts.map(|(part, share)| format!("{} {}", word(part), (share * 100.0).round())).collect()
}

#[test]
fn a_state_lasts_until_the_next_and_goes_on_in_live_publications() {
    let buckets = json!([[100_000, 0, 1, 0, "open"], [150_000, 0, 1, 0, "shut"]]);
    let past = past(100_000..180_000, &buckets, &json!([]));
    let states = PastStates::of(&past, STEP, &known(&[(150_000, "shut"), (190_000, "open")]), 170_000);
    assert_eq!(strip(&states, 100_000..200_000), ["open 50", "shut 40", "open 10"]);
    assert_eq!(
        (states.at(149_999), states.at(150_000), states.at(99_999)),
        (Some("open"), Some("shut"), None)
    );
}

#[test]
fn a_bucket_with_many_changes_is_mixed() {
    let buckets = json!([[100_000, 0, 1, 0, "up"], [140_000, 40_000, 9, 8, "down", "up"]]);
    let states = PastStates::of(&past(100_000..200_000, &buckets, &json!([])), STEP, &States::default(), NOW);
    assert_eq!(strip(&states, 100_000..200_000), ["up 40", "mixed up 40", "up 20"]);
}

#[test]
fn a_loss_and_what_is_not_loaded_are_no_states() {
    let buckets = json!([[110_000, 0, 1, 0, "up"], [150_000, 0, 1, 0, "up"]]);
    let past = past(101_000..159_000, &buckets, &json!([[120_000, 20_000, 4]]));
    let states = PastStates::of(&past, STEP, &known(&[(190_000, "up")]), 190_000);
    assert_eq!(
        strip(&states, 90_000..200_000),
        ["unloaded 9", "nothing 9", "up 9", "lost 18", "up 18", "unloaded 27", "up 9"]
    );
    assert_eq!((states.at(130_000), states.at(170_000)), (None, None));
}

#[test]
fn states_that_were_all_published_to_the_page_need_no_buckets() {
    let known = known(&[(10_000, "up"), (60_000, "down")]);
    let states = PastStates::of(&TopicPast::default(), STEP, &known, Millis::MIN);
    assert_eq!(strip(&states, 0..100_000), ["nothing 10", "up 50", "down 40"]);
}

#[test]
fn nothing_is_known_of_the_time_to_come() {
    let known = known(&[(10_000, "up"), (60_000, "down")]);
    let states = PastStates::of(&TopicPast::default(), STEP, &known, Millis::MIN);
    let shares = |now| {
        states
            .strip(&(0..100_000), now)
            .into_iter()
            .map(|(part, share)| (part, (share * 100.0).round()))
            .collect::<Vec<_>>()
    };
    let (up, down) = (Part::State("up".to_owned()), Part::State("down".to_owned()));
    assert_eq!(shares(80_000), [(Part::Nothing, 10.0), (up, 50.0), (down, 20.0), (Part::Nothing, 20.0)]);
    assert_eq!(states.strip(&(90_000..100_000), 80_000), [(Part::Nothing, 1.0)]);
}
