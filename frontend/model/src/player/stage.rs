//! The effects of a recording's events on a board. They depend only on the recording: whoever plays it up to a time, in any
//! steps, sees the same board.

use shared::server::Condition;
use shared::{Millis, Publication, Topic};
use tickertape_session::Event;
use tickertape_session::playback::Playback;

use crate::budget::keep_from;
use crate::chart::series::SeriesSet;
use crate::stream::{Origin, Stream};
use crate::window::Window;

/// Time between two times at which old data is dropped, in milliseconds.
const BEAT_MS: Millis = 1_000;
/// Window whose publications are kept. It is the longest one without buckets, so that another window can be chosen at any time.
const KEPT: Window = Window::Hour;
/// Maximum number of times that a topic is told that nothing else is loaded of it. It has at most this many gaps.
const MOST_GAPS: usize = 20;

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

/// Drops old data if a whole second lies between two times. The state thus does not depend on the times at which this is called.
fn drop_old(stage: &mut dyn Stage, before: Millis, now: Millis) {
    let beat = now.div_euclid(BEAT_MS);
    if before.div_euclid(BEAT_MS) == beat {
        return;
    }
    let (now, topics) = (beat * BEAT_MS, stage.topics());
    let kept_from = |series: &SeriesSet| keep_from(series, KEPT.raw_ms(), now, topics);
    let is_due = |stream: &Stream, series: &SeriesSet| {
        !series.replayed().is_empty() || stream.keeps_before(kept_from(series), series)
    };
    stage.change_all(&is_due, &mut |stream, series| {
        stream.forget_before(kept_from(series), series);
        stream.settle(series, now)
    });
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
        for _ in 0..MOST_GAPS {
            let Some(fetch) = stream.next_fetch(Millis::MIN, at) else { break };
            stream.asked(fetch, at);
            stream.take(&[], Origin::Past, series, at);
        }
    });
}
