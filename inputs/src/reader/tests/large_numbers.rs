//! Tests that the server accepts each publication, even if the input contains numbers near the bounds of their types.

use super::*;

/// Formats, each with lines in which `%n` stands for a number.
const TEMPLATES: &[(Format, &[&str])] = &[
    (Format::Number, &["%n", "%n kB", "%n GiB", "%n ms"]),
    (Format::Json, &["%n", "{\"a\": %n}", "{\"a\": [%n, %n], \"b\": \"%n\"}", "{\"data\": %n, \"ts\": %n}"]),
    (Format::Pairs, &["x=%n y=2", "x=%nKiB y=%nms", "x=%nGiB y=%nh", "x=\"%n MB\" y=%n", "time=%n x=%n"]),
    (Format::Labels, &["Mem:  %n kB", "Mem:  %n GB", "Mem:  %n", "a:%n,b:%n"]),
    (Format::Csv, &["m [KiB],n,time", "m [GiB],n,time", "m,n (ms),time", "%n,%n,%n", "%n,%n MB,1795344127"]),
    (Format::Columns, &["free used", "disk queue", "%n %n", "%nK %nG", "%nG %nK"]),
    (Format::Prometheus, &["a{b=\"c\"} %n", "a %n", "a %n %n"]),
    (Format::Influx, &["cpu,host=a idle=%n", "cpu idle=%ni,b=%nu", "cpu idle=%n %n"]),
    (Format::Statsd, &["g:%n|g", "g:+%n|g", "g:-%n|g", "c:%n|c|@0.1", "h:%n:%n|h", "t:%n|ms", "t:%n|g|T%n"]),
    (Format::Graphite, &["a.b %n 1795344127", "a.b %n %n"]),
    (
        Format::Tools,
        &[
            "%n bytes (%n GB, %n GiB) copied, %n s, %n MB/s",
            "temp1: +%n°C (high = +%n°C)",
            "%n% %nMB/s 0:00:%n",
        ],
    ),
];

const NUMBERS: &[&str] = &[
    "0",
    "-0.0",
    "1",
    "2.5",
    "1.7e308",
    "1.7e+308",
    "-1.7e308",
    "1.7976931348623157e308",
    "5.0e-324",
    "1.0e-999",
    "1.0e999",
    "18446744073709551615",
    "-9223372036854775808",
    "340282366920938463463374607431768211455",
    "34028236692093846346337460743176821145.5",
    "1e99",
    "NaN",
    "inf",
];

fn any_lines() -> impl Strategy<Value = (Format, Vec<(&'static str, Vec<&'static str>)>)> {
    let numbers = || proptest::collection::vec(proptest::sample::select(NUMBERS), 5);
    proptest::sample::select(TEMPLATES).prop_flat_map(move |(format, templates)| {
        let line = (proptest::sample::select(templates), numbers());
        (Just(format), proptest::collection::vec(line, 1..12))
    })
}

fn line(template: &str, numbers: &[&str]) -> String {
    numbers.iter().fold(template.to_owned(), |line, number| line.replacen("%n", number, 1)) + "\n"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn the_server_accepts_what_is_made_of_any_numbers((format, lines) in any_lines(), is_named: bool) {
        let options = Options { format: is_named.then_some(format), ..Options::default() };
        let mut reader = Reader::new(options, Box::new(Utc));
        let mut splitter = Splitter::default();
        let text: String = lines.iter().map(|(template, numbers)| line(template, numbers)).collect();
        let mut lines = splitter.push(text.as_bytes());
        lines.extend(splitter.finish());
        let mut outcomes: Vec<Outcome> = lines.into_iter().flat_map(|line| reader.read(line, NOW)).collect();
        outcomes.extend(reader.finish(NOW));
        for outcome in outcomes {
            if let Outcome::Publish(publication) = outcome {
                let data = shared::Data::parse(&publication.json);
                prop_assert!(data.is_ok(), "{}: {:?} of {}", publication.json, data, text);
            }
        }
    }
}

#[test]
fn a_gauge_stays_usable_after_a_change_beyond_the_range_of_numbers() {
    let options = Options { format: Some(Format::Statsd), ..Options::default() };
    let result = read_with(b"g:+1.7e308|g\ng:+1.7e308|g\ng:5|g\ng:+1|g\n", options);
    assert_eq!(result.json.len(), 3, "{result:?}");
    assert_eq!(result.json[1..], [r#"{"g":5}"#, r#"{"g":6}"#]);
    assert_eq!(result.log, [json!("g:+1.7e308|g")]);
}
