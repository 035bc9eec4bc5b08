use serde_json::{Value, json};
use shared::Epoch;
use shared::recording::{Header, Recording};

use super::*;
use crate::player::stage::{play, play_line};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Time at which the recordings of these tests begin. It is not at a whole second.
const START: Millis = 1_764_426_000_250;

fn recording(lines: Vec<Line>) -> Recording {
    let header = Header { started_at: START, filter: "*".parse().unwrap(), server: String::new() };
    Recording { header, lines, is_truncated: false, damage: Vec::new() }
}

fn frame(topic: &str, offset: u64, at: Millis, data: &Value) -> Entry {
    let item = json!({"offset": offset, "ts": at - 5, "received_at": at, "data": data});
    let message = json!({"type": "publications", "topic": topic, "epoch": Epoch::new("e"), "items": [item]});
    Entry::Frame(message.to_string().into())
}

/// A board as the player of the page shows it: it jumps with snapshots.
struct Player {
    playback: Playback,
    scene: Scene,
    snapshots: Snapshots,
}

impl Player {
    fn new(recording: Recording, snapshots: impl Fn(Playback) -> Snapshots) -> Self {
        let playback = Playback::new(recording);
        Self { playback: playback.clone(), scene: Scene::default(), snapshots: snapshots(playback) }
    }

    fn seek(&mut self, at: Millis) {
        match self.snapshots.start(&self.playback, at) {
            Start::Present => {}
            Start::Snapshot(snapshot) => {
                (self.playback, self.scene) = (snapshot.playback.clone(), snapshot.scene.clone());
            }
            Start::Beginning => {
                self.playback.rewind();
                self.scene = Scene::default();
            }
        }
        play(&mut self.playback, &mut self.scene, at);
    }

    /// Returns everything that the board shows, as one text for comparison.
    fn shown(&self) -> String {
        let topics = self.scene.all().filter_map(|topic| self.scene.state(topic));
        let at = (self.playback.at(), self.playback.played_lines(), self.playback.closed_at());
        format!("{at:?} {:?} {:?}", topics.collect::<Vec<_>>(), self.scene.conditions())
    }
}

/// Returns what a board shows that plays a recording from its beginning up to the time `at`.
fn played(recording: &Recording, at: Millis) -> String {
    let mut player = Player::new(recording.clone(), Snapshots::new);
    play(&mut player.playback, &mut player.scene, at);
    player.shown()
}

/// A recording with this number of publications of a topic, one a second.
fn seconds(count: i64) -> Recording {
    let line = |second: i64| {
        let at = START + second * 1_000;
        Line { at, entry: frame("shop/count", second as u64 + 1, at, &json!(second)) }
    };
    recording((0..count).map(line).collect())
}

#[test]
fn a_jump_plays_only_what_follows_the_last_snapshot_before_its_time() {
    let mut player = Player::new(seconds(5_000), |playback| Snapshots::bounded(playback, 2_000, MOST_BYTES));
    let start =
        |player: &Player, second: i64| match player.snapshots.start(&player.playback, START + second * 1_000)
        {
            Start::Present => "the present state".to_owned(),
            Start::Beginning => "the beginning".to_owned(),
            Start::Snapshot(snapshot) => snapshot.playback.played_lines().to_string(),
        };
    assert_eq!(start(&player, 4_000), "the present state", "nothing was played in advance");
    assert!(player.snapshots.build(1_000_000) && !player.snapshots.build(10_000_000));
    let begins: usize = start(&player, 4_000).parse().unwrap();
    assert!((3_980..=4_001).contains(&begins), "{begins}");
    player.seek(START + 4_000_000);
    assert_eq!(start(&player, 4_500), "the present state", "it is near");
    assert_eq!(start(&player, 0), "the beginning");
    assert!(start(&player, 2_000).parse::<usize>().is_ok_and(|begins| (1_980..=2_001).contains(&begins)));
}

#[test]
fn snapshots_have_a_bounded_memory_and_then_a_larger_distance() {
    let recording = seconds(2_000);
    let most_bytes = 600_000;
    let mut snapshots = Snapshots::bounded(Playback::new(recording), 2_000, most_bytes);
    while snapshots.build(10_000) {
        assert!(snapshots.bytes() <= most_bytes);
    }
    let all_bytes: usize = snapshots.list.iter().map(|kept| kept.scene.bytes_beside(&Scene::default())).sum();
    assert_eq!(snapshots.bytes(), all_bytes, "the topic changes between any two of them");
    assert!(snapshots.list.len() >= 2 && snapshots.spacing_bytes > 2_000, "{}", snapshots.list.len());
    assert!(snapshots.list.is_sorted_by_key(|snapshot| snapshot.playback.at()));
}

#[test]
fn snapshots_of_a_long_recording_are_not_larger_than_those_of_an_hour() {
    let mut snapshots = Snapshots::bounded(Playback::new(seconds(20_000)), 50_000, MOST_BYTES);
    while snapshots.build(1_000_000) {}
    let after_an_hour = snapshots.list.iter().find(|snapshot| snapshot.playback.at() > START + 3_700_000);
    let [hour, hours] = [after_an_hour, snapshots.list.last()].map(|kept| kept.expect("a snapshot").bytes);
    assert!(hours < hour * 5 / 4, "{hours} bytes after hours, {hour} after one");
}

#[test]
fn topics_that_do_not_change_are_kept_once() {
    let mut recording = seconds(100);
    let at = START;
    recording.lines.insert(0, Line { at, entry: frame("shop/name", 1, at, &json!("corner shop")) });
    let mut snapshots = Snapshots::bounded(Playback::new(recording), 2_000, MOST_BYTES);
    while snapshots.build(1_000_000) {}
    let mut scenes = snapshots.list.windows(2).map(|pair| (&pair[0].scene, &pair[1].scene));
    let all_bytes = |scene: &Scene| scene.bytes_beside(&Scene::default());
    assert!(scenes.len() > 2 && scenes.all(|(before, scene)| scene.bytes_beside(before) < all_bytes(scene)));
}

#[test]
fn a_step_by_step_playback_and_a_jump_show_the_same() {
    let recording = seconds(50);
    let mut player = Player::new(recording.clone(), Snapshots::new);
    while play_line(&mut player.playback, &mut player.scene) {}
    assert_eq!(player.shown(), played(&recording, recording.ended_at()));
}

#[cfg(not(target_arch = "wasm32"))]
mod any {
    use proptest::prelude::*;

    use super::*;

    /// Returns one of the messages that a server can send, for a number.
    fn entry(kind: u8, topic: u8, offset: u64, at: Millis) -> Entry {
        let name = ["shop/count", "shop/till", "shop/log", "shop/queue"][usize::from(topic % 4)];
        let data = match topic % 4 {
            0 => json!({"in": offset, "out": offset % 3}),
            1 => json!(["open", "closed"][offset as usize % 2]),
            2 => json!(format!("order {offset} has been paid by card at table four, no receipt")),
            _ => json!([{"queue": "mail", "depth": offset}]),
        };
        let item = json!({"offset": offset, "ts": at - 5, "received_at": at, "data": data});
        let message = match kind % 12 {
            0 => return Entry::Opened,
            1 => return Entry::Closed { code: 1006, reason: String::new() },
            2 => {
                json!({"type": "publications", "topic": name, "epoch": "f", "items": [item], "replay": true})
            }
            3 => json!({"type": "history", "id": 1, "topic": name, "epoch": "e", "items": [item],
                "head": {"epoch": "e", "offset": offset}, "recovered": true}),
            4 => json!({"type": "forgotten", "topic": name, "epoch": "e"}),
            5 => json!({"type": "publications", "topic": name, "epoch": "e", "items": [item], "replay": true,
                "meta": {"unit": "km"}}),
            6 => json!({"type": "conditions", "conditions": [{"name": "disk_full", "message": "full"}]}),
            _ => return frame(name, offset, at, &data),
        };
        Entry::Frame(message.to_string().into())
    }

    fn recordings() -> impl Strategy<Value = Recording> {
        let line =
            (any::<u8>(), any::<u8>(), prop_oneof![Just(0_i64), 1..3_000_i64, Just(4_000_000)], 0..3_u64);
        proptest::collection::vec(line, 1..80).prop_map(|lines| {
            let (mut at, mut offset) = (START, 0);
            recording(
                lines
                    .into_iter()
                    .map(|(kind, topic, step_ms, step)| {
                        (at, offset) = (at + step_ms, offset + step + 1);
                        Line { at, entry: entry(kind, topic, offset, at) }
                    })
                    .collect(),
            )
        })
    }

    proptest! {
        #[test]
        fn after_any_jumps_the_board_shows_what_it_would_show_if_the_recording_were_played_from_its_beginning(
            recording in recordings(),
            jumps in proptest::collection::vec((0..1_100_i64, 0..4_000_usize), 1..12),
            (spacing_bytes, most_bytes) in (1..2_000_usize, 0..200_000_usize),
        ) {
            let bounded = |playback| Snapshots::bounded(playback, spacing_bytes, most_bytes);
            let mut player = Player::new(recording.clone(), bounded);
            let length_ms = recording.ended_at() - START;
            for (place, work_bytes) in jumps {
                let at = START + length_ms * place / 1_000;
                player.snapshots.build(work_bytes);
                player.seek(at);
                prop_assert_eq!(player.shown(), played(&recording, at));
            }
        }
    }
}
