//! Delay of live data, and its cause: either the page is slow, or the data is already late when it arrives. Depends on `shared`
//! alone.

use std::collections::VecDeque;

/// Minimum delay that is shown, in milliseconds.
const LEAST_MS: u64 = 3_000;
/// Delays are rounded down to a multiple of this, in milliseconds.
const PRECISION_MS: u64 = 1_000;
/// Time in milliseconds for which a measured delay is shown. A page that is busy again and again can be drawn only between, when
/// it has just handled what waited. Time in which the page was busy does not count, since more may be waiting.
const SHOWN_MS: u64 = 2_000;
/// Length of a moment in milliseconds. Of each moment one delay is remembered.
const MOMENT_MS: u64 = 100;
/// Time in milliseconds for which the cause of further delays is looked for after a delay.
const WATCH_MS: u64 = 3_000;
/// Time in milliseconds that must have been observed before the page is considered fast enough.
const OBSERVED_MS: u64 = 500;
/// Maximum time in milliseconds from which the present load is determined.
const LOAD_MS: u64 = 2_000;
/// Time in milliseconds for which beats are kept.
const KEPT_MS: u64 = 20_000;
/// Minimum length in milliseconds of a task that blocks the page noticeably.
const LONG_TASK_MS: u64 = 100;
/// Share of the time for which data was delayed, in percent, for which the page must have been busy to be the cause.
const BUSY_PERCENT: u64 = 50;
/// Share of the time, in percent, for which quick beats must be overdue in a page that is too slow. On a slow machine, every
/// timer is called some milliseconds late.
const OVERLOADED_PERCENT: u64 = 75;
/// Time between two beats while the cause of a delay is looked for, in milliseconds. It is the shortest that browsers allow, since
/// a page whose tasks are longer than this time is busy.
const QUICK_BEAT_MS: u64 = 4;
/// Time between two beats while data is late and the page is not busy, in milliseconds.
const CALM_BEAT_MS: u64 = 50;

/// The cause of a delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// The data waited in the page, which was busy.
    Page,
    /// The data was already late when it arrived.
    Way,
}

/// A delay of live data.
#[derive(Clone, Copy, Debug)]
struct Measured {
    at_ms: u64,
    delay_ms: u64,
    /// `None` until enough has been observed.
    cause: Option<Cause>,
}

/// The time between two beats.
#[derive(Clone, Copy, Debug)]
struct Beat {
    at_ms: u64,
    /// Time since the beat before.
    length_ms: u64,
    /// The part of this time for which the beat was overdue, because the browser was busy.
    busy_ms: u64,
    /// True if the beat was due so soon that a page that is busy with short tasks is noticed, too.
    is_quick: bool,
}

/// Measures the delay of live data, and finds its cause.
///
/// A browser does not tell how long a message has waited in the page. It calls timers late, however, if it is busy. So the page
/// sets a timer again and again, and calls [`Delays::beat`] when it expires. Usually this is once a second, which is sufficient
/// to notice that the page was blocked for seconds. After a long delay, [`Delays::pause_ms`] asks for more beats, from which
/// the load of the page is determined.
#[derive(Clone, Debug, Default)]
pub struct Delays {
    beats: VecDeque<Beat>,
    measured: VecDeque<Measured>,
    last_ms: Option<u64>,
    /// Time between the last beat and the next.
    pause_ms: u64,
}

/// The delay of live data, if it is long enough to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay {
    /// Time in milliseconds for which the newest data has been delayed because the page is too slow to handle it; `None` if the
    /// delay is short or the page is fast enough.
    pub behind_ms: Option<u64>,
    /// Time in milliseconds for which data is under way to the page, which itself is fast enough; `None` if the delay is short or
    /// the page is too slow.
    pub late_ms: Option<u64>,
}

impl Delays {
    /// Records a beat at `mono_ms` by the monotonic clock. The next one is due after `pause_ms`.
    pub fn beat(&mut self, mono_ms: u64, pause_ms: u64) {
        if let Some(last_ms) = self.last_ms {
            let length_ms = mono_ms.saturating_sub(last_ms);
            let busy_ms = length_ms.saturating_sub(self.pause_ms);
            let is_quick = self.pause_ms <= CALM_BEAT_MS;
            self.beats.push_back(Beat { at_ms: mono_ms, length_ms, busy_ms, is_quick });
        }
        (self.last_ms, self.pause_ms) = (Some(mono_ms), pause_ms);
        while self.beats.front().is_some_and(|beat| beat.at_ms + KEPT_MS < mono_ms) {
            self.beats.pop_front();
        }
        if let Some(cause) = self.present_cause(mono_ms) {
            for measured in &mut self.measured {
                measured.cause.get_or_insert(cause);
            }
        }
    }

    /// Records that data with this delay was handled at `mono_ms`.
    pub fn measure(&mut self, delay_ms: u64, mono_ms: u64) {
        let free: Vec<u64> =
            self.measured.iter().map(|measured| self.free_ms(measured.at_ms, mono_ms)).collect();
        let mut free = free.into_iter();
        self.measured.retain(|_| free.next().is_some_and(|free_ms| free_ms <= WATCH_MS));
        if delay_ms < LEAST_MS {
            return;
        }
        let cause = match self.was_busy(delay_ms, mono_ms) {
            true => Some(Cause::Page),
            false => self.present_cause(mono_ms),
        };
        // One delay of each cause is sufficient for each moment. The longest is kept.
        let moment = |at_ms: u64| at_ms / MOMENT_MS;
        let is_same = |other: &&mut Measured| moment(other.at_ms) == moment(mono_ms) && other.cause == cause;
        let same = self.measured.iter_mut().find(is_same);
        match same {
            Some(other) => other.delay_ms = other.delay_ms.max(delay_ms),
            None => self.measured.push_back(Measured { at_ms: mono_ms, delay_ms, cause }),
        }
    }

    /// Returns the delay that is shown at `mono_ms`.
    pub fn shown(&self, mono_ms: u64) -> Delay {
        let longest = |cause: Cause| {
            let recent =
                self.measured.iter().filter(|measured| self.free_ms(measured.at_ms, mono_ms) <= SHOWN_MS);
            let delays =
                recent.filter(|measured| measured.cause == Some(cause)).map(|measured| measured.delay_ms);
            delays.max().map(|delay_ms| delay_ms / PRECISION_MS * PRECISION_MS)
        };
        match longest(Cause::Page) {
            Some(behind_ms) => Delay { behind_ms: Some(behind_ms), late_ms: None },
            None => Delay { behind_ms: None, late_ms: longest(Cause::Way) },
        }
    }

    /// Returns the time after which the next beat is needed in order to find the cause of a delay; `None` if one a second is
    /// sufficient.
    pub fn pause_ms(&self, mono_ms: u64) -> Option<u64> {
        let last =
            self.measured.back().filter(|measured| self.free_ms(measured.at_ms, mono_ms) <= WATCH_MS)?;
        Some(if last.cause == Some(Cause::Way) { CALM_BEAT_MS } else { QUICK_BEAT_MS })
    }

    /// Returns true if the page was busy for most of the time in which data has been delayed by `delay_ms`.
    fn was_busy(&self, delay_ms: u64, mono_ms: u64) -> bool {
        // On a slow machine, every timer is a little late.
        let busy_ms = self.busy_ms(mono_ms.saturating_sub(delay_ms), mono_ms, LONG_TASK_MS);
        busy_ms * 100 >= delay_ms * BUSY_PERCENT
    }

    /// Returns the time between two moments in which the page had time to handle what waited.
    fn free_ms(&self, since_ms: u64, mono_ms: u64) -> u64 {
        mono_ms.saturating_sub(since_ms).saturating_sub(self.busy_ms(since_ms, mono_ms, 0))
    }

    /// Returns the time between two moments in which the page was busy for at least `least_ms` without a break. The second moment is
    /// the present.
    fn busy_ms(&self, since_ms: u64, mono_ms: u64, least_ms: u64) -> u64 {
        let later = self.beats.iter().rev().take_while(|beat| beat.at_ms > since_ms);
        let later = later.filter(|beat| beat.busy_ms >= least_ms);
        let ended = later.map(|beat| beat.busy_ms.min(beat.at_ms - since_ms));
        ended.sum::<u64>() + self.overdue_ms(mono_ms).min(mono_ms.saturating_sub(since_ms))
    }

    /// Returns the cause of a delay at this moment, by the present load of the page. Returns `None` if too little was observed.
    fn present_cause(&self, mono_ms: u64) -> Option<Cause> {
        let recent = self
            .beats
            .iter()
            .filter(|beat| beat.is_quick && beat.at_ms + LOAD_MS > mono_ms && beat.at_ms <= mono_ms);
        let overdue_ms = if self.pause_ms <= CALM_BEAT_MS { self.overdue_ms(mono_ms) } else { 0 };
        let (observed_ms, busy_ms) = recent.fold((overdue_ms, overdue_ms), |(observed_ms, busy_ms), beat| {
            (observed_ms + beat.length_ms, busy_ms + beat.busy_ms)
        });
        let is_busy = busy_ms * 100 >= observed_ms * OVERLOADED_PERCENT;
        (observed_ms >= OBSERVED_MS).then_some(if is_busy { Cause::Page } else { Cause::Way })
    }

    /// Returns the time for which the next beat has been due.
    fn overdue_ms(&self, mono_ms: u64) -> u64 {
        self.last_ms.map_or(0, |last_ms| mono_ms.saturating_sub(last_ms + self.pause_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const BEHIND: fn(u64) -> Delay = |ms| Delay { behind_ms: Some(ms), late_ms: None };
    const LATE: fn(u64) -> Delay = |ms| Delay { behind_ms: None, late_ms: Some(ms) };

    /// Lets time pass in a page whose tasks take `task_ms` and follow each other without a break; 0 stands for an idle page.
    fn run(delays: &mut Delays, mono_ms: &mut u64, for_ms: u64, task_ms: u64, delay_ms: u64) {
        let end_ms = *mono_ms + for_ms;
        while *mono_ms < end_ms {
            let pause_ms = delays.pause_ms(*mono_ms).unwrap_or(1_000);
            delays.beat(*mono_ms, pause_ms);
            *mono_ms += if task_ms == 0 { pause_ms } else { pause_ms.next_multiple_of(task_ms) };
            delays.measure(delay_ms, *mono_ms);
        }
    }

    fn idle_page() -> (Delays, u64) {
        let (mut delays, mut mono_ms) = (Delays::default(), 1_000);
        run(&mut delays, &mut mono_ms, 5_000, 0, 20);
        assert_eq!(delays.shown(mono_ms), Delay::default());
        (delays, mono_ms)
    }

    #[test]
    fn data_that_waited_while_the_page_was_blocked_is_behind_for_a_moment() {
        let (mut delays, mut mono_ms) = idle_page();
        mono_ms += 6_000;
        // The message may be handled before the timer and after it.
        delays.measure(5_500, mono_ms);
        assert_eq!(delays.shown(mono_ms), BEHIND(5_000));
        delays.beat(mono_ms + 1, 4);
        delays.measure(4_100, mono_ms + 2);
        delays.measure(10, mono_ms + 3);
        assert_eq!(delays.shown(mono_ms + 3), BEHIND(5_000));
        run(&mut delays, &mut mono_ms, 2_500, 0, 10);
        assert_eq!(delays.shown(mono_ms), Delay::default());
    }

    #[test]
    fn a_page_that_is_always_busy_is_behind() {
        for task_ms in [20, 50, 300] {
            let (mut delays, mut mono_ms) = idle_page();
            run(&mut delays, &mut mono_ms, 2_000, task_ms, 6_400);
            assert_eq!(delays.shown(mono_ms), BEHIND(6_000), "tasks of {task_ms} ms");
        }
    }

    #[test]
    fn a_page_that_has_no_time_for_what_waits_does_not_look_live() {
        let (mut delays, mut mono_ms) = idle_page();
        run(&mut delays, &mut mono_ms, 2_000, 300, 6_400);
        delays.beat(mono_ms + 7_000, 4);
        assert_eq!(delays.shown(mono_ms + 7_000), BEHIND(6_000));
        let mut later_ms = mono_ms + 7_000;
        run(&mut delays, &mut later_ms, 3_000, 0, 10);
        assert_eq!(delays.shown(later_ms), Delay::default());
    }

    #[test]
    fn a_slow_machine_with_a_slow_network_is_not_a_slow_page() {
        let (mut delays, mut mono_ms) = idle_page();
        delays.measure(6_400, mono_ms);
        for _ in 0..80 {
            // Each beat is called as late as it is long.
            delays.beat(mono_ms, delays.pause_ms(mono_ms).unwrap_or(1_000));
            mono_ms += 2 * delays.pause_ms(mono_ms).unwrap_or(1_000);
        }
        delays.measure(4_100, mono_ms);
        assert_eq!(delays.shown(mono_ms).behind_ms, None);
        assert!(delays.shown(mono_ms).late_ms.is_some());
    }

    #[test]
    fn a_slow_network_is_not_a_slow_page() {
        let (mut delays, mut mono_ms) = idle_page();
        delays.measure(6_400, mono_ms);
        assert_eq!(delays.shown(mono_ms), Delay::default(), "the cause is not known yet");
        run(&mut delays, &mut mono_ms, 1_000, 0, 10);
        assert_eq!(delays.shown(mono_ms), LATE(6_000));
        run(&mut delays, &mut mono_ms, 4_000, 0, 10);
        assert_eq!((delays.shown(mono_ms), delays.pause_ms(mono_ms)), (Delay::default(), None));
    }

    #[test]
    fn a_page_that_works_but_has_time_left_is_not_too_slow() {
        let (mut delays, mut mono_ms) = idle_page();
        for _ in 0..40 {
            run(&mut delays, &mut mono_ms, 70, 0, 4_000);
            mono_ms += 30;
        }
        assert_eq!(delays.shown(mono_ms), LATE(4_000));
    }

    #[test]
    fn a_short_delay_is_not_worth_saying() {
        let (mut delays, mut mono_ms) = idle_page();
        mono_ms += 9_000;
        delays.measure(900, mono_ms);
        assert_eq!((delays.shown(mono_ms), delays.pause_ms(mono_ms)), (Delay::default(), None));
    }
}
