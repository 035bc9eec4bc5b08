//! The text in the corner of a panel that shows a stretch of the past. Depends on [`super::stream`], [`super::chip`] and
//! [`super::buckets`].

use std::ops::Range;

use shared::Millis;
use shared::freshness::short_duration;

use super::buckets::TopicPast;
use super::chip::{Chip, PanelState, loading};
use super::kind::Kind;
use super::standing;
use super::stream::Stream;
use crate::chart::LocalClock;
use crate::chart::series::SeriesSet;

/// The stretch of the past that all panels show, and the present.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Times at the edges of the panels.
    pub stretch: Range<Millis>,
    /// Time of the value that panels show in large type: that of the crosshair, or the end of the stretch.
    pub at: Millis,
    /// Present time by the server's clock.
    pub now: Millis,
    /// Time since which the page has been cut off from the server; `None` if it is connected.
    pub cut_off_since: Option<Millis>,
    /// True if the board shows a recording.
    pub is_recording: bool,
    /// True if thresholds are not judged, because the panel of several topics does that for the series that it shows.
    pub is_unjudged: bool,
    /// Converts times to the reader's time zone.
    pub clock: LocalClock,
}

/// Returns the text in the corner of a panel that shows a stretch of the past. If all of it is loaded and nothing is
/// wrong, it is the time of the value that the panel shows in large type, of the table that it shows, or of the end of the
/// stretch for a log.
pub fn past_chip(stream: &Stream, series: &SeriesSet, past: &TopicPast, scene: &Scene) -> Chip {
    let (topic, clock) = (stream.topic(), scene.clock);
    let mut states = Vec::new();
    let mut hold = |state, text: String, title: String| states.push((state, text, title));
    let loaded = loaded_percent(stream, series, past, scene);
    if let Some(since) = scene.cut_off_since.filter(|_| loaded.is_some()) {
        let cut_off = short_duration(scene.now.abs_diff(since));
        hold(PanelState::CutOff, format!("cut off, {cut_off}"), "the connection is lost".to_owned());
    }
    if let Some(message) = past.failure().filter(|_| loaded.is_some()) {
        hold(
            PanelState::Failed,
            "not loaded".to_owned(),
            format!("not loaded: {message}; it is tried again"),
        );
    }
    if let Some(percent) = loaded {
        let (state, text, title) = loading(percent, scene.is_recording);
        hold(state, text, title);
    }
    let lost = series.lost().within(scene.stretch.clone());
    let lost_ms: i64 =
        lost.map(|span| span.end.min(scene.stretch.end) - span.start.max(scene.stretch.start)).sum();
    if lost_ms > 0 {
        let lost = short_duration(lost_ms.unsigned_abs());
        hold(PanelState::Gap, format!("gap, {lost} lost"), format!("{lost} of {topic} lost for good"));
    }
    if let Some(words) = emptiness(stream, series, past, scene).filter(|_| loaded.is_none()) {
        hold(PanelState::Empty, words.clone(), format!("{topic}: {words}"));
    }
    let moment = clock.moment(shown_at(stream, scene), scene.now);
    let title = format!("the stretch {}", clock.stretch(&scene.stretch, scene.now));
    hold(PanelState::Past, moment, title);
    // The time of the value comes first in the past. A threshold that the value crosses is in the sentences.
    let seen = scene.stretch.start..scene.at;
    let crossed = standing::crossed(stream, series, Some(&seen), clock);
    if let Some((crossed, title)) = crossed.filter(|_| !scene.is_unjudged) {
        hold(PanelState::of_crossed(crossed.means), crossed.words, title);
    }
    Chip::first_of(states, None)
}

/// Returns the time of the newest data that the panel can show. A log shows the stretch up to its end, wherever the crosshair
/// is, and a table was published at one time.
fn shown_at(stream: &Stream, scene: &Scene) -> Millis {
    match stream.kind() {
        Some(Kind::Table) if stream.has_table() => stream.table_at().unwrap_or(scene.at),
        Some(Kind::Log | Kind::Table) => scene.stretch.end.min(scene.now),
        Some(_) | None => scene.at,
    }
}

/// Returns the percentage of the stretch that is loaded; `None` if all of it is.
fn loaded_percent(stream: &Stream, series: &SeriesSet, past: &TopicPast, scene: &Scene) -> Option<u8> {
    let stretch = &scene.stretch;
    if matches!(stream.kind()?, Kind::Log | Kind::Table) {
        if scene.is_recording {
            // The newest lines and the newest table are kept, and nothing can be loaded.
            let is_cut = stream.look_back().is_some_and(|look_back| look_back.is_cut);
            return (is_cut && has_no_text(stream)).then_some(0);
        }
        let is_future = stretch.start >= scene.now;
        return (!is_future && past.items(stretch).is_none()).then_some(0);
    }
    let length_ms = (stretch.end - stretch.start).max(1);
    let cut = |span: Range<Millis>| (span.end.min(stretch.end) - span.start.max(stretch.start)).max(0);
    let missing_ms: i64 = series.unloaded().within(stretch.clone()).map(cut).sum();
    (missing_ms > 0).then(|| u8::try_from((length_ms - missing_ms).max(0) * 100 / length_ms).unwrap_or(100))
}

/// Returns a text that says why a panel shows nothing; `None` if it shows something.
fn emptiness(stream: &Stream, series: &SeriesSet, past: &TopicPast, scene: &Scene) -> Option<String> {
    let is_empty = match stream.kind()? {
        kind if kind.has_numbers() => {
            let rows = series.rows_within(&scene.stretch);
            !(0..series.series().len())
                .any(|column| series.rows_with_number(column, rows.clone()).next().is_some())
        }
        // A state lasts until the next one, but nobody knows it before the present time.
        Kind::State => {
            let is_future = scene.stretch.start > scene.now;
            is_future || stream.look_back().is_none_or(|look_back| look_back.states.at(scene.at).is_none())
        }
        Kind::Log | Kind::Table => has_no_text(stream),
        _ => stream.look_back().is_none_or(|look_back| look_back.things.is_empty()),
    };
    let before = past.kept_from().filter(|kept_from| *kept_from >= scene.stretch.end);
    is_empty.then(|| match before {
        Some(kept_from) => format!("nothing kept before {}", scene.clock.moment(kept_from, scene.now)),
        None if scene.stretch.start > scene.now => {
            format!("begins in {}", short_duration(scene.stretch.start.abs_diff(scene.now)))
        }
        None => "nothing was received in this stretch".to_owned(),
    })
}

/// Returns true if a log has no lines, or a panel of a table has none.
fn has_no_text(stream: &Stream) -> bool {
    if stream.kind() == Some(Kind::Table) { !stream.has_table() } else { stream.lines().is_empty() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::{Publication, Topic};

    use super::*;
    use crate::buckets::topic_past::Wanted;
    use crate::buckets::{Known, PastStates, compose};
    use crate::stream::{LookBack, Origin};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const NOW: Millis = 20_785 * 86_400_000 + 50_000_000;
    const STEP: u64 = 1_000;

    fn stretch() -> Range<Millis> {
        NOW - 3_600_000..NOW - 3_540_000
    }

    fn stream(data: &serde_json::Value) -> (Stream, SeriesSet) {
        let (mut stream, mut series) = (Stream::new(Topic::new("shop/load").unwrap()), SeriesSet::new(100));
        let item = Publication { offset: 900, ts: NOW, received_at: NOW, data: data.clone().into() };
        stream.take(&[item], Origin::Live, &mut series, NOW);
        (stream, series)
    }

    fn wanted() -> Wanted {
        Wanted {
            stretch: stretch(),
            step_ms: Some(STEP),
            items: 0,
            raw_from: NOW,
            paused_at: None,
            newest_at: None,
        }
    }

    /// Returns the past of which the part from `from` on is loaded.
    fn loaded(
        from: Millis,
        buckets: &serde_json::Value,
        lost: &serde_json::Value,
        kept: Millis,
    ) -> TopicPast {
        let mut past = TopicPast::default();
        let ask = past.next(&wanted(), NOW).unwrap();
        past.asked(1, crate::buckets::Ask { from_ms: from, ..ask }, NOW);
        let reply = json!({
            "id": 1, "topic": "shop/load", "epoch": "e", "from_ms": 0, "to_ms": 1, "step_ms": STEP,
            "kept_from_ms": kept, "head": {"epoch": "e", "offset": 900},
            "series": [{"name": "", "buckets": buckets}], "lost": lost,
        });
        past.answered(1, serde_json::from_value(reply).unwrap());
        past
    }

    fn chip(past: &TopicPast) -> Chip {
        let (stream, series) = stream(&json!(5));
        let known = Known { series: &series, raw_from: stream.complete_from(), own: "load", hole_ms: None };
        let shown = stream.looking_back(LookBack::default(), None);
        past_chip(&shown, &compose(past, STEP, &known), past, &scene())
    }

    fn scene() -> Scene {
        Scene {
            stretch: stretch(),
            at: stretch().end,
            now: NOW,
            cut_off_since: None,
            is_recording: false,
            is_unjudged: false,
            clock: LocalClock::UTC,
        }
    }

    fn bucket() -> serde_json::Value {
        json!([[NOW - 3_590_000, 900, 9, 0, 1]])
    }

    #[test]
    fn a_loaded_stretch_says_the_time_of_its_value() {
        let chip = chip(&loaded(stretch().start - 1_000, &bucket(), &json!([]), 0));
        assert_eq!((chip.state, chip.text.as_str(), chip.freshness), (PanelState::Past, "12:54:20", None));
        assert_eq!(chip.missing(), None);
    }

    #[test]
    fn what_is_not_loaded_is_said_and_why() {
        let half = loaded(stretch().start + 30_000, &bucket(), &json!([]), 0);
        assert_eq!(chip(&half).text, "loading, 50 %");
        assert_eq!(chip(&half).missing(), Some("loading, 50 %"));
        let mut failed = TopicPast::default();
        let ask = failed.next(&wanted(), NOW).unwrap();
        failed.asked(1, ask, NOW);
        failed.failed(1, Some("the disk is full".to_owned()), NOW);
        let chip = chip(&failed);
        assert_eq!((chip.state, chip.text.as_str()), (PanelState::Failed, "not loaded"));
        assert_eq!(chip.missing(), Some("not loaded"));
        assert!(chip.title.contains("the disk is full"), "{}", chip.title);
    }

    #[test]
    fn a_loss_in_the_stretch_is_more_urgent_than_its_time() {
        let lost = json!([[NOW - 3_580_000, 20_000, 7]]);
        let chip = chip(&loaded(stretch().start - 1_000, &bucket(), &lost, 0));
        assert_eq!((chip.state, chip.text.as_str()), (PanelState::Gap, "gap, 19 s lost"));
    }

    #[test]
    fn an_empty_stretch_says_that_nothing_is_kept_of_it_or_that_nothing_was_published() {
        let kept = chip(&loaded(stretch().start - 1_000, &json!([]), &json!([]), 0));
        assert_eq!(kept.text, "nothing was received in this stretch");
        let gone = chip(&loaded(stretch().start - 1_000, &json!([]), &json!([]), stretch().end + 1));
        assert_eq!(gone.text, "nothing kept before 12:54:20");
    }

    #[test]
    fn a_table_says_the_time_at_which_it_was_published() {
        let (stream, series) = stream(&json!([{"queue": "mail", "depth": 14}]));
        let (mut past, ts) = (TopicPast::default(), stretch().start + 5_000);
        let item = Publication {
            offset: 7,
            ts,
            received_at: ts,
            data: json!([{"queue": "mail", "depth": 3}]).into(),
        };
        let ask = past.next(&Wanted { step_ms: None, items: 1, ..wanted() }, NOW).unwrap();
        past.asked(1, ask, NOW);
        past.answered_items(1, vec![item], 1, NOW);
        let (items, _) = past.items(&stretch()).unwrap();
        let shown = stream.looking_back(LookBack::default(), Some(items));
        let chip = past_chip(&shown, &series, &past, &scene());
        assert_eq!((chip.state, chip.text.as_str()), (PanelState::Past, "12:53:25"));
    }

    #[test]
    fn a_stretch_that_has_not_begun_says_when_it_does_whatever_the_kind() {
        let tomorrow = NOW + 86_400_000..NOW + 90_000_000;
        let scene = Scene { stretch: tomorrow, at: NOW, ..scene() };
        let past = TopicPast::default();
        for data in [json!(5), json!("open"), json!([{"queue": "mail"}]), json!({"a": 1, "b": 2})] {
            let (stream, series) = stream(&data);
            let known =
                Known { series: &series, raw_from: stream.complete_from(), own: "load", hole_ms: None };
            let states = PastStates::of(&past, STEP, stream.states(), stream.complete_from());
            let shown = stream.looking_back(LookBack { states, ..LookBack::default() }, None);
            let chip = past_chip(&shown, &compose(&past, STEP, &known), &past, &scene);
            assert_eq!((chip.state, chip.text.as_str()), (PanelState::Empty, "begins in 1 d"), "{data}");
        }
    }

    /// Returns the text in the corner of a panel that shows this stretch of a recording with these publications, and the panel's state.
    fn of_recording(published: &[(Millis, serde_json::Value)], stretch: Range<Millis>) -> (String, Stream) {
        let (mut stream, mut series) = (Stream::new(Topic::new("shop/log").unwrap()), SeriesSet::new(100));
        for (offset, (ts, data)) in (1..).zip(published) {
            let item = Publication { offset, ts: *ts, received_at: *ts, data: data.clone().into() };
            stream.take(&[item], Origin::Live, &mut series, NOW);
        }
        let shown = stream.looking_back_in_recording(&stretch);
        let scene = Scene { at: stretch.end, stretch, is_recording: true, ..scene() };
        (past_chip(&shown, &series, &TopicPast::default(), &scene).text, shown)
    }

    #[test]
    fn a_log_of_a_recording_shows_the_kept_lines_of_the_stretch() {
        let line = |ts: Millis| {
            (ts, json!(format!("line at {ts}, which is long enough for a log of its own, and even longer")))
        };
        let (start, end) = (stretch().start, stretch().end);
        let few = [start - 5, start + 5, start + 9_000, end + 5].map(line);
        let (chip, shown) = of_recording(&few, stretch());
        let times: Vec<Millis> = shown.lines().newest(9).map(|line| line.ts_ms).collect();
        assert_eq!((chip.as_str(), times), ("12:54:20", vec![start + 9_000, start + 5]));
        let (chip, _) = of_recording(&few, start + 10..start + 20);
        assert_eq!(chip, "nothing was received in this stretch");
        let many: Vec<_> = (0..900).map(|n| line(start + n * 100)).collect();
        assert_eq!(of_recording(&many, start..start + 1_000).0, "0 % kept");
        assert_eq!(of_recording(&many, start..end).0, "12:54:20", "some lines are kept");
    }

    #[test]
    fn a_table_of_a_recording_is_shown_if_it_is_not_newer_than_the_stretch() {
        let table = json!([{"queue": "mail", "depth": 3}]);
        for (at, words) in [
            (stretch().start - 60_000, "12:52:20"),
            (stretch().start + 5_000, "12:53:25"),
            (stretch().end + 5_000, "0 % kept"),
        ] {
            let (chip, shown) = of_recording(&[(at, table.clone())], stretch());
            assert_eq!((chip.as_str(), shown.has_table()), (words, at < stretch().end));
        }
    }

    #[test]
    fn a_log_shows_the_lines_of_the_stretch_alone() {
        let (stream, series) =
            stream(&json!("the newest line, which is long enough for a log of its own, and more"));
        let line = |offset| Publication {
            offset,
            ts: stretch().start + 5,
            received_at: stretch().start + 5,
            data: json!(format!("line {offset} of the stretch, which is a long line in the past as well"))
                .into(),
        };
        let mut past = TopicPast::default();
        let wanted = Wanted { step_ms: None, items: 500, ..wanted() };
        let before = stream.looking_back(LookBack::default(), None);
        assert_eq!(past_chip(&before, &series, &past, &scene()).text, "loading, 0 %");
        let ask = past.next(&wanted, NOW).unwrap();
        past.asked(1, ask, NOW);
        past.answered_items(1, vec![line(7), line(8)], 500, NOW);
        let (items, is_cut) = past.items(&stretch()).unwrap();
        let shown = stream.looking_back(LookBack { is_cut, ..LookBack::default() }, Some(items));
        let lines: Vec<_> = shown.lines().newest(9).map(|line| line.text[..6].to_owned()).collect();
        assert_eq!((lines, stream.lines().len()), (vec!["line 8".to_owned(), "line 7".to_owned()], 1));
        let pointed = Scene { at: stretch().start + 9_000, ..scene() };
        let chip = past_chip(&shown, &series, &past, &pointed);
        assert_eq!(
            (chip.state, chip.text.as_str()),
            (PanelState::Past, "12:54:20"),
            "its lines go up to the end"
        );
    }
}
