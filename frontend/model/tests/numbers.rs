//! Tests that whatever times, offsets and durations a server sends, no sum of them overflows in the model of the page.
#![cfg(not(target_arch = "wasm32"))]

use board_model::arrival::Conditions;
use board_model::chart::axes::{Axes, Wanted};
use board_model::chart::draw::Scene;
use board_model::chart::geometry::Surface;
use board_model::chart::readout::Readout;
use board_model::chart::{Bounds, Hidden, LocalClock, SeriesSet};
use board_model::figure::Figure;
use board_model::standing;
use board_model::stream::{Origin, Stream};
use proptest::prelude::*;
use shared::{Millis, Publication, ServerMessage, Topic, TopicMeta};

const NOW_MS: Millis = 1_790_000_000_000;
const WINDOW_MS: Millis = 900_000;
const CLOCK: LocalClock = LocalClock::UTC;

fn time() -> impl Strategy<Value = Millis> {
    prop_oneof![
        4 => NOW_MS - WINDOW_MS..NOW_MS + 1,
        1 => proptest::sample::select(&[i64::MIN, i64::MIN + 1, -1, 0, 1, 1 << 53, i64::MAX - 1, i64::MAX][..]),
    ]
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => 0_u64..40,
        1 => proptest::sample::select(&[1 << 48, i64::MAX as u64, 1 << 63, u64::MAX - 1, u64::MAX][..]),
    ]
}

/// Generates an answer to `history`, as JSON text.
fn answer() -> impl Strategy<Value = String> {
    let item = (number(), time(), time(), 0_u8..5).prop_map(|(offset, ts, received_at, data)| {
        let data =
            ["21.5", "\"open\"", "{\"a\":1,\"b\":\"x\"}", "[{\"a\":1}]", "-1.7e308"][usize::from(data)];
        format!(r#"{{"offset":{offset},"ts":{ts},"received_at":{received_at},"data":{data}}}"#)
    });
    proptest::collection::vec(item, 1..6).prop_map(|items| {
        let items = items.join(",");
        format!(
            r#"{{"type":"history","id":1,"topic":"t","epoch":"e","items":[{items}],"head":{{"epoch":"e","offset":1}},"recovered":true}}"#
        )
    })
}

fn items(answer: &str) -> Vec<Publication> {
    match ServerMessage::from_json(answer) {
        Ok(ServerMessage::History(reply)) => reply.items,
        other => panic!("{other:?}"),
    }
}

/// Reads a time as the times of messages are read.
fn read(time_ms: Millis) -> Millis {
    let pong = format!(r#"{{"type":"pong","t":0,"server_ts":{time_ms}}}"#);
    match ServerMessage::from_json(&pong) {
        Ok(ServerMessage::Pong(pong)) => pong.server_ts,
        other => panic!("{other:?}"),
    }
}

/// Computes all that is shown of a topic.
fn show(stream: &Stream, set: &SeriesSet, now: Millis) {
    let conditions = Conditions { now, cut_off_since: Some(now), ..Conditions::default() };
    let (unit, hidden) = (stream.unit(), Hidden::new());
    let surface = Surface { width: 400.0, height: 200.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };
    let window = now - WINDOW_MS..now;
    let wanted = Wanted {
        set,
        hidden: &hidden,
        window: window.clone(),
        unit: &unit,
        bounds: Bounds::default(),
        surface,
    };
    let axes = Axes::fit(&wanted, None);
    let scene = Scene { clock: CLOCK, ..Scene::new(set, window.clone(), (&axes, &unit), surface) };
    drop((Readout::of(&scene), scene.marks()));
    drop((standing::chip(stream, set, WINDOW_MS, conditions, CLOCK), Figure::of(stream, set, CLOCK)));
    drop((
        stream.states().history(CLOCK, 0),
        stream.shown_states().strip(&window, now),
        stream.clock_error_ms(),
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_times_and_offsets_of_a_server_can_be_shown(
        answers in proptest::collection::vec((answer(), 0_u8..4), 1..6),
        lost in (proptest::option::of(time()), proptest::option::of(time())),
        expect_every_ms in proptest::option::of(number()),
        now in time(),
    ) {
        let mut stream = Stream::new(Topic::new("t").unwrap());
        let mut series = SeriesSet::new(1_000);
        let now = read(now);
        stream.tell(TopicMeta { expect_every_ms, ..TopicMeta::default() }, &mut series);
        for (answer, origin) in &answers {
            let origin = [Origin::Live, Origin::Replayed, Origin::Past, Origin::Conflated][usize::from(*origin)];
            stream.take(&items(answer), origin, &mut series, now);
            if let Some(fetch) = stream.next_fetch(now - WINDOW_MS, now) {
                stream.asked(fetch, now);
            }
            show(&stream, &series, now);
        }
        stream.lose(lost.0.map(read), lost.1.map(read), &mut series);
        show(&stream, &series, now);
        stream.forget_before(now - WINDOW_MS, &mut series);
        stream.settle(&mut series, now);
        show(&stream, &series, now);
    }
}
