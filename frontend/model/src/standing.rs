//! Collects the facts about a topic, and makes from them the text in the corner of its panel. Depends on
//! [`super::stream`] and [`super::chip`].

use std::ops::Range;

use shared::freshness::short_duration;
use shared::{Freshness, Millis};

use crate::arrival::Conditions;
use crate::chart::axes;
use crate::chart::clock::LocalClock;
use crate::chart::crossing::Seen;
use crate::chart::duration;
use crate::chart::series::SeriesSet;
use crate::chart::threshold::{Crossed, Means};
use crate::chip::{Chip, Situation};
use crate::kind::Kind;
use crate::states::Severity;
use crate::stream::Stream;

/// Returns the text in the corner of a topic's panel, which tells the state of the panel. `window_ms` is the length
/// of the range of time that is shown, in milliseconds.
pub fn chip(
    stream: &Stream,
    series: &SeriesSet,
    window_ms: Millis,
    conditions: Conditions,
    clock: LocalClock,
) -> Chip {
    let window = conditions.now - window_ms..conditions.now;
    let situation = Situation {
        topic: stream.topic().as_str(),
        evidence: stream.evidence(window_ms, conditions.as_handled()),
        last_received: stream.last_received(),
        conditions,
        crossed: if conditions.is_unjudged { None } else { crossed(stream, series, None, clock) },
        loaded_percent: loaded_percent(stream, series, &window),
        clock_error_ms: stream.clock_error_ms(),
        stopped: if stream.kind().is_some_and(Kind::has_numbers) { series.stopped() } else { 0 },
        series: series.series().len(),
        left_out: left_out(stream, series),
        empty: emptiness(stream, series, &window),
    };
    Chip::of(&situation, clock)
}

/// Returns the worst threshold that the numbers of a topic cross, with sentences about all of them; `None` if they cross none. The
/// numbers are the newest ones, or the last ones in a stretch of the past.
pub fn crossed(
    stream: &Stream,
    series: &SeriesSet,
    stretch: Option<&Range<Millis>>,
    clock: LocalClock,
) -> Option<(Crossed, String)> {
    crossed_by((stream, series), &[], stretch, clock)
}

/// Returns the worst threshold that the series of a topic with these names cross, like [`crossed`] that of all series. Without names, it
/// is that of all series, too.
pub fn crossed_by(
    (stream, series): (&Stream, &SeriesSet),
    names: &[String],
    stretch: Option<&Range<Millis>>,
    clock: LocalClock,
) -> Option<(Crossed, String)> {
    let limits = stream.limits()?;
    if !stream.kind()?.has_numbers() {
        return None;
    }
    let seen = Seen { set: series, unit: &stream.unit(), hole_ms: stream.hole_ms() };
    (limits.state)(&limits.thresholds, seen, names, stretch, clock)
}

/// One reason for which a panel is in trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Kind of the trouble.
    pub kind: TroubleKind,
    /// The trouble in a few words, such as `over 500 ms, 40 s`.
    pub words: String,
}

/// Kind of a [`Trouble`], the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TroubleKind {
    /// A number crosses a threshold that means trouble.
    Crossed,
    /// The topic has had no publication for several times its usual interval.
    Stale,
    /// A part of the data in the panel's window was lost for good.
    Lost,
    /// The panel shows a state that means trouble.
    State,
}

/// Returns true if the panel of a topic is in trouble, as [`troubles`] says.
pub fn is_in_trouble(stream: &Stream, series: &SeriesSet, window_ms: Millis, conditions: Conditions) -> bool {
    !troubles(stream, series, window_ms, conditions).is_empty()
}

/// Returns the reasons for which the panel of a topic is in trouble, the most urgent first: a number crosses a threshold, its data is
/// stale, a part of the data in its window was lost for good, or it shows a bad state. `window_ms` is the length of the range of time
/// that is shown, in milliseconds. A threshold that means a warning is no trouble, nor is such a state.
///
/// Without a connection, in a pause, and while the page is too slow, every topic seems silent. So a topic is in trouble then
/// if it was at the time of the newest data that the page shows.
pub fn troubles(
    stream: &Stream,
    series: &SeriesSet,
    window_ms: Millis,
    conditions: Conditions,
) -> Vec<Trouble> {
    let Conditions { now, cut_off_since, paused_at, is_unjudged, .. } = conditions.as_handled();
    let shown_until = cut_off_since.into_iter().chain(paused_at).fold(now, Millis::min);
    let evidence = stream.evidence(window_ms, Conditions { now: shown_until, ..Conditions::default() });
    let is_bad = |state: &&str| stream.kind() == Some(Kind::State) && stream.severity(state) == Severity::Bad;
    let crossed = if is_unjudged { None } else { crossed(stream, series, None, LocalClock::UTC) };
    let bad_words = |(crossed, _): (Crossed, String)| (crossed.means == Means::Bad).then_some(crossed.words);
    let is_stale = evidence.freshness() == Freshness::Stale;
    let found = [
        (TroubleKind::Crossed, crossed.and_then(bad_words)),
        (TroubleKind::Stale, is_stale.then(|| ["stale, ", &short_duration(evidence.age_ms)].concat())),
        (
            TroubleKind::Lost,
            (evidence.lost_ms > 0).then(|| ["gap, ", &short_duration(evidence.lost_ms), " lost"].concat()),
        ),
        (TroubleKind::State, stream.states().current().filter(is_bad).map(str::to_owned)),
    ];
    found.into_iter().filter_map(|(kind, words)| Some(Trouble { kind, words: words? })).collect()
}

/// Returns the percentage of the window that is loaded; `None` if all of it is loaded, or if the panel is not a
/// chart.
fn loaded_percent(stream: &Stream, series: &SeriesSet, window: &Range<Millis>) -> Option<u8> {
    if !stream.kind().is_some_and(Kind::has_numbers) {
        return None;
    }
    let cut = |span: Range<Millis>| (span.end.min(window.end) - span.start.max(window.start)).max(0);
    let missing_ms: i64 = series.unloaded().iter().map(cut).sum();
    let length_ms = (window.end - window.start).max(1);
    // There is always a short time between the start of a window and its first publication, which is not missing data.
    let usual_ms = stream.cadence_ms().and_then(|ms| i64::try_from(ms).ok()).unwrap_or(0).saturating_mul(2);
    let is_loading = missing_ms > usual_ms.max(length_ms / 100);
    is_loading.then(|| u8::try_from((length_ms - missing_ms).max(0) * 100 / length_ms).unwrap_or(100))
}

/// Returns a text about the data that the panel does not show, such as `8 series not drawn`; `None` if it shows
/// everything.
fn left_out(stream: &Stream, series: &SeriesSet) -> Option<String> {
    match stream.kind()? {
        kind if kind.has_numbers() => {
            let without_axis = axes::without_axis(series, &stream.unit());
            let (series, fields) = (series.series_left_out() + without_axis, stream.not_drawn().len());
            match (series, fields) {
                (0, 0) => None,
                (0, 1) => Some("1 field not drawn".to_owned()),
                (0, fields) => Some(format!("{fields} fields not drawn")),
                (series, _) => Some(format!("{series} series not drawn")),
            }
        }
        Kind::Table => stream.table().left_out_words(),
        _ => None,
    }
}

/// Returns a text that says why the panel shows nothing, such as `no value yet`; `None` if it shows something.
fn emptiness(stream: &Stream, series: &SeriesSet, window: &Range<Millis>) -> Option<String> {
    let is_empty = match stream.kind() {
        None => true,
        Some(kind) if kind.has_several() => {
            return match series.rows_within(window) {
                _ if series.is_empty() && series.series().is_empty() => Some("no value yet".to_owned()),
                rows if rows.is_empty() => Some(match (window.end - window.start) / 60_000 {
                    1 => "nothing in this minute".to_owned(),
                    minutes @ ..=60 => format!("nothing in these {minutes} min"),
                    _ => format!("nothing in these {}", duration(window.end - window.start)),
                }),
                _ => None,
            };
        }
        Some(Kind::State) => stream.states().current().is_none(),
        Some(Kind::Timeline) => stream.last_received().is_none(),
        Some(Kind::Log) => stream.lines().is_empty(),
        Some(Kind::Table) => stream.table().rows.is_empty(),
        Some(_) => series.newest(0).is_none() && stream.states().current().is_none(),
    };
    let is_list = stream.kind() == Some(Kind::Table) && stream.has_table();
    is_empty.then(|| if is_list { "no rows" } else { "no value yet" }.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::{Publication, Topic, TopicMeta};

    use super::*;
    use crate::chip::PanelState;
    use crate::stream::Origin;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const WINDOW_MS: Millis = 300_000;

    /// Returns a topic with a number each second, up to second 60.
    fn every_second() -> (Stream, SeriesSet) {
        let (mut stream, mut series) = (Stream::new(Topic::new("kitchen/temp").unwrap()), SeriesSet::new(99));
        for second in 0..=60_i64 {
            let (ts, offset) = (second * 1_000, second.unsigned_abs());
            let item = Publication { offset, ts, received_at: ts, data: json!(second).into() };
            stream.take(&[item], Origin::Live, &mut series, ts);
        }
        (stream, series)
    }

    fn at(now: Millis) -> Conditions {
        Conditions { now, ..Conditions::default() }
    }

    #[test]
    fn a_series_that_stops_is_said_by_every_panel_that_shows_numbers() {
        let (mut stream, mut series) = (Stream::new(Topic::new("shop/load").unwrap()), SeriesSet::new(99));
        for second in 0..=60_i64 {
            let (ts, offset) = (second * 1_000, second.unsigned_abs());
            let data = if second < 30 { json!({"a": 1, "b": 2}) } else { json!({"a": 1}) };
            let item = Publication { offset, ts, received_at: ts, data: data.into() };
            stream.take(&[item], Origin::Live, &mut series, ts);
        }
        for kind in Kind::ALL.into_iter().filter(|kind| kind.has_numbers()) {
            let meta = TopicMeta { panel: Some(kind.word().to_owned()), ..TopicMeta::default() };
            stream.tell(meta, &mut series);
            let chip = chip(&stream, &series, WINDOW_MS, at(61_000), LocalClock::UTC);
            assert_eq!(chip.text, "1 of 2 stopped", "{kind:?}");
        }
    }

    #[test]
    fn only_the_series_that_are_shown_are_judged_and_only_by_the_panel_that_shows_them() {
        let (mut stream, mut series) = (Stream::new(Topic::new("shop/load").unwrap()), SeriesSet::new(99));
        let item = Publication { offset: 1, ts: 5, received_at: 5, data: json!({"a": 40, "b": 2}).into() };
        stream.take(&[item], Origin::Live, &mut series, 5);
        let thresholds = Some(Box::new(json!([{"above": 30}])));
        stream.tell(TopicMeta { thresholds, ..TopicMeta::default() }, &mut series);
        stream.read_limits(crate::chart::Limits::read);
        let by = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            crossed_by((&stream, &series), &names, None, LocalClock::UTC).map(|(crossed, _)| crossed.words)
        };
        assert_eq!((by(&[]).as_deref(), by(&["b", "a"]).as_deref()), (Some("a over 30"), Some("a over 30")));
        assert_eq!(by(&["b"]), None);
        let chip = |conditions| chip(&stream, &series, WINDOW_MS, conditions, LocalClock::UTC);
        assert_eq!(chip(at(10)).crossed, Some(Means::Bad));
        let part = chip(Conditions { is_unjudged: true, ..at(10) });
        assert!(part.state != PanelState::Crossed && part.crossed.is_none(), "{}", part.text);
        assert!(!part.title.contains("over"), "{}", part.title);
        let is_in_trouble =
            |is_unjudged| is_in_trouble(&stream, &series, WINDOW_MS, Conditions { is_unjudged, ..at(10) });
        assert_eq!((is_in_trouble(false), is_in_trouble(true)), (true, false));
    }

    #[test]
    fn a_silent_topic_is_in_trouble_and_one_of_a_page_that_cannot_keep_up_is_not() {
        let (stream, series) = every_second();
        let is_in_trouble = |conditions| is_in_trouble(&stream, &series, WINDOW_MS, conditions);
        assert!(!is_in_trouble(at(61_000)) && is_in_trouble(at(80_000)));
        for conditions in [
            Conditions { behind_ms: Some(19_000), ..at(80_000) },
            Conditions { paused_at: Some(61_000), ..at(80_000) },
            Conditions { cut_off_since: Some(61_000), ..at(80_000) },
        ] {
            assert!(!is_in_trouble(conditions), "{conditions:?}");
        }
        let silent_before = Conditions { behind_ms: Some(5_000), ..at(80_000) };
        assert!(is_in_trouble(silent_before), "it is silent for longer than the page is behind");
        let chip = |conditions| chip(&stream, &series, WINDOW_MS, conditions, LocalClock::UTC);
        let behind = chip(Conditions { behind_ms: Some(19_000), ..at(80_000) });
        assert_eq!((behind.state, behind.freshness), (PanelState::Behind, Some(Freshness::Live)));
        assert_eq!(behind.title, "this page is 19 s behind the data");
    }
}
