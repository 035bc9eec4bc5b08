//! Counts the days that pass below a banner of sysstat. The banner contains the date, and the rows only a time of day.
//!
//! Programs that run print their tables in turns. Stored data of sar contains one table after the other, and each begins again with
//! the day in the banner.

/// Maximum number of tables whose clocks are stored.
const MOST_CLOCKS: usize = 100;
const HALF_A_DAY_MS: i64 = 43_200_000;

/// The time of day in the last row of a table. If the one in the next row is more than half a day earlier, midnight has passed.
#[derive(Debug)]
struct Clock {
    /// The names of the columns of the table.
    names: Vec<String>,
    /// The time of day in the first row, in milliseconds.
    first_ms: i64,
    /// The time of day in the last row, in milliseconds.
    last_ms: i64,
    /// The days that have passed since the day in the banner, in milliseconds.
    passed_ms: i64,
}

impl Clock {
    /// Returns the days that have passed since the day in the banner, in milliseconds, at a time of day that comes after the last row.
    fn passed_at(&self, ms: i64) -> i64 {
        let has_passed = self.last_ms - ms > HALF_A_DAY_MS;
        self.passed_ms + if has_passed { 2 * HALF_A_DAY_MS } else { 0 }
    }
}

/// The clocks of the tables below a banner, in the order in which the tables began.
#[derive(Debug, Default)]
pub struct Clocks {
    clocks: Vec<Clock>,
    /// The index of the clock of the table with the last row.
    latest: usize,
}

impl Clocks {
    /// Returns the days that have passed since the day in the banner, in milliseconds, when the table with these names of columns has a
    /// row with the time of day `ms`. `header_ms` is the time of day in its header, which is that of the rows printed before; `None`
    /// if the header contains none.
    pub fn passed_ms(&mut self, names: &[String], header_ms: Option<i64>, ms: i64) -> i64 {
        let known = self.clocks.iter().position(|clock| clock.names == names);
        let in_turn = self.passed_in_turn(header_ms, ms);
        let passed_ms = match known {
            // The table may have had no rows for days.
            Some(at) => self.clocks[at].passed_at(ms).max(in_turn.unwrap_or(0)),
            None if self.is_stored(ms) => 0,
            None => in_turn.or_else(|| Some(self.clocks.get(self.latest)?.passed_ms)).unwrap_or(0),
        };
        match known {
            Some(at) => self.go_on(at, ms, passed_ms),
            None => self.begin(names, ms, passed_ms),
        }
        passed_ms
    }

    /// Returns the days at a row that was printed together with the last row, or directly after it. Returns `None` for any other row.
    fn passed_in_turn(&self, header_ms: Option<i64>, ms: i64) -> Option<i64> {
        let latest = self.clocks.get(self.latest)?;
        let is_next = latest.last_ms == ms || header_ms.is_none_or(|header_ms| header_ms == latest.last_ms);
        is_next.then(|| latest.passed_at(ms))
    }

    /// Returns true if a table that begins at this time of day is one of stored data: all of them begin at the same time.
    fn is_stored(&self, ms: i64) -> bool {
        self.clocks.first().is_some_and(|first| first.first_ms == ms)
    }

    fn go_on(&mut self, at: usize, ms: i64, passed_ms: i64) {
        let clock = &mut self.clocks[at];
        (clock.last_ms, clock.passed_ms) = (ms, passed_ms);
        self.latest = at;
    }

    fn begin(&mut self, names: &[String], ms: i64, passed_ms: i64) {
        if self.clocks.len() < MOST_CLOCKS {
            self.latest = self.clocks.len();
            self.clocks.push(Clock { names: names.to_vec(), first_ms: ms, last_ms: ms, passed_ms });
        }
    }
}
