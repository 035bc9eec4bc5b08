//! The effects of a recording's events on a board. They depend only on the recording: whoever plays it up to a time, in any
//! steps, sees the same board.

use shared::server::Condition;
use shared::{Millis, Publication, Topic};
use tickertape_session::Event;
use tickertape_session::playback::Playback;

use crate::budget::{MOST_ROWS, keep_from};
use crate::chart::series::SeriesSet;
use crate::player::PlayClock;
use crate::stream::{Origin, Stream};
use crate::window::Window;

/// Time between two times at which old data is dropped, in milliseconds.
const BEAT_MS: Millis = 1_000;
/// Window whose publications are kept, as far as there is room for them. It is the longest one, because nothing can be loaded again.
const KEPT: Window = Window::Week;
/// Window whose publications are kept of a topic that has more than [`MANY_ROWS`] in [`KEPT`].
const KEPT_OF_MANY: Window = Window::Hour;
/// Number of rows that a topic keeps even if they are older than [`KEPT_OF_MANY`]. Each snapshot has a copy of all rows of a topic that
/// changes. With more rows there is memory for fewer snapshots, and a jump has to play more.
const MANY_ROWS: usize = 4_000;

/// A change of the state of one topic.
pub type Change<'a> = &'a mut dyn FnMut(&mut Stream, &mut SeriesSet);

/// A condition for a change of a topic.
pub type IsDue<'a> = &'a dyn Fn(&Stream, &SeriesSet) -> bool;

/// A change of the state of each of several topics.
pub type ChangeAll<'a> = &'a mut dyn FnMut(&mut Stream, &mut SeriesSet) -> bool;

/// A board on which a recording is played.
pub trait Stage {
    /// Changes the state of a topic, which is added if it is new.
    fn change(&mut self, topic: &Topic, change: Change<'_>);
    /// Changes the states of all topics for which `is_due` returns true. The result of `change` is true if a panel should show the
    /// change at once.
    fn change_all(&mut self, is_due: IsDue<'_>, change: ChangeAll<'_>);
    /// Removes a topic.
    fn remove(&mut self, topic: &Topic);
    /// Replaces the problems of the server.
    fn set_conditions(&mut self, conditions: Vec<Condition>);
    /// Returns the number of topics.
    fn topics(&self) -> usize;
}

/// Plays a recording up to the time `at`, that time included. An earlier time than that of the last call changes nothing.
pub fn play(playback: &mut Playback, stage: &mut dyn Stage, at: Millis) {
    while playback.next_line().is_some_and(|line| line.at <= at) {
        play_line(playback, stage);
    }
    let before = playback.at();
    playback.advance(at, &mut |_, _| {});
    drop_old(stage, before, playback.at());
}

/// Plays the next line of a recording. Returns false if there is none.
pub fn play_line(playback: &mut Playback, stage: &mut dyn Stage) -> bool {
    let Some(at) = playback.next_line().map(|line| line.at) else { return false };
    drop_old(stage, playback.at(), at);
    playback.step(&mut |at, event| apply(stage, event, at))
}

/// Plays the next line of a recording, and stops its clock at the time of this line. Further lines may have the same time; they are played by
/// the next steps, or when the clock goes on.
pub fn step(playback: &mut Playback, stage: &mut dyn Stage, clock: &mut PlayClock) {
    play_line(playback, stage);
    clock.stop();
    clock.seek(playback.at());
}

/// Drops old data if a whole second lies between two times. The state thus does not depend on the times at which this is called.
fn drop_old(stage: &mut dyn Stage, before: Millis, now: Millis) {
    let beat = now.div_euclid(BEAT_MS);
    if before.div_euclid(BEAT_MS) == beat {
        return;
    }
    let (now, topics) = (beat * BEAT_MS, stage.topics());
    let kept_from = |series: &SeriesSet| kept_from(series, now, topics);
    let is_due = |stream: &Stream, series: &SeriesSet| {
        !series.replayed().is_empty() || stream.keeps_before(kept_from(series), series)
    };
    stage.change_all(&is_due, &mut |stream, series| {
        stream.forget_before(kept_from(series), series);
        stream.settle(series, now)
    });
}

/// Returns the time before which the data of a topic is dropped. A set that is full drops its oldest rows itself.
fn kept_from(series: &SeriesSet, now: Millis, topics: usize) -> Millis {
    let first = series.time(0).filter(|_| series.len() >= MOST_ROWS);
    let many_from = series.len().checked_sub(MANY_ROWS).and_then(|excess| series.time(excess));
    let recent_from = keep_from(series, KEPT_OF_MANY.raw_ms(), now, topics);
    let bounds = [first, many_from.map(|many_from| many_from.min(recent_from))];
    bounds.into_iter().flatten().fold(keep_from(series, KEPT.ms(), now, topics), Millis::max)
}

/// Applies an event that was recorded at the time `at`.
fn apply(stage: &mut dyn Stage, event: Event, at: Millis) {
    match event {
        Event::Publications { topic, items, replay, left_out, .. } => {
            take(stage, &topic, &items, Origin::of(replay, left_out), at);
        }
        Event::Earlier { topic, items, .. } => take(stage, &topic, &items, Origin::Past, at),
        Event::Topic { topic, meta } => {
            stage.change(&topic, &mut |stream, series| stream.tell(meta.clone(), series));
        }
        Event::TopicGone { topic, .. } => stage.remove(&topic),
        Event::Gap { topic, from_ts, to_ts, .. } => {
            stage.change(&topic, &mut |stream, series| stream.lose(from_ts, to_ts, series));
        }
        Event::EpochChanged { topic, .. } => {
            stage.change(&topic, &mut |stream, series| stream.start_anew(series));
        }
        Event::Conditions { conditions } => stage.set_conditions(conditions),
        Event::Disconnected { .. } => stage.change_all(&|_, _| true, &mut |stream, _| {
            stream.interrupt();
            false
        }),
        // A recording causes no other events that a board shows. The state of the connection is that of the playback.
        _ => {}
    }
}

fn take(stage: &mut dyn Stage, topic: &Topic, items: &[Publication], origin: Origin, at: Millis) {
    stage.change(topic, &mut |stream, series| {
        stream.take(items, origin, series, at);
        // Nothing else can be loaded of a topic, so nothing should look like loading.
        if stream.next_fetch(Millis::MIN, at).is_some() {
            stream.end_loading(series);
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::recording::{Entry, Header, Line, Recording};

    use super::*;
    use crate::player::scene::Scene;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const START: Millis = 1_764_426_000_250;

    /// Returns a recording with this number of publications of a topic, one every `step_ms`.
    fn recorded(count: i64, step_ms: Millis) -> Playback {
        let line = |n: i64| {
            let at = START + n * step_ms;
            let item = json!({"offset": n + 1, "ts": at, "received_at": at, "data": n});
            let message =
                json!({"type": "publications", "topic": "shop/count", "epoch": "e", "items": [item]});
            Line { at, entry: Entry::Frame(message.to_string().into()) }
        };
        let header = Header { started_at: START, filter: "*".parse().unwrap(), server: String::new() };
        let lines = (0..count).map(line).collect();
        Playback::new(Recording { header, lines, is_truncated: false, damage: Vec::new() })
    }

    #[test]
    fn a_step_plays_one_line_of_several_of_the_same_time_and_the_clock_plays_the_rest() {
        let (mut playback, mut scene) = (recorded(5, 0), Scene::default());
        let mut clock = PlayClock::new(START, START + 1_000);
        let rows = |scene: &Scene| {
            scene.state(&Topic::new("shop/count").unwrap()).map_or(0, |state| state.series.len())
        };
        for played in 1..=3 {
            step(&mut playback, &mut scene, &mut clock);
            assert_eq!((rows(&scene), clock.at(), clock.is_playing()), (played, START, false));
        }
        clock.toggle();
        clock.tick(100);
        play(&mut playback, &mut scene, clock.at());
        assert_eq!(rows(&scene), 5);
        step(&mut playback, &mut scene, &mut clock);
        assert_eq!((rows(&scene), clock.is_playing()), (5, false), "there is no further line");
    }

    #[test]
    fn a_recording_of_hours_is_kept_from_its_beginning() {
        let (mut playback, mut scene) = (recorded(1_081, 10_000), Scene::default());
        play(&mut playback, &mut scene, START + 3 * 3_600_000);
        let state = scene.state(&Topic::new("shop/count").unwrap()).unwrap();
        assert_eq!((state.series.len(), state.series.time(0)), (1_081, Some(START)));
        assert!(state.series.unloaded().is_empty());
        assert_eq!(state.stream.complete_from(), Millis::MIN);
    }

    #[test]
    fn of_a_topic_with_many_publications_an_hour_is_kept_and_the_rest_is_not_loaded() {
        let (mut playback, mut scene) = (recorded(10_000, 1_000), Scene::default());
        let end = START + 9_999_000;
        play(&mut playback, &mut scene, end);
        let state = scene.state(&Topic::new("shop/count").unwrap()).unwrap();
        let first = state.series.time(0).unwrap();
        assert!((end - 4_200_000..=end - 3_600_000).contains(&first), "{first}");
        let unloaded: Vec<_> = state.series.unloaded().iter().collect();
        assert_eq!((unloaded.len(), unloaded[0].start), (1, Millis::MIN));
        assert!((first - 100_000..=first).contains(&unloaded[0].end), "{unloaded:?}, {first}");
    }

    #[test]
    fn what_there_is_no_room_for_is_not_loaded_at_any_time() {
        let (mut playback, mut scene) = (recorded(40_000, 100), Scene::default());
        for after_ms in [3_700_000, 3_700_050, 3_700_100, 3_700_760, 3_999_900] {
            play(&mut playback, &mut scene, START + after_ms);
            let state = scene.state(&Topic::new("shop/count").unwrap()).unwrap();
            let first = state.series.time(0).unwrap();
            assert!(first > START + 90_000, "the oldest rows are dropped");
            let unloaded: Vec<_> = state.series.unloaded().iter().collect();
            assert_eq!((unloaded.len(), unloaded[0].start), (1, Millis::MIN), "after {after_ms} ms");
            assert!((first - 7_000..=first).contains(&unloaded[0].end), "{unloaded:?}, {first}");
        }
    }
}
