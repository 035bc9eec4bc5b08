//! The seed of every random choice in a load test. The same seed gives the same choices; the order in which messages arrive still
//! depends on the machine.

/// A number from which all other seeds of a run are derived: those of fault injection, of the pauses of each session,
/// and of restarts.
#[derive(Clone, Copy, Debug)]
pub struct Seed(u32);

const VARIABLE: &str = "TICKERTAPE_STORM_SEED";

impl Seed {
    /// Reads `TICKERTAPE_STORM_SEED`, or chooses a random seed if it is not set. Prints the seed in both cases.
    ///
    /// # Panics
    ///
    /// If the variable is set and is not a number below 2³².
    pub fn from_env_or_random() -> Self {
        let given = std::env::var(VARIABLE).ok();
        let given = given.map(|seed| seed.parse().expect("TICKERTAPE_STORM_SEED must be a number"));
        let seed = given.unwrap_or_else(rand::random);
        println!("to repeat this run: {VARIABLE}={seed}");
        Self(seed)
    }

    /// Returns the seed for the fault injection of the server, after its settings have been changed `changes` times.
    pub fn for_faults(self, changes: u32) -> u64 {
        self.part(1, changes)
    }

    /// Returns the seed for the session of the viewer with this number.
    pub fn for_viewer(self, number: usize) -> u64 {
        self.part(2, number as u32)
    }

    /// Returns the seed for the session of the publisher.
    pub fn for_publisher(self) -> u64 {
        self.part(3, 0)
    }

    /// Returns the seed for the task that kills and restarts processes.
    pub fn for_restarts(self) -> u64 {
        self.part(4, 0)
    }

    fn part(self, kind: u64, number: u32) -> u64 {
        u64::from(self.0) | (kind << 60) | (u64::from(number) << 32)
    }
}
