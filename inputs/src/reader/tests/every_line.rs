//! Tests that every line has exactly one outcome, whatever the input is.

use super::*;

/// Lines of every format, and lines that have no format.
const LINES: &[&str] = &[
    "21.5",
    "NaN",
    "37 %",
    "true",
    "{\"a\": 1}",
    "{\"a\": ",
    "{",
    "}",
    "\"a\": 1,",
    "[1, 2]",
    "{\"data\": 1, \"ts\": \"x\"}",
    "{\"level\":30,\"time\":1795344127101,\"msg\":\"m\"}",
    "in=1 out=2,5",
    "a=1 b=\"open",
    "level=info msg=\"a b\"",
    "listening addr=:80",
    "a,b,c",
    "1,2,3",
    "1,2",
    "1,\"open",
    "a;b",
    "1;2,5",
    "sep=;",
    "r b free",
    "1 0 225",
    "the disk failed",
    "10:42:07 CPU %usr %idle",
    "10:42:08 all 1.0 2.0",
    "10:42:08 0 1,0 2,0",
    "Average: all 1.0 2.0",
    "avg-cpu:  %user %idle",
    "   1.0 2.0",
    "Linux 6.1.0 (b) 11/22/26 _x86_64_ (2 CPU)",
    "procs ---memory--- ---swap--",
    "# HELP a b",
    "a{b=\"c\"} 1",
    "a 1",
    "cpu,host=a idle=1 1795344127101388154",
    "a.b:1|c",
    "g:-1|g",
    "<34>1 2026-11-22T10:42:07Z b su - - - m",
    "Nov 22 10:42:07 b app[1]: m",
    "192.0.2.7 - - [22/Nov/2026:10:42:07 +0000] \"GET / HTTP/1.1\" 200 12",
    "",
    "   ",
    "------",
    "2026-11-22 10:42:07",
    "              total        used",
    "Mem:             100          50",
    "N/A",
    "\u{1b}[31m1\u{1b}[0m",
];

fn any_line() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => proptest::sample::select(LINES).prop_map(str::to_owned),
        1 => "[ -~]{0,40}",
        1 => "\\PC{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Every line has exactly one outcome, whatever its format is and whatever lines follow.
    #[test]
    fn every_line_ends_as_exactly_one_of_published_structure_told_and_blank(
        named in proptest::option::of(proptest::sample::select(&Format::ALL[..])),
        lines in proptest::collection::vec((any_line(), 0_u64..1_500), 0..40),
    ) {
        let mut reader = Reader::new(Options { format: named, ..Options::default() }, Box::new(Utc));
        let mut outcomes = Vec::new();
        let (mut number, mut mono_ms) = (0, 0);
        let mut splitter = Splitter::default();
        for (text, pause_ms) in &lines {
            mono_ms += pause_ms;
            outcomes.extend(reader.wake(Moment { mono_ms, ..NOW }));
            for line in splitter.push(format!("{text}\n").as_bytes()) {
                number = line.number;
                outcomes.extend(reader.read(line, Moment { mono_ms, ..NOW }));
            }
        }
        outcomes.extend(reader.finish(NOW));
        let mut seen = Vec::new();
        for outcome in outcomes {
            match outcome {
                Outcome::Publish(publication) => {
                    prop_assert!(serde_json::from_str::<Value>(&publication.json).is_ok(), "{}", publication.json);
                    prop_assert!(!publication.lines.is_empty());
                    seen.extend(publication.lines);
                }
                Outcome::Structure { line } | Outcome::Unreadable { line, .. } | Outcome::Blank { line } => seen.push(line),
            }
        }
        seen.sort_unstable();
        prop_assert_eq!(seen, (1..=number).collect::<Vec<_>>());
        prop_assert_eq!(reader.due_ms(), None);
    }

    /// A number is published with the digits that were read, in every format that contains numbers.
    #[test]
    fn numbers_keep_their_digits(whole in -1_000_000_i64..1_000_000, places in 0_usize..9, fraction in 0_u32..1_000_000_000) {
        let number = if places == 0 { whole.to_string() } else { format!("{whole}.{:09}", fraction)[..whole.to_string().len() + 1 + places].to_owned() };
        let inputs = [
            format!("{number}\n"),
            format!("{{\"n\": {number}}}\n"),
            format!("n={number} m=1\n"),
            format!("n,m,o\n{number},1,2\n"),
            format!("n m\n{number} 1\n"),
            format!("cpu,host=a n={number} 1795344127101388154\n"),
            format!("a{{b=\"c\"}} {number}\n"),
            format!("a.b:{number}|h\n"),
        ];
        for input in inputs {
            let result = read(&input);
            let found = result.json.iter().any(|json| {
                json.split(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '.'))).any(|part| part == number)
            });
            prop_assert!(found, "{input} became {result:?}");
        }
    }
}
