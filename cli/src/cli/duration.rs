//! Parses durations that are typed on the command line.

use std::time::Duration;

use shared::limits;

/// Parses a duration such as `500ms`, `10s`, `5m`, `24h` or `7d`. A number without a unit is refused, because the unit
/// would have to be guessed.
///
/// # Errors
///
/// A message that tells the user what to type.
pub fn read(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit_ms = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err("expected a number and a unit, such as 500ms, 10s, 5m, 24h or 7d".into()),
    };
    let number: u64 =
        number.parse().map_err(|_| "the number before the unit is missing or too large".to_owned())?;
    number
        .checked_mul(unit_ms)
        .map(Duration::from_millis)
        .ok_or_else(|| "the time is too long: give a shorter one".into())
}

/// Parses the time between two frames with publications: a duration of at most [`limits::FRAME_EVERY_MS`].
///
/// # Errors
///
/// A message that tells the user what to type.
pub fn frame_every(text: &str) -> Result<Duration, String> {
    let longest = Duration::from_millis(limits::FRAME_EVERY_MS);
    Some(read(text)?).filter(|time| *time <= longest).ok_or_else(|| {
        format!("at most {} s, since clients that receive nothing for longer send pings", longest.as_secs())
    })
}

/// Returns a duration in whole milliseconds. Every duration from [`read`] fits into the result.
pub fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
