//! Parses sizes that are typed on the command line.

/// Parses a size such as `500MB`, `2GB` or `1GiB`, and returns it in bytes. A number without a unit is refused, because its unit
/// could only be guessed.
///
/// # Errors
///
/// A message that tells the user what to type.
pub fn read(text: &str) -> Result<u64, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit_bytes = match unit.trim().to_ascii_lowercase().as_str() {
        "mb" | "m" => 1_000_000,
        "gb" | "g" => 1_000_000_000,
        "tb" | "t" => 1_000_000_000_000,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1_u64 << 40,
        _ => return Err("expected a number and a unit, such as 500MB, 2GB or 1TB".into()),
    };
    let number: u64 =
        number.parse().map_err(|_| "the number before the unit is missing or too large".to_owned())?;
    let bytes = number.checked_mul(unit_bytes).ok_or("the size is too large: give a smaller one")?;
    if bytes < LEAST_BYTES { Err("the size is too small: give at least 16MB".into()) } else { Ok(bytes) }
}

/// Smallest size of a store that is accepted, in bytes. The file of an empty store already has 1.5 MB.
const LEAST_BYTES: u64 = 16_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_needs_a_unit_and_some_room() {
        assert_eq!(read("500MB"), Ok(500_000_000));
        assert_eq!(read("2 gb"), Ok(2_000_000_000));
        assert_eq!(read("1GiB"), Ok(1 << 30));
        for (text, why) in [
            ("500", "such as 500MB"),
            ("GB", "the number before the unit is missing"),
            ("1.5GB", "such as 500MB"),
            ("15MB", "give at least 16MB"),
            ("99999999999TB", "too large"),
        ] {
            assert!(read(text).unwrap_err().contains(why), "{text}");
        }
    }
}
