//! Names of time zones by their distance from UTC. Depends on no other module.

/// Returns the name of a time zone with this offset from UTC in milliseconds, such as `UTC`, `UTC+2` or `UTC−3:30`.
pub fn zone_name(offset_ms: i64) -> String {
    let minutes = offset_ms / 60_000;
    let (sign, hours, rest) =
        (if minutes < 0 { '\u{2212}' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
    match (hours, rest) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_time_zone_is_named_by_its_distance_from_utc() {
        let minutes = |minutes: i64| zone_name(minutes * 60_000);
        assert_eq!(minutes(0), "UTC");
        assert_eq!((minutes(120), minutes(330)), ("UTC+2".to_owned(), "UTC+5:30".to_owned()));
        assert_eq!(minutes(-210), "UTC\u{2212}3:30");
    }
}
