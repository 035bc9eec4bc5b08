//! Decides when clients are told about the problems of the server, which are called conditions.

use shared::Millis;
use shared::server::Condition;

/// The present conditions (problems) of the server, and the conditions that clients were last told about.
#[derive(Debug, Default)]
pub struct Told {
    present: Vec<Condition>,
    told: Vec<Condition>,
    told_at: Option<Millis>,
}

/// Minimum time in milliseconds between two messages of which only the texts differ, such as the number of free bytes.
const TEXT_PERIOD_MS: Millis = 10_000;

impl Told {
    /// Returns the conditions that were set last.
    pub fn present(&self) -> &[Condition] {
        &self.present
    }

    /// Stores the present conditions. Returns true if clients have to be told about them at `now`.
    pub fn set(&mut self, conditions: &[Condition], now: Millis) -> bool {
        self.present = conditions.to_vec();
        self.is_due(now)
    }

    /// Stores that clients were told about these conditions at `now`.
    pub fn told(&mut self, conditions: Vec<Condition>, now: Millis) {
        (self.told, self.told_at) = (conditions, Some(now));
    }

    /// Returns true if clients have to be told about the conditions: at once if the list of conditions has changed, and
    /// every ten seconds if only their texts have changed.
    fn is_due(&self, now: Millis) -> bool {
        fn names(conditions: &[Condition]) -> impl Iterator<Item = &str> {
            conditions.iter().map(|condition| condition.name.as_str())
        }
        let is_another = !names(&self.present).eq(names(&self.told));
        // A clock that was set back does not delay the message.
        let is_old = self.told_at.is_none_or(|at| (now - at).abs() >= TEXT_PERIOD_MS);
        is_another || (is_old && self.present != self.told)
    }
}
