//! The stretch of time in the page's address (`?from=…&to=…`): the form of its times, and sentences about one that is not
//! valid. Depends on no other module.

use shared::Millis;

/// An example of the part of an address that asks for a stretch of time.
const EXAMPLE: &str = "?from=2026-11-27T14:02:00Z&to=2026-11-27T14:38:00Z";

/// Returns true if a text has the form of a date or of a time in ISO 8601, such as `2026-11-27`, `2026-11-27T14:02Z` or
/// `2026-11-27T14:02:00.5+01:00`. It need not be a time that exists.
pub fn is_time(text: &str) -> bool {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00"));
    let zone = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_zone = zone.is_empty() || zone == "Z" || has_form(&zone[1..], "00:00");
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let is_clock = has_form(time, "00:00:00") || has_form(time, "00:00") && fraction == "0";
    has_form(date, "0000-00-00") && is_clock && is_fraction && is_zone
}

/// Returns a text about the stretch in the page's address, whose times are not valid. It says what is wrong, what the page
/// shows instead, and what to write. `from` and `to` are the texts in the address; `None` if one is missing. `time` parses a
/// time. Returns an empty text if the stretch is valid.
pub fn fault_words(from: Option<&str>, to: Option<&str>, time: impl Fn(&str) -> Option<Millis>) -> String {
    let fault = |name: &str, text: Option<&str>| match text {
        None => Some(format!("{name} is missing")),
        Some("") => Some(format!("{name} is empty")),
        Some(text) => time(text).is_none().then(|| format!("{name}={text} is not a time")),
    };
    let faults: Vec<String> =
        [("from", from), ("to", to)].into_iter().filter_map(|(name, text)| fault(name, text)).collect();
    let times = |text: Option<&str>| text.and_then(&time);
    let problem = match (faults.is_empty(), times(from), times(to)) {
        (false, ..) => faults.join(", and "),
        (true, Some(from), Some(to)) if from > to => "to is earlier than from".to_owned(),
        (true, ..) => return String::new(),
    };
    format!(
        "The stretch of time in this page's address is not valid: {problem}. You see live data. Write, for example, {EXAMPLE}"
    )
}

/// Returns true if a text is as long as `form`, and has digits where `form` has the digit 0 and the same characters elsewhere.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, form): (u8, u8)| if form == b'0' { byte.is_ascii_digit() } else { byte == form };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn times_in_iso_8601_are_times() {
        for text in [
            "2026-11-27",
            "2026-11-27T14:02",
            "2026-11-27T14:02Z",
            "2026-11-27T14:02:00Z",
            "2026-11-27T14:02:00.5Z",
            "2026-11-27T14:02:00.123+01:00",
            "2026-11-27T14:02-05:30",
        ] {
            assert!(is_time(text), "{text}");
        }
    }

    #[test]
    fn texts_that_some_browsers_take_for_a_time_are_none() {
        for text in [
            "",
            "T",
            "7",
            "x7",
            "now",
            "1764252120000",
            "2026-11",
            "2026-11-27T",
            "2026-11-27T14",
            "2026-11-27T14:02:0",
            "2026-11-27T14:02.5",
            "2026-11-27T14:02:00.Z",
            "2026-11-27T14:02:00Zx",
            "2026-11-27T14:02:00+1",
            "2026-11-27T14:02:00é",
            "27 Nov 2026 14:02",
            "2026-11-27 14:02:00",
        ] {
            assert!(!is_time(text), "{text}");
        }
    }

    fn words(from: Option<&str>, to: Option<&str>) -> String {
        fault_words(from, to, |text| text.parse().ok())
    }

    #[test]
    fn each_fault_is_named_with_what_to_write() {
        for (from, to, problem) in [
            (Some("x"), Some("7"), "from=x is not a time. "),
            (Some("3"), None, "to is missing. "),
            (None, Some(""), "from is missing, and to is empty. "),
            (Some("9"), Some("5"), "to is earlier than from. "),
        ] {
            let words = words(from, to);
            assert!(words.contains(&format!("is not valid: {problem}You see live data.")), "{words}");
            assert!(words.ends_with(EXAMPLE), "{words}");
        }
        assert_eq!(words(Some("3"), Some("7")), "");
    }

    #[test]
    fn the_example_is_valid() {
        let times = EXAMPLE.trim_start_matches('?').split('&').map(|pair| pair.split_once('=').unwrap().1);
        assert_eq!(times.filter(|text| is_time(text)).count(), 2);
    }
}
