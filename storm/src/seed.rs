//! What is left to chance in a storm, from one number, so that one that fails can be had again.

/// Decides which post meets which fate, and every pause of every session. When messages come is the machine's affair.
#[derive(Clone, Copy, Debug)]
pub struct Seed(u32);

const VARIABLE: &str = "TICKERTAPE_STORM_SEED";

impl Seed {
    /// As the environment says, or any. Told in either case.
    ///
    /// # Panics
    ///
    /// If the environment says what is no number.
    pub fn draw() -> Self {
        let named =
            std::env::var(VARIABLE).ok().map(|seed| seed.parse().expect("a storm's seed is a number"));
        let seed = named.unwrap_or_else(rand::random);
        println!("to have this storm again: {VARIABLE}={seed}");
        Self(seed)
    }

    /// For the chaos after so many changes of the weather.
    pub fn of_weather(self, changes: u32) -> u64 {
        self.part(1, changes)
    }

    /// For the session of this viewer.
    pub fn of_viewer(self, number: usize) -> u64 {
        self.part(2, number as u32)
    }

    /// For the session of the publisher.
    pub fn of_publisher(self) -> u64 {
        self.part(3, 0)
    }

    /// For whoever kills processes.
    pub fn of_killer(self) -> u64 {
        self.part(4, 0)
    }

    fn part(self, kind: u64, number: u32) -> u64 {
        u64::from(self.0) | (kind << 60) | (u64::from(number) << 32)
    }
}
