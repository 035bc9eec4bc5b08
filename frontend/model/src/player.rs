//! A recording that is played back.
//!
//! * This file: its clock, which runs, stands, jumps, and ends.
//! * [`stage`]: the effects of its events on a board.
//! * [`scene`]: a board without signals and views.
//! * [`snapshots`]: states of the board at times of the recording, so that a jump does not play everything before it.

pub mod scene;
pub mod snapshots;
pub mod stage;

use shared::Millis;

use crate::chart::clock::LocalClock;

/// Speeds at which a recording can be played, as multiples of the real one.
pub const SPEEDS: [u32; 2] = [1, 10];

/// The clock of a recording that is played back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlayClock {
    start: Millis,
    end: Millis,
    at: Millis,
    speed: u32,
    is_playing: bool,
}

impl PlayClock {
    /// Creates the clock of a recording with this beginning and end. It runs at the real speed from the beginning.
    pub fn new(start: Millis, end: Millis) -> Self {
        Self { start, end: end.max(start), at: start, speed: SPEEDS[0], is_playing: true }
    }

    /// Lets `elapsed_ms` of real time pass. The clock stops at the end of the recording.
    pub fn tick(&mut self, elapsed_ms: u64) {
        if self.is_playing {
            let step = i64::try_from(elapsed_ms).unwrap_or(i64::MAX).saturating_mul(i64::from(self.speed));
            self.seek(self.at.saturating_add(step));
            self.is_playing = !self.has_ended();
        }
    }

    /// Jumps to a time, or to the beginning or the end if the recording does not contain it.
    pub fn seek(&mut self, at: Millis) {
        self.at = at.clamp(self.start, self.end);
    }

    /// Stops the clock, or lets it go on. At the end, it begins again at the beginning.
    pub fn toggle(&mut self) {
        if !self.is_playing && self.has_ended() {
            self.at = self.start;
        }
        self.is_playing = !self.is_playing;
    }

    /// Stops the clock.
    pub fn stop(&mut self) {
        self.is_playing = false;
    }

    /// Sets the speed as a multiple of the real one.
    pub fn set_speed(&mut self, speed: u32) {
        self.speed = speed;
    }

    /// Returns the time that the clock shows.
    pub fn at(&self) -> Millis {
        self.at
    }

    /// Returns the time at which the recording begins.
    pub fn start(&self) -> Millis {
        self.start
    }

    /// Returns the length of the recording in milliseconds.
    pub fn length_ms(&self) -> Millis {
        self.end - self.start
    }

    /// Returns the speed as a multiple of the real one.
    pub fn speed(&self) -> u32 {
        self.speed
    }

    /// Returns true while the clock runs.
    pub fn is_playing(&self) -> bool {
        self.is_playing
    }

    /// Returns true at the end of the recording.
    pub fn has_ended(&self) -> bool {
        self.at >= self.end
    }

    /// Returns the words for the header: `Recording, 14:22:07`, or that it has ended.
    pub fn headline(&self, clock: LocalClock) -> String {
        match (self.has_ended(), self.is_playing) {
            (true, false) => "Recording ended".to_owned(),
            _ => format!("Recording, {}", clock.seconds(self.at)),
        }
    }

    /// Returns the words for the range of the recording: `14:20 to 14:30`, with seconds if it is short.
    pub fn range_words(&self, clock: LocalClock) -> String {
        // The minutes of a short recording would often be the same.
        let write = if self.length_ms() < 600_000 { LocalClock::seconds } else { LocalClock::minutes };
        format!("{} to {}", write(clock, self.start), write(clock, self.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn it_runs_at_the_chosen_speed_and_stops_at_the_end() {
        let mut clock = PlayClock::new(1_000, 9_000);
        clock.tick(500);
        assert_eq!(clock.at(), 1_500);
        clock.set_speed(10);
        clock.tick(100);
        assert_eq!(clock.at(), 2_500);
        clock.tick(u64::MAX);
        assert_eq!((clock.at(), clock.is_playing(), clock.has_ended()), (9_000, false, true));
        assert_eq!(clock.headline(LocalClock::UTC), "Recording ended");
    }

    #[test]
    fn it_stands_while_it_is_stopped_and_jumps_within_the_recording() {
        let mut clock = PlayClock::new(1_000, 9_000);
        clock.toggle();
        clock.tick(500);
        assert_eq!((clock.at(), clock.is_playing()), (1_000, false));
        clock.seek(5_000);
        assert_eq!((clock.at(), clock.headline(LocalClock::UTC).as_str()), (5_000, "Recording, 00:00:05"));
        clock.seek(0);
        assert_eq!(clock.at(), 1_000);
        clock.seek(99_000);
        assert_eq!(clock.at(), 9_000);
    }

    #[test]
    fn at_the_end_it_begins_again() {
        let mut clock = PlayClock::new(1_000, 9_000);
        clock.tick(8_000);
        clock.toggle();
        assert_eq!((clock.at(), clock.is_playing()), (1_000, true));
    }

    #[test]
    fn the_range_of_a_short_recording_has_seconds() {
        let words = |minutes: i64| PlayClock::new(0, minutes * 60_000).range_words(LocalClock::UTC);
        assert_eq!((words(30).as_str(), words(1).as_str()), ("00:00 to 00:30", "00:00:00 to 00:01:00"));
    }

    #[test]
    fn an_empty_recording_has_ended_at_once() {
        let mut clock = PlayClock::new(1_000, 1_000);
        clock.tick(1);
        assert_eq!((clock.has_ended(), clock.is_playing(), clock.length_ms()), (true, false, 0));
    }
}
