//! Tests that the page shows the same, whatever the order in which publications arrive. Any mixture of live frames,
//! replays and history leaves the model in the same state as a log that arrives in order.
#![cfg(not(target_arch = "wasm32"))]

use board_model::chart::axes::{Axes, Wanted};
use board_model::chart::draw::Scene;
use board_model::chart::geometry::Surface;
use board_model::chart::readout::Readout;
use board_model::chart::{Bounds, Hidden, LocalClock, SeriesSet};
use board_model::figure::Figure;
use board_model::stream::{Origin, Stream};
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::{Publication, Topic};

const BORN_MS: i64 = 1_790_000_000_000;
const CLOCK: LocalClock = LocalClock::UTC;

/// Relation between a publication's time stamp and the time at which it was received.
#[derive(Clone, Copy, Debug)]
enum Stamp {
    OnTime,
    Late(i64),
    Future(i64),
}

/// A function that returns the data of a publication for a number. Each kind of topic has its own function.
type Data = fn(u32) -> Value;

const NUMBERS: [Data; 3] = [
    |n| if n % 7 == 0 { json!("unavailable") } else { json!(n) },
    |n| match n % 5 {
        0 => json!({"in": n}),
        1 => json!({"in": n, "out": null}),
        2 => json!({"in": "n/a", "out": n}),
        _ => json!({"in": n, "out": f64::from(n) / 8.0, "load": [n, n + 1]}),
    },
    |n| json!([n, n % 3]),
];
const TEXTS: [Data; 3] = [
    |n| json!(["open", "closed", "ajar"][n as usize % 3]),
    |n| json!({"level": n % 60, "msg": format!("order {n} paid")}),
    |n| if n % 11 == 0 { json!(n) } else { json!(format!("step {n}")) },
];
const TABLES: [Data; 1] = [|n| json!([{"queue": "mail", "depth": n}])];

fn stamp() -> impl Strategy<Value = Stamp> {
    prop_oneof![
        6 => Just(Stamp::OnTime),
        1 => (0_i64..90_000).prop_map(Stamp::Late),
        1 => (0_i64..240_000).prop_map(Stamp::Future),
    ]
}

/// Generates a log with publications of the same millisecond, pauses, and time stamps that are late or in the future.
fn log(data: Data) -> impl Strategy<Value = Vec<Publication>> {
    let item = (prop_oneof![3 => Just(0_i64), 2 => 1_i64..2_000, 1 => 2_000_i64..60_000], stamp(), 0_u32..50);
    proptest::collection::vec(item, 1..60).prop_map(move |items| {
        let mut received_at = BORN_MS;
        let publication = |(offset, (pause_ms, stamp, number)): (u64, (i64, Stamp, u32))| {
            received_at += pause_ms;
            let ts = match stamp {
                Stamp::OnTime => received_at,
                Stamp::Late(by_ms) => received_at - by_ms,
                Stamp::Future(by_ms) => received_at + by_ms,
            };
            Publication { offset, ts, received_at, data: data(number).into() }
        };
        (1..).zip(items).map(publication).collect()
    })
}

/// Generates a way in which a log reaches a page: parts of it in any order, some of them twice.
fn interleaving() -> impl Strategy<Value = Vec<(prop::sample::Index, prop::sample::Index, u8)>> {
    proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..3), 0..12)
}

struct Page {
    stream: Stream,
    series: SeriesSet,
}

impl Page {
    fn new() -> Self {
        Self { stream: Stream::new(Topic::new("shop/x").expect("a topic")), series: SeriesSet::new(1_000) }
    }

    fn take(&mut self, items: &[Publication], origin: Origin) {
        self.stream.take(items, origin, &mut self.series, BORN_MS);
    }

    /// Returns the legend of the chart: the name and the newest value of each series, and whether the series has no
    /// current value. It is sorted by name.
    fn legend(&self) -> Vec<(String, String, bool)> {
        let (unit, hidden) = (self.stream.unit(), Hidden::new());
        let surface = Surface { width: 400.0, height: 200.0, density: 1.0, font_px: 10.0, digit_px: 6.0 };
        let window = BORN_MS..BORN_MS + 900_000;
        let (set, bounds) = (&self.series, Bounds::default());
        let wanted = Wanted { set, hidden: &hidden, window: window.clone(), unit: &unit, bounds, surface };
        let axes = Axes::fit(&wanted, None);
        let readout =
            Readout::of(&Scene { clock: CLOCK, ..Scene::new(set, window, (&axes, &unit), surface) });
        let mut legend: Vec<_> = readout.readings.into_iter().map(|r| (r.name, r.text, r.is_over)).collect();
        legend.sort_unstable();
        legend
    }

    /// Returns everything that the page shows of the topic, as texts for comparison. Series are identified by name,
    /// since their indices follow the order in which they first arrived.
    fn shown(&self) -> Vec<String> {
        let (stream, set) = (&self.stream, &self.series);
        let states = stream.states();
        let mut shown = vec![
            format!("kind {:?}", stream.kind()),
            format!("table {:?}", stream.table()),
            format!("lines {:?}", stream.lines().newest(1_000).collect::<Vec<_>>()),
            format!("state {:?}", states.current()),
            format!("clock {:?}, cadence {:?}", stream.clock_error_ms(), stream.cadence_ms()),
            format!("last {:?}, {:?}", stream.last_ts(), stream.last_received()),
            format!("missing {:?}", set.unloaded()),
        ];
        shown.push(format!("history {:?}", states.history(CLOCK, 0)));
        let window = BORN_MS - 90_000..BORN_MS + 900_000;
        shown.push(format!("strip {:?}", stream.shown_states().strip(&window, window.end)));
        shown.push(format!("legend {:?}", self.legend()));
        if set.series().len() < 2 {
            shown.push(format!("figure {:?}", Figure::of(stream, set, CLOCK)));
        }
        let mut series: Vec<String> = (0..set.series().len())
            .map(|column| {
                let points: Vec<_> = set.points(column, 0..set.len()).collect();
                let stopped = set.stopped_ms(column, BORN_MS + 900_000);
                format!("{} {:?} {stopped:?} {points:?}", set.series()[column].name(), set.newest(column))
            })
            .collect();
        series.sort_unstable();
        shown.extend(series);
        shown
    }
}

fn check(log: &[Publication], pieces: &[(prop::sample::Index, prop::sample::Index, u8)]) {
    let (mut in_order, mut mixed) = (Page::new(), Page::new());
    in_order.take(log, Origin::Live);
    let origin = |kind: u8| [Origin::Live, Origin::Replayed, Origin::Past][usize::from(kind)];
    for (from, to, kind) in pieces {
        let (from, to) = (from.index(log.len()), to.index(log.len()));
        mixed.take(&log[from.min(to)..=from.max(to)], origin(*kind));
    }
    // The missing publications arrive last, the newest first, as they do when the page requests history.
    for piece in log.chunks(7).rev() {
        mixed.take(piece, Origin::Past);
    }
    for (mixed, in_order) in mixed.shown().into_iter().zip(in_order.shown()) {
        assert_eq!(mixed, in_order);
    }
    assert_eq!(mixed.shown().len(), in_order.shown().len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn numbers_do_not_depend_on_the_order_in_which_they_come(
        log in (0..NUMBERS.len()).prop_flat_map(|kind| log(NUMBERS[kind])), pieces in interleaving(),
    ) {
        check(&log, &pieces);
    }

    #[test]
    fn texts_do_not_depend_on_the_order_in_which_they_come(
        log in (0..TEXTS.len()).prop_flat_map(|kind| log(TEXTS[kind])), pieces in interleaving(),
    ) {
        check(&log, &pieces);
    }

    #[test]
    fn tables_do_not_depend_on_the_order_in_which_they_come(
        log in (0..TABLES.len()).prop_flat_map(|kind| log(TABLES[kind])), pieces in interleaving(),
    ) {
        check(&log, &pieces);
    }
}

#[test]
fn the_newest_of_a_thousand_lines_in_a_millisecond_is_the_last() {
    let at = BORN_MS;
    let log: Vec<_> = (1..=1_000)
        .map(|offset| Publication { offset, ts: at, received_at: at, data: offset.into() })
        .collect();
    let mut page = Page::new();
    page.take(&log[700..], Origin::Replayed);
    page.take(&log[280..700], Origin::Past);
    page.take(&log[..280], Origin::Past);
    assert_eq!(Figure::of(&page.stream, &page.series, CLOCK).text, "1000");
}
