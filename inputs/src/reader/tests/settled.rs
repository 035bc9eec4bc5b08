//! A settled format is not changed by odd lines.

use super::*;

/// Formats with their header, if they have one, and with lines that differ only in a number.
const FORMATS: &[(Format, &str, &str)] = &[
    (Format::Number, "", "2@.5"),
    (Format::Json, "", "{\"n\": @, \"m\": \"x\"}"),
    (Format::Pairs, "", "level=info msg=\"all is well\" n=@"),
    (Format::Labels, "", "Temp: @.5 °C"),
    (Format::Csv, "n,of,name", "@,2.5,a"),
    (Format::Csv, "n;of", "@;2,5"),
    (Format::Columns, " n   of  left", " @   5   70"),
    (Format::Prometheus, "# TYPE jobs counter", "jobs{queue=\"a\"} @"),
    (Format::Influx, "", "cpu,host=a idle=@ 1795344127101388154"),
    (Format::Statsd, "", "jobs:@|c"),
    (Format::Graphite, "", "servers.a.load @ 1795344127"),
    (Format::Syslog, "", "<34>1 2026-11-22T10:42:07Z board su - - - failed @ times"),
    (Format::Access, "", "192.0.2.7 - - [22/Nov/2026:10:42:07 +0000] \"GET /@ HTTP/1.1\" 200 12"),
];

/// Lines of other formats, or of none.
const STRAYS: &[&str] = &[
    "Warning: low battery!",
    "the disk failed",
    "5",
    "NaN",
    "x=1 y=2",
    "{\"a\": 1}",
    "\"Title of a report\"",
    "a,b,c",
    "a;b",
    "Load: 5",
    "up 1",
    "{",
    "[",
    "a  b  c",
    "10:42:07",
    "Average: 5",
];

fn line(template: &str, n: usize) -> String {
    template.replace('@', &n.to_string())
}

/// Returns true if a line alone is one of this format, as a row or as structure.
fn fits(format: Format, header: &str, template: &str, stray: &str) -> bool {
    let mut parser = Parser::new(format, &Options::default(), true);
    for line in [header, &line(template, 1)].into_iter().filter(|line| !line.is_empty()) {
        parser.read(line, NOW.wall_ms);
    }
    // In JSON, a bracket begins a value that goes on with the next line. Between columns, aligned words are a further header.
    let is_header = stray.contains("  ");
    match parser.read(stray, NOW.wall_ms) {
        Read::Row(_) | Read::Structure | Read::More => true,
        Read::PerhapsHeader => is_header,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Odd lines between lines of a settled format take no line from its topic, and are published to the log or reported.
    #[test]
    fn odd_lines_do_not_change_a_settled_format(
        (format, header, template) in proptest::sample::select(FORMATS),
        strays in proptest::collection::vec(proptest::sample::select(STRAYS), 1..3),
        after in 1_usize..4,
    ) {
        let before = if matches!(format, Format::Csv | Format::Columns) { 1 } else { 3 };
        let strays: Vec<&str> = strays.into_iter().filter(|stray| !fits(format, header, template, stray)).collect();
        let mut lines: Vec<String> = Some(header.to_owned()).filter(|header| !header.is_empty()).into_iter().collect();
        lines.extend((1..=before).map(|n| line(template, n)));
        lines.extend(strays.iter().map(|stray| (*stray).to_owned()));
        lines.extend((before + 1..=before + after).map(|n| line(template, n)));
        let result = read(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
        prop_assert_eq!(result.format, Some(format), "{:?}", &result);
        prop_assert_eq!(result.log.len() + result.unreadable.len(), strays.len(), "{:?} gave {:?}", &lines, &result);
        let published = result.json.join("\n");
        for n in 1..=before + after {
            let digits = if format == Format::Number { format!("2{n}.5") } else { n.to_string() };
            prop_assert!(published.contains(&digits), "{} is missing: {:?} gave {:?}", n, &lines, &result);
        }
    }
}

#[test]
fn a_single_row_below_a_header_settles_it() {
    let result = read("a,b\n1,2\n5\n3,4\n5,6\n");
    assert_eq!(result.data, [json!({"a": 1, "b": 2}), json!({"a": 3, "b": 4}), json!({"a": 5, "b": 6})]);
    assert_eq!((result.log, result.format), (vec![json!("5")], Some(Format::Csv)));
}

#[test]
fn one_object_is_not_outvoted_by_one_line_of_pairs() {
    let result = read("{\"a\": 1}\nx=1 y=2\n{\"a\": 2}\n");
    assert_eq!((result.data, result.log), (vec![json!({"a": 1}), json!({"a": 2})], vec![json!("x=1 y=2")]));
}

#[test]
fn an_input_that_really_changes_its_format_is_followed_with_its_header() {
    let result = read("1\n2\n3\n4\na,b,c\n1,2,3\n4,5,6\n7,8,9\n10,11,12\n13,14,15\n");
    assert_eq!(result.format, Some(Format::Csv), "{result:?}");
    assert_eq!(result.data.last(), Some(&json!({"a": 13, "b": 14, "c": 15})));
    assert_eq!(result.log.len(), 5, "the lines until the change is certain");
}

#[test]
fn a_table_below_a_long_banner_is_read_with_its_header() {
    let dool = "\"Dool 1.3.1 CSV Output\"\n\"Author:\",\"A. B.\",,,,\"URL:\",\"x\"\n\"Host:\",\"board\",,,,\"User:\",\"root\"\n\
                \"Cmdline:\",\"dool\",\"\",\"\",\"\",\"Date:\",\"29 Nov\"\n\n\"system\",\"total usage\",,,\"dsk/total\",\n\
                \"time\",\"usr\",\"sys\",\"idl\",\"read\",\"writ\"\n";
    let row = |n: usize| format!("\"22-11 10:42:0{n}\",{n}.1,1.0,96.8,10240.0,81920.0\n");
    let result = read(&format!("{dool}{}", (1..7).map(row).collect::<String>()));
    assert_eq!((result.format, result.unreadable.len()), (Some(Format::Csv), 0), "{result:?}");
    let last = result.data.last().unwrap();
    assert_eq!((&last["usr"], &last["writ"]), (&json!(6.1), &json!(81920.0)));
}

#[test]
fn lines_that_do_not_fit_a_recognised_format_are_published_to_the_log() {
    let jobs = "job 18 done, 12 rows, 80 ms\n".repeat(7);
    let result =
        read(&format!("Server ready, waiting for jobs\njob 17 done, 350 ms\n{jobs}job 19 done, 90 ms\n"));
    assert_eq!((result.data.len(), result.log.len(), result.unreadable.len()), (2, 7, 0), "{result:?}");
    let result = read("a,b\n1,2\n3,4,5\n6,7\n");
    assert_eq!((result.data.len(), result.log), (2, vec![json!("3,4,5")]));
    for text in
        ["[INFO] all is well", "[2026-11-22 10:42:07] all is well", "[WARN] disk [sda]", "{well, well"]
    {
        let result = read(&format!("{}{text}\n{{\"n\": 4}}\n", "{\"n\": 1}\n".repeat(3)));
        assert_eq!((result.data.len(), result.log), (4, vec![json!(text)]), "{text}");
        let result = read(&format!("{{\"n\": 1}}\n{}", format!("{text}\n").repeat(10)));
        assert_eq!((result.data.len() + result.log.len(), result.unreadable.len()), (11, 0), "{result:?}");
    }
}

#[test]
fn five_lines_that_do_not_fit_a_table_begin_another_format_or_another_table() {
    let result = read(&format!("a,b\n1,2\n{}", "{\"x\":1,\"y\":2,\"z\":3}\n".repeat(7)));
    assert_eq!((result.format, result.log.len()), (Some(Format::Json), 5), "{result:?}");
    assert_eq!(result.data[1..], [json!({"x": 1, "y": 2, "z": 3}), json!({"x": 1, "y": 2, "z": 3})]);
    let rows: String = (4..10).map(|n| format!("{n},5,6\n")).collect();
    let result = read(&format!("a,b\n1,2\nx,y,z\n{rows}"));
    assert_eq!((result.format, result.log.len()), (Some(Format::Csv), 5), "{result:?}");
    assert_eq!(result.data[1..], [json!({"x": 8, "y": 5, "z": 6}), json!({"x": 9, "y": 5, "z": 6})]);
}

#[test]
fn lines_that_do_not_fit_a_named_format_and_faults_in_json_are_reported() {
    let named = |format: Format| Options { format: Some(format), ..Options::default() };
    let result = read_with(b"a,b\n1,2\n3,4,5\n", named(Format::Csv));
    assert_eq!(result.unreadable, [(3, "the line has 3 fields, but the header has 2".to_owned())]);
    for (line, options) in [
        ("[INFO] all is well", named(Format::Json)),
        ("{\"n\": oops}", named(Format::Json)),
        ("{\"n\": oops}", Options::default()),
        ("[1, 2,, 3]", Options::default()),
    ] {
        let result = read_with(format!("{{\"n\": 1}}\n{line}\n{{\"n\": 2}}\n").as_bytes(), options);
        assert_eq!(
            (result.data.len(), result.log.len(), result.unreadable.len()),
            (2, 0, 1),
            "{line} {result:?}"
        );
        assert!(result.unreadable[0].1.contains("begins like JSON"), "{result:?}");
    }
}
