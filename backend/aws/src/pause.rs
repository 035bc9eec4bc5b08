//! Computes the pauses between the retries of a request, and waits for them. Everything here is pure, except [`sleep`].

use std::time::Duration;

/// The schedule of the pauses before the retries of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The pause before the first retry. Each further pause is twice as long.
    pub first: Duration,
    /// Number of retries.
    pub pauses: u32,
}

impl Schedule {
    /// Returns the pause before retry `number`, counted from 1, or `None` if there is no such retry. `chance`, a random
    /// number from 0 to 1, shortens the pause by up to a half. Requests that failed at the same time are therefore not
    /// retried at the same time.
    pub fn pause(self, number: u32, chance: f64) -> Option<Duration> {
        let whole = (1..=self.pauses).contains(&number).then(|| self.first * 2_u32.pow(number - 1))?;
        Some(whole.mul_f64(0.5 + chance / 2.0))
    }
}

/// Waits for the pause before retry `number`, counted from 1. Returns false without waiting if the schedule has no such
/// retry.
pub async fn sleep(schedule: Schedule, number: u32) -> bool {
    let Some(pause) = schedule.pause(number, rand::random()) else { return false };
    tokio::time::sleep(pause).await;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule { first: Duration::from_millis(100), pauses: 3 };

    #[test]
    fn pauses_double_and_end() {
        let pauses: Vec<_> = (0..=4).map(|number| SCHEDULE.pause(number, 1.0)).collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(pauses, [None, ms(100), ms(200), ms(400), None]);
    }

    #[test]
    fn chance_shortens_a_pause_by_half_at_most() {
        assert_eq!(SCHEDULE.pause(2, 0.0), Some(Duration::from_millis(100)));
        assert_eq!(SCHEDULE.pause(2, 0.5), Some(Duration::from_millis(150)));
    }
}
