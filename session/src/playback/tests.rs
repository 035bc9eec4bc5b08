use shared::recording::{Damage, Header, Line};

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn frame(at: Millis, text: &str) -> Line {
    Line { at, entry: Entry::Frame(text.into()) }
}

fn publication(epoch: &str, offset: u64, data: &str) -> String {
    format!(
        r#"{{"type":"publications","topic":"t","epoch":"{epoch}","items":[{{"offset":{offset},"ts":5,"received_at":5,"data":{data}}}]}}"#
    )
}

fn playback(lines: Vec<Line>) -> Playback {
    let header = Header { started_at: 100, filter: "*".parse().unwrap(), server: String::new() };
    Playback::new(Recording { header, lines, is_truncated: false, damage: Vec::new() })
}

/// Returns a playback of a recording in which a line is damaged before the line with each of these indices.
fn damaged(lines: Vec<Line>, damage: &[usize]) -> Playback {
    let mut recording = playback(lines).recording().clone();
    let damage = damage.iter().map(|before| {
        let number = before + 2;
        Damage { first: number, last: number, before: *before, fault: String::new() }
    });
    recording.damage = damage.collect();
    Playback::new(recording)
}

fn closed(at: Millis) -> Line {
    Line { at, entry: Entry::Closed { code: 1006, reason: String::new() } }
}

fn opened(at: Millis) -> Line {
    Line { at, entry: Entry::Opened }
}

/// Returns the first and the last offset of each gap.
fn gaps(events: &[Event]) -> Vec<(u64, u64)> {
    let gap = |event: &Event| match event {
        Event::Gap { from, to, .. } => Some((from.offset + 1, to.offset)),
        _ => None,
    };
    events.iter().filter_map(gap).collect()
}

fn played(playback: &mut Playback, at: Millis) -> Vec<Event> {
    let mut events = Vec::new();
    playback.advance(at, &mut |_, event| events.push(event));
    events
}

fn offsets(events: &[Event]) -> Vec<u64> {
    let items = |event: &Event| match event {
        Event::Publications { items, .. } => items.iter().map(|item| item.offset).collect(),
        _ => Vec::new(),
    };
    events.iter().flat_map(items).collect()
}

#[test]
fn lines_are_played_up_to_a_time_and_each_once() {
    let lines = (1..=4).map(|n| frame(100 + n, &publication("e", n as u64, "1"))).collect();
    let mut playback = playback(lines);
    assert_eq!(offsets(&played(&mut playback, 102)), [1, 2]);
    assert_eq!(offsets(&played(&mut playback, 102)), [0_u64; 0]);
    assert_eq!(offsets(&played(&mut playback, 50)), [0_u64; 0], "time does not go back");
    assert_eq!((playback.at(), playback.has_ended()), (102, false));
    assert_eq!(offsets(&played(&mut playback, 9_999)), [3, 4]);
    assert_eq!((playback.at(), playback.has_ended()), (104, true));
}

#[test]
fn after_a_rewind_the_same_events_come_again() {
    let mut playback = playback(vec![
        opened(100),
        frame(101, &publication("e", 1, "1")),
        frame(102, &publication("f", 1, "2")),
        closed(103),
    ]);
    let first = played(&mut playback, 200);
    assert!(!playback.is_open());
    playback.rewind();
    assert_eq!((playback.at(), playback.has_ended()), (100, false));
    assert_eq!(played(&mut playback, 200), first);
}

#[test]
fn a_step_plays_one_line() {
    let lines = vec![opened(100), frame(107, &publication("e", 1, "1"))];
    let mut playback = playback(lines);
    let mut events = Vec::new();
    let mut tell = |_, event| events.push(event);
    assert!(playback.step(&mut tell) && playback.step(&mut tell) && !playback.step(&mut tell));
    assert_eq!((offsets(&events), playback.at()), (vec![1], 107));
    assert!(playback.is_open());
}

#[test]
fn a_log_that_was_started_anew_a_gap_and_a_lost_connection_are_reported() {
    let position = |epoch: &str, offset| Position { epoch: Epoch::new(epoch), offset };
    let topic = Topic::new("t").unwrap();
    let gap = Entry::Gap {
        topic: topic.clone(),
        from: position("e", 1),
        to: position("e", 3),
        from_ts: Some(5),
        to_ts: Some(8),
    };
    let mut playback = playback(vec![
        frame(101, &publication("e", 1, "1")),
        Line { at: 102, entry: gap },
        frame(103, &publication("f", 1, "2")),
        Line { at: 104, entry: Entry::Closed { code: 1001, reason: String::new() } },
    ]);
    let events = played(&mut playback, 200);
    assert!(matches!(&events[1], Event::Gap { from_ts: Some(5), to_ts: Some(8), .. }));
    let expected = Event::EpochChanged { topic, last: position("e", 1), start: position("f", 0) };
    assert!(events.contains(&expected));
    assert_eq!(events.last(), Some(&Event::Disconnected { cause: Cause::Closed { code: 1001 } }));
}

#[test]
fn a_frame_that_cannot_be_read_is_reported_and_the_next_one_is_played() {
    let mut playback = playback(vec![frame(101, "nonsense"), frame(102, &publication("e", 1, "1"))]);
    let events = played(&mut playback, 200);
    assert!(matches!(&events[..], [Event::ProtocolError { .. }, Event::Publications { .. }]));
}

#[test]
fn publications_that_a_damaged_recording_does_not_contain_are_a_gap() {
    let frames = |offsets: &[u64]| {
        let frame =
            |(index, offset): (usize, &u64)| frame(101 + index as Millis, &publication("e", *offset, "1"));
        offsets.iter().enumerate().map(frame).collect::<Vec<_>>()
    };
    let events = played(&mut damaged(frames(&[1, 2, 5, 6]), &[2]), 200);
    assert_eq!(gaps(&events), [(3, 4)]);
    assert!(matches!(&events[2], Event::Gap { from_ts: Some(5), to_ts: Some(5), .. }), "before what follows");
    assert_eq!(offsets(&events), [1, 2, 5, 6]);
    assert_eq!(
        gaps(&played(&mut damaged(frames(&[1, 2, 3]), &[1]), 200)),
        [],
        "nothing of the topic is missing"
    );
    assert_eq!(gaps(&played(&mut playback(frames(&[1, 2, 5])), 200)), [], "the session tells the gaps");
    let again = frames(&[1, 2, 5, 5]);
    assert_eq!(gaps(&played(&mut damaged(again, &[2]), 200)), [(3, 4)], "each once");
}

#[test]
fn a_hole_that_a_later_answer_fills_or_whose_loss_was_recorded_is_no_gap_of_the_damage() {
    let reply = r#"{"type":"history","id":1,"topic":"t","epoch":"e","items":[{"offset":2,"ts":5,"received_at":5,"data":1}],"head":{"epoch":"e","offset":3},"recovered":true}"#;
    let lines =
        vec![frame(101, &publication("e", 1, "1")), frame(102, &publication("e", 3, "1")), frame(103, reply)];
    assert_eq!(gaps(&played(&mut damaged(lines, &[2]), 200)), []);

    let position = |offset| Position { epoch: Epoch::new("e"), offset };
    let topic = Topic::new("t").unwrap();
    let entry = Entry::Gap { topic, from: position(1), to: position(3), from_ts: Some(5), to_ts: None };
    let lines = vec![
        frame(101, &publication("e", 1, "1")),
        Line { at: 102, entry },
        frame(103, &publication("e", 4, "1")),
    ];
    assert_eq!(gaps(&played(&mut damaged(lines, &[0]), 200)), [(2, 3)], "only the recorded one");
}

#[test]
fn a_recorded_gap_after_the_highest_offset_there_is_contains_nothing() {
    let position = |offset| Position { epoch: Epoch::new("e"), offset };
    let topic = Topic::new("t").unwrap();
    let entry =
        Entry::Gap { topic, from: position(u64::MAX), to: position(u64::MAX), from_ts: None, to_ts: None };
    let lines = vec![Line { at: 101, entry }, frame(102, &publication("e", 4, "1"))];
    assert_eq!(offsets(&played(&mut damaged(lines, &[0]), 200)), [4]);
}

#[test]
fn the_connection_is_right_again_after_a_damaged_line_about_it() {
    let data = |at: Millis| frame(at, &publication("e", at as u64, "1"));
    // The line that says that the socket was closed is damaged.
    let mut lost_close = damaged(vec![opened(101), data(102), opened(110), data(111), closed(120)], &[2]);
    played(&mut lost_close, 119);
    assert!(lost_close.is_open());
    played(&mut lost_close, 121);
    assert_eq!((lost_close.is_open(), lost_close.closed_at()), (false, Some(120)));

    let mut lost_open = damaged(vec![closed(101), data(102)], &[0, 1]);
    played(&mut lost_open, 101);
    assert_eq!((lost_open.is_open(), lost_open.closed_at()), (false, Some(101)));
    played(&mut lost_open, 102);
    assert_eq!((lost_open.is_open(), lost_open.closed_at()), (true, None));
}

#[test]
fn events_are_told_with_the_time_at_which_they_were_recorded() {
    let mut playback =
        playback(vec![frame(101, &publication("e", 1, "1")), frame(150, &publication("e", 2, "1"))]);
    let mut times = Vec::new();
    playback.advance(500, &mut |at, _| times.push(at));
    assert_eq!((times, playback.at(), playback.played_lines()), (vec![101, 150], 150, 2));
}
