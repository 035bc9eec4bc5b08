//! Parses sizes that are typed on the command line.

use shared::recording::MOST_BYTES;

/// Smallest size of a store that is accepted, in bytes. The file of an empty store already has 1.5 MB.
const LEAST_STORE_BYTES: u64 = 16_000_000;
/// Smallest size of a recording that is accepted, in bytes. It is the smallest size that can be typed, except for 0.
const LEAST_RECORDING_BYTES: u64 = 1_000_000;

/// Parses the size of a store, such as `500MB`, `2GB` or `1GiB`, and returns it in bytes.
///
/// # Errors
///
/// A message that tells the user what to type.
pub fn store(text: &str) -> Result<u64, String> {
    let bytes = read(text, "500MB, 2GB or 1TB")?;
    if bytes < LEAST_STORE_BYTES {
        Err("the size is too small: give at least 16MB".into())
    } else {
        Ok(bytes)
    }
}

/// Parses the size of a recording, such as `10MB` or `200MB`, and returns it in bytes. A size of which no recording can be played
/// is refused.
///
/// # Errors
///
/// A message that tells the user what to type.
pub fn recording(text: &str) -> Result<u64, String> {
    let bytes = read(text, "10MB or 200MB")?;
    if bytes < LEAST_RECORDING_BYTES {
        return Err("the size is too small: give at least 1MB".into());
    }
    if bytes > MOST_BYTES as u64 {
        return Err(format!(
            "give at most {}MiB, because a longer recording cannot be played; use --for or a FILTER to record less",
            MOST_BYTES >> 20
        ));
    }
    Ok(bytes)
}

/// Parses a size, and returns it in bytes. A number without a unit is refused, because its unit could only be guessed. The error
/// names these examples.
fn read(text: &str, examples: &str) -> Result<u64, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit_bytes = match unit.trim().to_ascii_lowercase().as_str() {
        "mb" | "m" => 1_000_000,
        "gb" | "g" => 1_000_000_000,
        "tb" | "t" => 1_000_000_000_000,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1_u64 << 40,
        _ => return Err(format!("expected a number and a unit, such as {examples}")),
    };
    let number: u64 =
        number.parse().map_err(|_| "the number before the unit is missing or too large".to_owned())?;
    number.checked_mul(unit_bytes).ok_or_else(|| "the size is too large: give a smaller one".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_needs_a_unit_and_some_room() {
        assert_eq!(store("500MB"), Ok(500_000_000));
        assert_eq!(store("2 gb"), Ok(2_000_000_000));
        assert_eq!(store("1GiB"), Ok(1 << 30));
        for (text, why) in [
            ("500", "such as 500MB"),
            ("GB", "the number before the unit is missing"),
            ("1.5GB", "such as 500MB"),
            ("15MB", "give at least 16MB"),
            ("99999999999TB", "too large"),
        ] {
            assert!(store(text).unwrap_err().contains(why), "{text}");
        }
    }

    #[test]
    fn a_recording_may_be_small_and_is_never_larger_than_what_can_be_played() {
        assert_eq!(recording("1MB"), Ok(1_000_000));
        assert_eq!(recording("10MB"), Ok(10_000_000));
        assert_eq!(recording("256MiB"), Ok(MOST_BYTES as u64));
        for (text, why) in [
            ("0MB", "give at least 1MB"),
            ("257MiB", "give at most 256MiB"),
            ("500MB", "give at most 256MiB"),
            ("1TB", "give at most 256MiB"),
            ("99999999999TB", "too large"),
            ("10", "such as 10MB"),
        ] {
            assert!(recording(text).unwrap_err().contains(why), "{text}");
        }
    }
}
