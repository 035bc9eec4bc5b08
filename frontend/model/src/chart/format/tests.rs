use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Formats `sent` as the large figure of a panel shows it.
fn figure(unit: &str, sent: &str) -> String {
    let value = sent.parse().unwrap();
    Format::for_value(&Unit::parse(unit), value).reading(sent).replace(THIN_SPACE, " ")
}

#[test]
fn a_number_is_shown_with_the_digits_that_were_sent() {
    let cases = [
        ("%", "99.96", "99.96 %"),
        ("%", "0.035", "0.035 %"),
        ("°C", "21.5", "21.5 °C"),
        ("", "0.5", "0.5"),
        ("$", "1.08370", "1.08370 $"),
        ("€", "12345.96", "12 345.96 €"),
        ("", "1234596", "1 234 596"),
        ("/s", "1500029", "1 500 029 /s"),
        ("°C", "-32.5", "−32.5 °C"),
        ("ms", "14", "14 ms"),
        ("ms", "2300", "2300 ms"),
        ("", "2026", "2026"),
        ("", "88213", "88 213"),
        ("", "0", "0"),
        ("%", "0.0", "0.0 %"),
        ("MiB", "1204", "1204 MiB"),
        ("MiB", "5321.5", "5321.5 MiB"),
        ("GiB", "7.626", "7.626 GiB"),
        ("KiB", "24683656", "24 683 656 KiB"),
        ("MiB/s", "0", "0 MiB/s"),
    ];
    for (unit, sent, shown) in cases {
        assert_eq!(figure(unit, sent), shown, "{sent} {unit}");
    }
}

#[test]
fn long_and_extreme_numbers_are_shortened_by_a_prefix_or_an_exponent() {
    let cases = [
        ("", "12345678901", "12.3457 G"),
        ("B", "5583457485", "5.2 GiB"),
        ("B/s", "1536", "1.5 KiB/s"),
        ("B", "512", "512 B"),
        ("Hz", "3400000000", "3.4 GHz"),
        ("A", "3.1e-12", "3.1 pA"),
        ("", "3.1e-12", "3.1 × 10⁻¹²"),
        ("s", "0.00025", "250 µs"),
        ("ms", "0.0004", "400 ns"),
        ("", "1.5e25", "1.5 × 10²⁵"),
        ("", "1.7976931348623157e308", "1.79769 × 10³⁰⁸"),
        ("W", "1e40", "1 × 10⁴⁰ W"),
        ("MiB", "12345678901.5", "11.5 PiB"),
        ("MiB", "0.0001", "104.9 B"),
    ];
    for (unit, sent, shown) in cases {
        assert_eq!(figure(unit, sent), shown, "{sent} {unit}");
    }
}

#[test]
fn a_computed_number_keeps_the_digits_that_a_person_reads_and_its_cents() {
    assert_eq!(figure("", "58.12345678901234"), "58.1235");
    assert_eq!(figure("€", "12345.960000000001"), "12 345.96 €");
    assert_eq!(figure("%", "99.99999999999999"), "99.9999 %");
    assert_eq!(figure("", "0.30000000000000004"), "0.3");
    assert_eq!(figure("", "0.00123456789012"), "0.00123457");
}

#[test]
fn ids_and_whole_numbers_are_written_in_full_in_tables() {
    let cases = [
        ("4194304", "4194304"),
        ("18446744073709551615", "18446744073709551615"),
        ("5369000000", "5369000000"),
        ("12.50", "12.50"),
        ("-3", "−3"),
        ("1.5e25", "1.5 × 10²⁵"),
        ("0.00000031", "3.1 × 10⁻⁷"),
        ("2.5e3", "2500"),
    ];
    for (sent, shown) in cases {
        assert_eq!(in_full(sent).replace(THIN_SPACE, " "), shown);
    }
}

#[test]
fn there_is_no_negative_zero() {
    let format = Format::for_range(&Unit::default(), -10.0, 10.0);
    assert_eq!(format.number(-0.0), "0");
    assert_eq!(format.for_steps(0.5).number(-0.000_1), "0.0");
    assert_eq!(format.for_steps(0.05).number(-0.01), "−0.01");
}

#[test]
fn all_numbers_of_a_range_have_one_unit() {
    let format = Format::for_range(&Unit::parse("B/s"), 0.0, 3_000_000.0);
    assert_eq!(format.text(3_000_000.0).replace(THIN_SPACE, " "), "2.861 MiB/s");
    assert_eq!(format.text(10_485.76).replace(THIN_SPACE, " "), "0.01 MiB/s");
}

#[test]
fn a_reading_is_not_hidden_by_larger_ones() {
    let format = Format::for_range(&Unit::parse("B"), 0.0, 16e9);
    assert_eq!(format.reading("16000000000").replace(THIN_SPACE, " "), "14.9 GiB");
    assert_eq!(
        (
            format.reading("4").replace(THIN_SPACE, " ").as_str(),
            format.reading("2048").replace(THIN_SPACE, " ").as_str()
        ),
        ("4 B", "2 KiB")
    );
    let count = Format::for_range(&Unit::default(), 0.0, 16e6);
    assert_eq!((count.reading("4").as_str(), count.suffix()), ("4", "M"));
}

#[test]
fn steps_get_the_decimals_they_need_to_differ() {
    let format = Format::for_range(&Unit::default(), 0.0, 1.0);
    assert_eq!(format.for_steps(0.2).number(0.4), "0.4");
    assert_eq!(format.for_steps(0.05).number(0.15), "0.15");
    assert_eq!(format.for_steps(0.1).number(0.3), "0.3");
    assert_eq!(Format::for_range(&Unit::default(), 0.0, 100.0).for_steps(20.0).number(40.0), "40");
}

#[test]
fn no_value_is_a_dash() {
    let format = Format::for_range(&Unit::parse("%"), 0.0, 1.0);
    assert_eq!((format.number(f64::NAN).as_str(), format.reading_of(f64::INFINITY).as_str()), ("–", "–"));
}

#[test]
fn a_duration_names_its_two_largest_units() {
    let cases = [
        (-5, "0 s"),
        (41_000, "41 s"),
        (250_000, "4 min"),
        (3_600_000, "1 h"),
        (7_800_000, "2 h 10 min"),
        (86_400_000, "1 d"),
        (90_000_000, "1 d 1 h"),
    ];
    for (ms, expected) in cases {
        assert_eq!(duration(ms).replace(THIN_SPACE, " "), expected);
    }
}

#[test]
fn a_length_that_was_chosen_has_seconds_and_milliseconds_where_they_distinguish_it() {
    let cases = [
        (0, "0 s"),
        (500, "500 ms"),
        (1_000, "1 s"),
        (1_500, "1 s 500 ms"),
        (15_000, "15 s"),
        (60_000, "1 min"),
        (90_000, "1 min 30 s"),
        (119_999, "1 min 59 s"),
        (250_000, "4 min 10 s"),
        (3_600_000, "1 h"),
        (7_800_000, "2 h 10 min"),
        (90_000_000, "1 d 1 h"),
    ];
    for (ms, expected) in cases {
        assert_eq!(length(ms).replace(THIN_SPACE, " "), expected);
    }
}

/// Reads a displayed number as a person would. `own` is the symbol of the unit without a prefix. Returns the value,
/// and the value of one step in the last displayed digit.
fn read_back(shown: &str, own: &str) -> (f64, f64) {
    let plain = shown.replace('−', "-");
    let (number, rest) = plain
        .find(|c: char| !c.is_ascii_digit() && !['-', '.', THIN_SPACE].contains(&c))
        .map_or((plain.as_str(), ""), |at| plain.split_at(at));
    let digits: String = number.chars().filter(|c| *c != THIN_SPACE).collect();
    let precision = 10_f64.powi(-(digits.split_once('.').map_or(0, |(_, after)| after.len()) as i32));
    let (factor, unit) = match rest.strip_prefix("× 10") {
        Some(raised) => {
            let end = raised.find(|c: char| !"⁻⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c)).unwrap_or(raised.len());
            let lowered: String = raised[..end]
                .chars()
                .map(|c| {
                    "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|r| r == c).map_or('-', |d| char::from(b'0' + d as u8))
                })
                .collect();
            (10_f64.powi(lowered.parse().unwrap()), raised[end..].trim().to_owned())
        }
        None => (1.0, rest.trim().to_owned()),
    };
    let prefixes = [
        ("Ki", 1_024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("f", 1e-15),
        ("p", 1e-12),
        ("n", 1e-9),
        ("µ", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
    ];
    let of_unit = |unit: &str| {
        if unit == own {
            Some(1.0)
        } else {
            prefixes
                .iter()
                .find(|(prefix, _)| unit.strip_prefix(prefix) == Some(own))
                .map(|(_, factor)| *factor)
        }
    };
    let factor = factor * of_unit(&unit).unwrap_or_else(|| panic!("no unit {unit:?} in {shown:?}"));
    (digits.parse::<f64>().unwrap() * factor, precision * factor)
}

#[cfg(not(target_arch = "wasm32"))]
proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]

    /// A person who reads a displayed number gets the value that was sent, within the precision that is displayed. It
    /// is never off by a power of ten.
    #[test]
    fn reading_what_is_displayed_gives_back_the_value(
        mantissa in -9_999_999_999_999_i64..9_999_999_999_999, power in -30_i32..30, largest in 0.0..1e12_f64,
        unit in proptest::sample::select(vec!["", "°C", "%", "B", "B/s", "s", "Hz", "W"]),
    ) {
        let sent = format!("{mantissa}e{power}");
        let value: f64 = sent.parse().unwrap();
        let own = Unit::parse(unit).symbol().to_owned();
        let formats = [Format::for_value(&Unit::parse(unit), value), Format::for_range(&Unit::parse(unit), 0.0, largest.max(value.abs()))];
        for format in formats {
            let shown = format.reading(&sent);
            let (read, precision) = read_back(&shown, &own);
            proptest::prop_assert!((read - value).abs() <= precision * 1.000_001 + value.abs() * 1e-12, "{sent} {unit} is shown as {shown}, which reads {read}");
            proptest::prop_assert!(value == 0.0 || read != 0.0, "{sent} {unit} is shown as {shown}");
            proptest::prop_assert!(shown.chars().count() <= 30, "{sent} {unit} is shown as {shown}");
        }
    }

    /// A number with few digits is shown with all its digits.
    #[test]
    fn few_digits_are_shown_as_they_were_sent(whole in 0_u32..100_000, decimals in 0_usize..4, fraction in 0_u32..10_000) {
        let sent = if decimals == 0 { whole.to_string() } else { format!("{whole}.{:0decimals$}", fraction % 10_u32.pow(decimals as u32)) };
        let shown = Format::for_value(&Unit::parse("°C"), sent.parse().unwrap()).parts(&sent).0;
        if sent.parse::<f64>().unwrap() == 0.0 || sent.parse::<f64>().unwrap() >= 0.001 {
            proptest::prop_assert_eq!(shown.replace(THIN_SPACE, ""), sent);
        }
    }
}

#[test]
fn digits_that_are_not_shown_are_told_exactly() {
    let exact = |unit: &str, sent: &str| {
        let format = Format::for_value(&Unit::parse(unit), sent.parse().unwrap());
        format.exact(sent, &format.reading(sent))
    };
    for (unit, sent, expected) in [
        ("", "123456789012345", Some("123456789012345")),
        ("bytes", "5583457485", Some("5583457485 bytes")),
        ("", "0.30000000000000004", Some("0.30000000000000004")),
        ("A", "3.1e-12", Some("3.1e-12 A")),
        ("", "-1.8e308", Some("-1.8e308")),
        ("", "1e3", Some("1e3")),
        ("/s", "1500029", None),
        ("€", "12345.96", None),
        ("°C", "-32.50", None),
        ("%", "0.035", None),
        ("ms", "4", None),
        ("bytes", "512", None),
    ] {
        assert_eq!(exact(unit, sent).as_deref(), expected, "{sent} {unit}");
    }
    assert_eq!(Format::for_value(&Unit::default(), 0.0).exact("unavailable", "unavailable"), None);
}

#[test]
fn a_number_with_a_billion_zeros_is_shown_as_it_was_sent() {
    for sent in ["1e-999999999", "-7.25e-999999999", "1e-400", "1e999999999"] {
        let unit = Unit::parse("°C");
        let shown = Format::for_value(&unit, 0.0).reading(sent).replace(THIN_SPACE, " ");
        assert_eq!(shown, format!("{sent} °C"));
        let rounded = Format::for_value(&unit.rounded(Some(1)), 0.0).reading(sent).replace(THIN_SPACE, " ");
        assert_eq!(rounded, format!("{sent} °C"));
        assert_eq!(in_full(sent), sent);
    }
    assert_eq!((figure("%", "0e9").as_str(), in_full("0e999999999").as_str()), ("0 %", "0"));
}

#[test]
fn a_number_that_is_far_above_its_axis_has_an_exponent_of_its_own() {
    let format = Format::for_range(&Unit::parse("°C"), 0.0, 1e-300);
    assert_eq!(format.reading("1e300").replace(THIN_SPACE, " "), "1 × 10³⁰⁰ °C");
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Longest text, in characters, that a number of at most 60 characters becomes.
    const LONGEST: usize = 500;

    proptest! {
        /// A publisher may send any JSON number. None makes a text that is too long to draw.
        #[test]
        fn no_number_becomes_a_long_text(
            sent in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,12})?",
            range in prop::sample::select(vec![0.0, 1e-300, 1.0, 1e7, 1e300]),
            unit in prop::sample::select(vec!["", "°C", "ms", "B", "MiB", "W"]),
            decimals in prop::option::of(0_u32..=15),
        ) {
            prop_assume!(sent.len() <= 60);
            let unit = Unit::parse(unit).rounded(decimals);
            let value = serde_json::from_str(&sent).unwrap_or(f64::NAN);
            for format in [Format::for_value(&unit, value), Format::for_range(&unit, 0.0, range)] {
                let text = format.reading(&sent);
                prop_assert!(text.chars().count() <= LONGEST, "{sent} is {text}");
                prop_assert!(format.exact(&sent, &text).is_none_or(|exact| exact.len() <= LONGEST));
            }
            prop_assert!(in_full(&sent).chars().count() <= LONGEST);
        }
    }
}
