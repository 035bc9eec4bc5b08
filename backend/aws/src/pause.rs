//! How long to wait before trying again. Pure but for [`sleep`].

use std::time::Duration;

/// The pauses of one request: so many tries follow the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The first pause; each further one is twice as long.
    pub first: Duration,
    /// How many there are.
    pub pauses: u32,
}

impl Schedule {
    /// The pause before try `number`, counted from 1; `None` if there is no such try. Between half of it and all of
    /// it, as `chance`, in `0..1`, has it: so that those who failed together do not come back together.
    pub fn pause(self, number: u32, chance: f64) -> Option<Duration> {
        let whole = (1..=self.pauses).contains(&number).then(|| self.first * 2_u32.pow(number - 1))?;
        Some(whole.mul_f64(0.5 + chance / 2.0))
    }
}

/// Waits for the pause before try `number`; false if there is no such try.
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
    fn chance_takes_away_half_at_most() {
        assert_eq!(SCHEDULE.pause(2, 0.0), Some(Duration::from_millis(100)));
        assert_eq!(SCHEDULE.pause(2, 0.5), Some(Duration::from_millis(150)));
    }
}
