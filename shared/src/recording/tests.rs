use super::*;
use crate::{Epoch, Position, Topic};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn header() -> Header {
    Header {
        started_at: 1_000,
        filter: "host/*".parse().unwrap(),
        server: "https://board.example".to_owned(),
    }
}

fn position(offset: u64) -> Position {
    Position { epoch: Epoch::new("abc"), offset }
}

fn entries() -> Vec<Line> {
    let frame = |text: &str| Entry::Frame(text.into());
    let gap = Entry::Gap {
        topic: Topic::new("host/cpu").unwrap(),
        from: position(3),
        to: position(9),
        from_ts: Some(1_100),
        to_ts: None,
    };
    let closed = Entry::Closed { code: 1006, reason: "\u{1b}[2J \"gone\"".to_owned() };
    let all =
        [Entry::Opened, frame("{\"type\":\"pong\"}\n"), frame("no JSON, \u{0}\u{2028}\r ä"), gap, closed];
    all.into_iter().enumerate().map(|(index, entry)| Line { at: 1_000 + index as Millis, entry }).collect()
}

fn written(lines: &[Line]) -> String {
    let (mut writer, mut text) = Writer::new(&header(), MOST_BYTES);
    for line in lines {
        text += &writer.line(line.at, &line.entry).unwrap();
    }
    text
}

#[test]
fn what_was_written_is_read_byte_for_byte() {
    let recording = Recording::read(written(&entries()).as_bytes()).unwrap();
    assert_eq!(
        recording,
        Recording { header: header(), lines: entries(), is_truncated: false, damage: Vec::new() }
    );
    assert_eq!(recording.ended_at(), 1_004);
}

#[test]
fn an_incomplete_last_line_is_left_out_and_said() {
    let text = written(&entries());
    let cut = &text[..text.len() - 9];
    let recording = Recording::read(cut.as_bytes()).unwrap();
    assert_eq!((recording.lines.len(), recording.is_truncated), (entries().len() - 1, true));
    let whole = Recording::read(text.trim_end().as_bytes()).unwrap();
    assert_eq!(
        (whole.lines.len(), whole.is_truncated),
        (entries().len(), false),
        "only the line break is missing"
    );
}

/// Reads a recording with all entries, after the third of which these bytes are inserted.
fn with_inserted(bytes: &[u8]) -> Recording {
    let text = written(&entries());
    let middle = text.match_indices('\n').nth(3).unwrap().0 + 1;
    Recording::read(&[&text.as_bytes()[..middle], bytes, &text.as_bytes()[middle..]].concat()).unwrap()
}

#[test]
fn a_damaged_line_is_left_out_and_named_and_all_others_are_read() {
    for (line, fault) in [
        (&b"{\"at\":1002}"[..], "it needs either the field `frame` or the field `event`"),
        (b"{\"at\":1002,\"event\":\"lost\"}", "the event `lost` is not known"),
        (
            b"{\"at\":1002,\"event\":\"gap\",\"topic\":\"a\"}",
            "a gap needs the fields `topic`, `from` and `to`",
        ),
        (b"{\"at\":999,\"event\":\"opened\"}", "its time is before the beginning of the recording"),
        (b"{\"at\":1000,\"event\":\"opened\"}", "its time does not fit those of the lines around it"),
        (b"{\"at\":9999,\"event\":\"opened\"}", "its time does not fit those of the lines around it"),
        (b"{\"at\":9223372036854775807,\"event\":\"opened\"}", "its time is out of range"),
        (b"{\"at\":1002,\"frame\":7}", "invalid type: integer `7`, expected a string at column 20"),
        (b"", "EOF while parsing a value"),
        (b"\0\0\0\0", "expected value at column 1"),
        (b"{\"at\":1002,\"frame\":\"\xff\"}", "it is not UTF-8"),
    ] {
        let recording = with_inserted(&[line, b"\n"].concat());
        assert_eq!(recording.lines, entries(), "{fault}");
        let [damage] = &recording.damage[..] else { panic!("{:?}", recording.damage) };
        assert_eq!((damage.first, damage.last, damage.before), (5, 5, 3));
        assert!(damage.fault.starts_with(fault), "{}", damage.fault);
    }
}

#[test]
fn damaged_lines_that_follow_each_other_are_one_place_and_are_counted() {
    let recording = with_inserted(b"x\n{\n\n");
    assert_eq!(
        Damage::words(&recording.damage).unwrap(),
        "3 lines of the recording are damaged and are left out: lines 5 to 7 (expected value at column 1)"
    );
    assert_eq!(Damage::words(&with_inserted(b"").damage), None);
    let text = written(&[]) + &"x\n{\"at\":1000,\"event\":\"opened\"}\n".repeat(7);
    let words = Damage::words(&Recording::read(text.as_bytes()).unwrap().damage).unwrap();
    assert!(words.starts_with("7 lines of") && words.ends_with("), and 2 more places"), "{words}");
}

#[test]
fn other_files_and_other_versions_are_refused() {
    for text in
        ["", "\n", "hello\n", "{}\n", "[1]\n", "{\"tickertape\":\"table\",\"version\":1}\n", "no line break"]
    {
        assert_eq!(Recording::read(text.as_bytes()), Err(RecordingError::NoRecording), "{text}");
    }
    let later = "{\"tickertape\":\"recording\",\"version\":2,\"new\":true}\n";
    assert_eq!(Recording::read(later.as_bytes()), Err(RecordingError::OtherVersion { found: 2 }));
    assert!(
        Recording::read(b"{\"tickertape\":\"recording\",\"version\":1}\n")
            .unwrap_err()
            .to_string()
            .contains("`filter`")
    );
}

#[test]
fn a_recording_that_begins_at_an_impossible_time_is_refused() {
    for started_at in [i64::MIN, i64::MAX, 8_640_000_000_000_001] {
        let text = written(&[]).replace(&header().started_at.to_string(), &started_at.to_string());
        assert!(matches!(Recording::read(text.as_bytes()), Err(RecordingError::Header { .. })), "{text}");
    }
}

#[test]
fn a_recording_is_not_longer_than_it_may_be() {
    let (mut writer, first) = Writer::new(&header(), 300);
    let mut bytes = first.len();
    while let Some(line) = writer.line(1_000, &Entry::Opened) {
        bytes += line.len();
    }
    assert!((260..=300).contains(&bytes), "{bytes}");
}

#[test]
fn a_clock_that_is_set_back_gives_lines_of_the_same_time() {
    let (mut writer, mut text) = Writer::new(&header(), MOST_BYTES);
    for at in [2_000, 1_500, 2_001] {
        text += &writer.line(at, &Entry::Opened).unwrap();
    }
    let times: Vec<_> = Recording::read(text.as_bytes()).unwrap().lines.iter().map(|line| line.at).collect();
    assert_eq!(times, [2_000, 2_000, 2_001]);
}

#[cfg(not(target_arch = "wasm32"))]
mod any {
    use proptest::prelude::*;

    use super::*;

    fn entries() -> impl Strategy<Value = Entry> {
        let time = || proptest::option::of(-8_640_000_000_000_000..=8_640_000_000_000_000_i64);
        prop_oneof![
            any::<String>().prop_map(|text| Entry::Frame(text.into())),
            Just(Entry::Opened),
            (any::<u16>(), any::<String>()).prop_map(|(code, reason)| Entry::Closed { code, reason }),
            (any::<u32>(), time()).prop_map(|(offset, ts)| Entry::Gap {
                topic: Topic::new("a/b").unwrap(),
                from: position(1),
                to: position(u64::from(offset)),
                from_ts: ts,
                to_ts: ts,
            }),
        ]
    }

    proptest! {
        #[test]
        fn every_recording_is_read_as_it_was_written(
            entries in proptest::collection::vec((0..1_000_i64, entries()), 0..20)
        ) {
            let mut at = 1_000;
            let lines: Vec<Line> = entries.into_iter().map(|(step, entry)| {
                at += step;
                Line { at, entry }
            }).collect();
            let recording = Recording::read(written(&lines).as_bytes()).unwrap();
            prop_assert_eq!(recording.lines, lines);
        }

        #[test]
        fn a_recording_that_was_cut_anywhere_after_its_header_can_be_read(cut in 0..400_usize) {
            let text = written(&super::entries());
            let head = text.find('\n').unwrap() + 1;
            // The cut may be within a character.
            let recording = Recording::read(&text.as_bytes()[..(head + cut).min(text.len())]).unwrap();
            prop_assert_eq!(recording.damage, Vec::new());
            prop_assert_eq!(&recording.lines[..], &super::entries()[..recording.lines.len()]);
        }

        #[test]
        fn damage_anywhere_after_the_header_leaves_the_other_lines_as_they_were(
            at in any::<prop::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 1..8)
        ) {
            let mut file = written(&super::entries()).into_bytes();
            let head = file.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            let from = head + at.index(file.len() - head);
            let to = (from + bytes.len()).min(file.len());
            let whole_before = file[..from].iter().filter(|byte| **byte == b'\n').count() - 1;
            let whole_after = file[to..].iter().filter(|byte| **byte == b'\n').count().saturating_sub(1);
            file[from..to].copy_from_slice(&bytes[..to - from]);
            let lines = Recording::read(&file).unwrap().lines;
            let entries = super::entries();
            let known = lines.iter().filter(|line| entries.contains(line)).count();
            // A wrong time may leave out one intact line instead of its own.
            prop_assert!(known + 1 >= whole_before + whole_after, "{known} {whole_before} {whole_after}");
            prop_assert!(lines.is_sorted_by_key(|line| line.at));
        }
    }
}
