use serde_json::json;
use shared::Data;

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: Millis = 10_000_000;
const STEP: u64 = 1_000;

fn wanted(stretch: Range<Millis>) -> Wanted {
    Wanted { stretch, step_ms: Some(STEP), items: 0, raw_from: Millis::MAX, paused_at: None, newest_at: None }
}

fn reply(id: RequestId, firsts: &[Millis], next: Option<u64>) -> BucketsReply {
    let buckets: Vec<_> = firsts.iter().map(|first_ms| json!([first_ms, 900, 9, 0, 1])).collect();
    let position = |offset| json!({"epoch": "e", "offset": offset});
    let mut reply = json!({
        "id": id, "topic": "a", "epoch": "e", "from_ms": 0, "to_ms": 1, "step_ms": STEP, "kept_from_ms": 1_000_000,
        "head": position(99), "series": [{"name": "", "buckets": buckets}],
    });
    if let Some(offset) = next {
        reply["next"] = position(offset);
    }
    serde_json::from_value(reply).unwrap()
}

fn firsts(past: &TopicPast) -> Vec<Millis> {
    let track = past.track(STEP);
    track.series().iter().flat_map(|series| &series.buckets).map(|bucket| bucket.first_ms).collect()
}

/// Asks for everything that is wanted, and answers each request with the bucket at its beginning.
fn load(past: &mut TopicPast, wanted: &Wanted, now: Millis) -> Vec<Range<Millis>> {
    let mut asked = Vec::new();
    for id in 0..20 {
        let Some(ask) = past.next(wanted, now) else { break };
        asked.push(ask.from_ms..ask.to_ms);
        let first = ask.from_ms;
        past.asked(id, ask, now);
        assert!(past.answered(id, reply(id, &[first], None)));
    }
    asked
}

fn item(offset: u64, received_at: Millis) -> Publication {
    Publication { offset, ts: received_at, received_at, data: Data::from(json!("line")) }
}

#[test]
fn a_stretch_is_requested_once_with_a_step_on_either_side() {
    let mut past = TopicPast::default();
    let asked = load(&mut past, &wanted(2_000_000..2_060_000), NOW);
    assert_eq!(asked, std::slice::from_ref(&(1_999_000..2_061_000)));
    assert_eq!(past.next(&wanted(2_000_000..2_060_000), NOW), None);
    assert_eq!(past.next(&wanted(2_020_000..2_050_000), NOW), None, "a part of it");
}

#[test]
fn after_a_move_only_the_new_part_is_requested() {
    let mut past = TopicPast::default();
    load(&mut past, &wanted(2_000_000..2_060_000), NOW);
    assert_eq!(
        load(&mut past, &wanted(2_030_000..2_090_000), NOW),
        std::slice::from_ref(&(2_061_000..2_091_000))
    );
    assert_eq!(
        load(&mut past, &wanted(1_970_000..2_030_000), NOW),
        std::slice::from_ref(&(1_969_000..1_999_000))
    );
    assert_eq!(firsts(&past), [1_969_000, 1_999_000, 2_061_000]);
}

#[test]
fn one_request_of_a_topic_waits_for_its_answer() {
    let mut past = TopicPast::default();
    let ask = past.next(&wanted(2_000_000..2_060_000), NOW).unwrap();
    past.asked(7, ask, NOW);
    assert_eq!(past.next(&wanted(3_000_000..3_060_000), NOW), None);
    assert!(!past.answered(8, reply(8, &[1], None)), "an answer to nothing");
    assert!(past.next(&wanted(3_000_000..3_060_000), NOW + TIMEOUT_MS).is_some(), "it was lost");
}

#[test]
fn a_partial_answer_is_continued_and_shown_at_once() {
    let mut past = TopicPast::default();
    let wanted = wanted(2_000_000..2_060_000);
    let ask = past.next(&wanted, NOW).unwrap();
    past.asked(1, ask, NOW);
    past.answered(1, reply(1, &[2_000_000, 2_010_000], Some(40)));
    assert_eq!(
        past.track(STEP).loaded().iter().collect::<Vec<_>>(),
        std::slice::from_ref(&(1_999_000..2_010_900))
    );
    let ask = past.next(&wanted, NOW).unwrap();
    assert_eq!(ask.since.as_ref().map(|since| since.offset), Some(40));
    past.asked(2, ask, NOW);
    past.answered(2, reply(2, &[2_020_000], None));
    assert_eq!(firsts(&past), [2_000_000, 2_010_000, 2_020_000]);
    assert_eq!(past.next(&wanted, NOW), None);
}

#[test]
fn the_rest_of_an_answer_that_is_no_longer_wanted_is_not_requested() {
    let mut past = TopicPast::default();
    let ask = past.next(&wanted(2_000_000..2_060_000), NOW).unwrap();
    past.asked(1, ask, NOW);
    past.answered(1, reply(1, &[2_000_000], Some(40)));
    let other = Wanted { step_ms: Some(50), ..wanted(2_000_000..2_001_000) };
    assert_eq!(past.next(&other, NOW).unwrap().since, None);
    assert!(firsts(&past).is_empty(), "a part whose end is not known is not kept");
}

#[test]
fn what_the_page_has_as_publications_is_not_requested() {
    let mut past = TopicPast::default();
    let wanted = Wanted { raw_from: NOW - 300_000, ..wanted(NOW - 200_000..NOW) };
    assert_eq!(past.next(&wanted, NOW), None);
}

#[test]
fn a_stretch_that_meets_the_publications_is_requested_up_to_now_and_not_again() {
    let mut past = TopicPast::default();
    let mut wanted = Wanted { raw_from: NOW - 300_000, ..wanted(NOW - 900_000..NOW) };
    assert_eq!(load(&mut past, &wanted, NOW), std::slice::from_ref(&(NOW - 901_000..NOW)));
    // A minute later, the page has dropped the publications of a minute.
    (wanted.stretch, wanted.raw_from) = (NOW - 840_000..NOW + 60_000, NOW - 240_000);
    assert_eq!(past.next(&wanted, NOW + 60_000), None);
    // Later than the publications reach, the newest part is requested.
    (wanted.stretch, wanted.raw_from) = (NOW - 500_000..NOW + 400_000, NOW + 100_000);
    assert_eq!(
        load(&mut past, &wanted, NOW + 400_000),
        std::slice::from_ref(&(NOW - SETTLING_MS..NOW + 400_000))
    );
}

#[test]
fn nothing_is_requested_after_the_beginning_of_a_pause() {
    let paused = |stretch: Range<Millis>, raw_from: Millis| Wanted {
        raw_from,
        paused_at: Some(NOW - 60_000),
        ..wanted(stretch)
    };
    let ends = |wanted: &Wanted| {
        let mut past = TopicPast::default();
        load(&mut past, wanted, NOW).iter().map(|asked| asked.end).collect::<Vec<_>>()
    };
    let edge = NOW - 60_000;
    assert_eq!(ends(&paused(edge - 900_000..edge, edge - 300_000)), [edge], "the page has a part of it");
    assert_eq!(ends(&paused(edge - 900_000..NOW + 60_000, Millis::MAX)), [edge], "the stretch has not ended");
    assert_eq!(ends(&paused(edge - 900_000..edge - 500_000, Millis::MAX)), [edge - 499_000]);
    assert_eq!(ends(&paused(edge - 900_000..edge, edge - 1_000_000)), Vec::<i64>::new());
}

#[test]
fn nothing_is_requested_before_the_oldest_data_that_is_kept() {
    let mut past = TopicPast::default();
    load(&mut past, &wanted(900_000..1_100_000), NOW);
    assert_eq!(past.kept_from(), Some(1_000_000));
    assert_eq!(past.next(&wanted(0..900_000), NOW), None);
}

#[test]
fn a_failed_request_is_said_and_repeated_ever_later() {
    let mut past = TopicPast::default();
    let (wanted, mut now) = (wanted(2_000_000..2_060_000), NOW);
    let mut pauses = Vec::new();
    for id in 0..8 {
        let ask = past.next(&wanted, now).unwrap();
        past.asked(id, ask, now);
        assert!(past.failed(id, Some("disk full".to_owned()), now));
        assert_eq!(past.failure(), Some("disk full"));
        let pause =
            (0..).map(|step| step * 1_000).find(|ms| past.clone().next(&wanted, now + ms).is_some()).unwrap();
        pauses.push(pause);
        now += pause;
    }
    assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]) && pauses[7] == LONGEST_RETRY_MS, "{pauses:?}");
    load(&mut past, &wanted, now);
    assert_eq!(past.failure(), None);
}

#[test]
fn a_log_that_began_anew_has_nothing_of_the_old_one() {
    let mut past = TopicPast::default();
    load(&mut past, &wanted(2_000_000..2_060_000), NOW);
    let ask = past.next(&wanted(3_000_000..3_060_000), NOW).unwrap();
    past.asked(5, ask, NOW);
    let mut anew = reply(5, &[3_000_000], None);
    anew.epoch = shared::Epoch::new("other");
    past.answered(5, anew);
    assert_eq!(firsts(&past), [3_000_000]);
}

#[test]
fn few_lengths_of_buckets_are_kept_and_those_in_use_last() {
    let mut past = TopicPast::default();
    for step in [1_000, 2_000, 5_000, 10_000, 20_000, 30_000] {
        load(&mut past, &Wanted { step_ms: Some(step), ..wanted(2_000_000..2_060_000) }, NOW);
    }
    assert!(past.track(1_000).is_empty() && !past.track(30_000).is_empty());
    assert_eq!(past.tracks.len(), MOST_TRACKS);
}

#[test]
fn lines_of_a_stretch_are_read_back_from_its_end_until_there_are_enough() {
    let mut past = TopicPast::default();
    let wanted = Wanted { step_ms: None, items: 5, ..wanted(2_000_000..3_000_000) };
    let ask = past.next(&wanted, NOW).unwrap();
    assert_eq!((ask.from_ms, ask.to_ms, ask.limit), (2_000_000, 3_000_000, Some(5)));
    past.asked(1, ask, NOW);
    past.answered_items(1, vec![item(8, 2_900_000), item(9, 2_900_000)], 5, NOW);
    let ask = past.next(&wanted, NOW).unwrap();
    assert_eq!(ask.to_ms, 2_900_001, "others may have the same time");
    past.asked(2, ask, NOW);
    past.answered_items(2, (4..9).map(|offset| item(offset, 2_900_000)).collect(), 5, NOW);
    let (items, has_more) = past.items(&wanted.stretch).unwrap();
    assert_eq!(
        (items.iter().map(|item| item.offset).collect::<Vec<_>>(), has_more),
        (vec![5, 6, 7, 8, 9], true)
    );
    assert_eq!(past.next(&wanted, NOW), None);
}

/// Returns true if a log says that older lines are left out, after all requests are answered by the newest 50 of these lines that
/// are in the stretch, or by as many of them as have `room` bytes of text.
fn is_cut(lines: &[Publication], room: usize) -> bool {
    let mut past = TopicPast::default();
    let wanted = Wanted { step_ms: None, items: 50, ..wanted(2_000_000..3_000_000) };
    for id in 1..20 {
        let Some(ask) = past.next(&wanted, NOW) else { break };
        let mut bytes = 0;
        let found = lines.iter().rev().filter(|line| (ask.from_ms..ask.to_ms).contains(&line.received_at));
        let fitting = found.take(50).take_while(|line| {
            bytes += line.data.text().len();
            bytes <= room
        });
        let mut items: Vec<_> = fitting.cloned().collect();
        items.reverse();
        past.asked(id, ask, NOW);
        past.answered_items(id, items, 500, NOW);
    }
    assert_eq!(past.next(&wanted, NOW), None);
    past.items(&wanted.stretch).unwrap().1
}

#[test]
fn a_log_says_that_older_lines_of_one_request_are_missing() {
    let together =
        |first: u64, last: u64| -> Vec<_> { (first..=last).map(|offset| item(offset, 2_900_000)).collect() };
    assert!(is_cut(&together(1, 2_000), usize::MAX), "there are more than an answer has");
    assert!(!is_cut(&together(1, 50), usize::MAX), "they are all of the log");
    assert!(!is_cut(&together(5, 40), usize::MAX), "the ones before are not in the stretch");
    let apart: Vec<_> =
        (5..=304).map(|offset| item(offset, 2_000_000 + Millis::try_from(offset).unwrap())).collect();
    assert!(!is_cut(&apart, usize::MAX), "they are read one part after the other");
    assert!(!is_cut(&[item(5, 2_999_999)], usize::MAX), "in the last millisecond of the stretch");
}

/// Shows a stretch of a log at these times, once a second, as far as the server has stored the lines. It does so `late_ms` after it
/// has received them, and an answer has 50 of them. Returns the offsets of the lines that are shown then, and the number of requests.
fn follow(
    lines: &[Publication],
    stretch: &Range<Millis>,
    times: Range<Millis>,
    late_ms: Millis,
) -> (Vec<u64>, RequestId) {
    let (mut past, mut requests) = (TopicPast::default(), 0);
    for now in times.step_by(1_000) {
        let stored = lines.iter().filter(|line| line.received_at + late_ms <= now);
        let newest_at = stored.clone().map(|line| line.received_at).max();
        let wanted = Wanted { step_ms: None, items: 50, newest_at, ..wanted(stretch.clone()) };
        while let Some(ask) = past.next(&wanted, now) {
            let asked = ask.from_ms..ask.to_ms;
            let found = stored.clone().rev().filter(|line| asked.contains(&line.received_at));
            let mut items: Vec<_> = found.take(50).cloned().collect();
            items.reverse();
            requests += 1;
            past.asked(requests, ask, now);
            past.answered_items(requests, items, 500, now);
            assert!(requests < 400, "it ends");
        }
    }
    let shown = past.items(stretch).map(|(items, _)| items.iter().map(|item| item.offset).collect());
    (shown.unwrap_or_default(), requests)
}

#[test]
fn a_log_goes_on_in_a_stretch_that_has_not_ended_until_all_of_its_lines_are_there() {
    let stretch = 2_000_000..2_200_000;
    let lines: Vec<_> = (1..=400).map(|n: u64| item(n, 2_000_000 + n.cast_signed() * 500)).collect();
    let all: Vec<u64> = (1..400).collect();
    for begins_at in
        [1_990_000_i64, 2_000_000, 2_000_001, 2_001_500, 2_100_000, 2_199_900, 2_201_000, 2_300_000]
    {
        for late_ms in [0, 700, 2_900] {
            let (shown, _) = follow(&lines, &stretch, begins_at..begins_at.max(2_200_000) + 10_000, late_ms);
            assert_eq!(shown, all, "opened at {begins_at}, stored after {late_ms} ms");
        }
    }
    let (shown, _) = follow(&lines, &stretch, 2_050_000..2_100_001, 0);
    assert_eq!(shown.last(), Some(&200), "a line is shown soon after it was published");
}

#[test]
fn more_lines_than_an_answer_has_leave_no_hole_in_a_log() {
    let few = (1..=10).map(|n: u64| item(n, 2_001_000 + n.cast_signed()));
    let burst = (11..=210).map(|n: u64| item(n, 2_050_000 + n.cast_signed()));
    let lines: Vec<_> = few.chain(burst).collect();
    let (shown, _) = follow(&lines, &(2_000_000..2_200_000), 2_010_000..2_100_000, 0);
    assert_eq!(shown, (1..=210).collect::<Vec<u64>>());
}

#[test]
fn a_silent_log_is_not_requested_again_and_again() {
    let (shown, requests) = follow(&[item(1, 2_001_000)], &(2_000_000..3_000_000), 2_002_000..3_100_000, 0);
    assert_eq!(shown, [1]);
    assert!(requests <= 5, "{requests}");
}

#[test]
fn a_log_stands_still_in_a_pause() {
    let wanted = Wanted {
        step_ms: None,
        items: 50,
        paused_at: Some(2_500_000),
        newest_at: Some(2_499_000),
        ..wanted(2_000_000..3_000_000)
    };
    let mut past = TopicPast::default();
    for (id, now) in (1..).zip([2_501_000, 2_502_000, 2_505_000, 2_900_000, 3_100_000]) {
        while let Some(ask) = past.next(&wanted, now) {
            assert_eq!(ask.to_ms, 2_500_000);
            past.asked(id, ask, now);
            past.answered_items(id, Vec::new(), 500, now);
        }
    }
    assert_eq!(past.items(&wanted.stretch), Some((&[][..], false)));
}

#[test]
fn a_log_that_began_anew_shows_the_lines_of_the_new_one() {
    let mut past = TopicPast::default();
    let mut wanted = Wanted { step_ms: None, items: 50, ..wanted(2_000_000..3_000_000) };
    let answers = [
        (2_100_000, vec![item(70, 2_050_000), item(71, 2_060_000)]),
        (2_101_000, vec![item(70, 2_050_000)]),
        (2_200_000, vec![item(1, 2_190_000), item(2, 2_191_000)]),
        (2_201_000, vec![item(1, 2_190_000)]),
    ];
    for (id, (now, items)) in (1..).zip(answers) {
        wanted.newest_at = Some(now);
        let ask = past.next(&wanted, now).unwrap();
        past.asked(id, ask, now);
        past.answered_items(id, items, 500, now);
    }
    let (items, _) = past.items(&wanted.stretch).unwrap();
    assert_eq!(items.iter().map(|item| item.offset).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_log_says_that_older_lines_did_not_fit() {
    let data = json!("x".repeat(1_000));
    let line = |offset| Publication { data: Data::from(data.clone()), ..item(offset, 2_900_000) };
    let lines: Vec<_> = (2..=45).map(line).collect();
    assert!(is_cut(&lines, 29_000));
    assert!(!is_cut(&lines[..20], 29_000));
}

#[test]
fn a_stretch_without_lines_is_loaded_and_empty() {
    let mut past = TopicPast::default();
    let wanted = Wanted { step_ms: None, items: 500, ..wanted(2_000_000..3_000_000) };
    assert_eq!(past.items(&wanted.stretch), None);
    let ask = past.next(&wanted, NOW).unwrap();
    past.asked(1, ask, NOW);
    past.answered_items(1, Vec::new(), 500, NOW);
    assert_eq!(past.items(&wanted.stretch), Some((&[][..], false)));
    assert_eq!(past.next(&wanted, NOW), None);
    assert!(past.next(&Wanted { stretch: 1..2, ..wanted }, NOW).is_some(), "another stretch");
}

#[test]
fn a_server_that_knows_no_buckets_is_not_asked_again_and_again() {
    let mut past = TopicPast::default();
    let ask = past.next(&wanted(2_000_000..2_060_000), NOW).unwrap();
    past.asked(1, ask, NOW);
    assert!(past.answered_items(1, vec![item(8, 2_900_000)], 1, NOW));
    assert_eq!(past.failure(), Some("this server keeps no buckets"));
    assert_eq!(past.next(&wanted(2_000_000..2_060_000), NOW + 500), None);
}
