//! Times that the server would refuse are not used in any format. The lines are published with their time as a field.

use super::*;

/// Reads an input, and returns its result and the reports about its times.
fn read_times(input: &str) -> (Result, Vec<String>) {
    let mut reader = Reader::new(Options::default(), Box::new(Utc));
    let mut splitter = Splitter::default();
    let mut lines = splitter.push(input.as_bytes());
    lines.extend(splitter.finish());
    let mut outcomes: Vec<Outcome> = lines.into_iter().flat_map(|line| reader.read(line, NOW)).collect();
    outcomes.extend(reader.finish(NOW));
    let told = reader.take_ignored_times().iter().map(ToString::to_string).collect();
    (collect(outcomes, &reader), told)
}

/// Lines with the times `@`, for each notation of a time.
const INPUTS: &[(&str, &str, &str)] = &[
    // A header, a line, and the notation of its time.
    ("10:42:07     CPU    %usr   %idle\n", "@     all    7.11    89.35\n", "clock"),
    ("", "@ host app[1]: message\n", "syslog"),
    ("", "<34>1 @ host su - - - message\n", "iso"),
    ("", "{\"time\":\"@\",\"level\":\"info\",\"msg\":\"m\"}\n", "iso"),
    ("", "time=@ level=info msg=\"m\"\n", "iso"),
    ("", "@ INFO n=1 m=2\n", "iso"),
    ("time,n\n", "@,1\n", "iso"),
    ("", "cpu,host=a idle=1 @000000\n", "ms"),
    ("", "servers.a.load 1 @\n", "s"),
    ("", "jobs{queue=\"a\"} 1 @\n", "ms"),
    ("", "192.0.2.7 - - [@] \"GET / HTTP/1.1\" 200 12\n", "access"),
];

fn written(notation: &str, ms: i64) -> String {
    let iso = crate::time::Stamp::Utc(ms).written();
    let (date, clock) = iso.trim_end_matches('Z').split_once('T').unwrap();
    let parts: Vec<&str> = date.split('-').collect();
    let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        [parts[1].parse::<usize>().unwrap() - 1];
    let clock = clock.split('.').next().unwrap();
    match notation {
        "clock" => clock.to_owned(),
        "syslog" => format!("{month} {} {clock}", parts[2]),
        "ms" => ms.to_string(),
        "s" => (ms / 1000).to_string(),
        "access" => format!("{}/{month}/{}:{clock} +0000", parts[2], parts[0]),
        _ => iso,
    }
}

/// Checks that each of the four lines of `input` is published without its time, which stays a field, and that this is told
/// once, in words that contain `words`.
fn assert_no_time_is_used(input: &str, words: &str) {
    let (result, told) = read_times(input);
    assert_eq!(
        (result.data.len(), result.log.len(), result.unreadable.len()),
        (4, 0, 0),
        "{input} {result:?}"
    );
    assert_eq!(result.times, [None; 4], "{input}");
    assert!(result.json.iter().all(|json| json.contains("ime\":")), "{input} {result:?}");
    assert!(told.len() == 1 && told[0].contains(words), "{input} {told:?}");
}

#[test]
fn a_time_that_is_hours_ahead_is_not_used_in_any_format_and_told_once() {
    for (header, line, notation) in INPUTS {
        let at =
            |second: i64| line.replace('@', &written(notation, NOW.wall_ms + 2 * 3_600_000 + second * 1000));
        assert_no_time_is_used(&format!("{header}{}", (0..4).map(at).collect::<String>()), "2 h 0 min ahead");
    }
}

#[test]
fn a_time_older_than_a_year_is_not_used_in_any_format_and_told_once() {
    for (header, line, notation) in INPUTS.iter().filter(|input| !matches!(input.2, "clock" | "syslog")) {
        let at = |second: i64| line.replace('@', &written(notation, 1_546_336_800_000 + second * 1000));
        assert_no_time_is_used(
            &format!("{header}{}", (0..4).map(at).collect::<String>()),
            "more than 366 days ago",
        );
    }
}

#[test]
fn the_times_of_one_input_are_all_ahead_or_none() {
    let line = |ms: i64| format!("time={} n=1 m=2\n", written("iso", NOW.wall_ms + ms));
    let (result, told) = read_times(&(line(3_601_000) + &line(3_599_000) + &line(60_000)));
    assert_eq!(result.times, [None, None, Some(NOW.wall_ms + 60_000)]);
    assert_eq!(told.len(), 1);
}

#[test]
fn a_date_of_syslog_that_is_to_come_is_of_last_year() {
    let (result, told) = read_times("Nov 24 10:42:30 host app: m\n");
    assert_eq!(result.times, [Some(NOW.wall_ms - 363 * 86_400_000)]);
    assert!(told.is_empty(), "{told:?}");
    let (result, told) = read_times("Feb 29 10:42:30 host app: m\n");
    assert_eq!((result.times, result.data[0]["time"].clone()), (vec![None], json!("Feb 29 10:42:30")));
    assert_eq!(told.len(), 1);
}

/// Returns a table with the columns `name` and `n`, once with commas and once with blanks. Each of the values is a row.
fn tables(name: &str, values: &[&str]) -> [String; 2] {
    [",", "  "].map(|separator| {
        let rows = (1..).zip(values).map(|(n, value)| format!("{value}{separator}{n}\n"));
        format!("{name}{separator}n\n{}", rows.collect::<String>())
    })
}

#[test]
fn durations_and_counters_are_numbers_whatever_their_size_and_name() {
    let values = ["1200000000", "1795344127", "2345678901", "98765432"];
    let numbers: Vec<Value> = values.iter().map(|value| serde_json::from_str(value).unwrap()).collect();
    for name in
        ["response_time_ns", "responseTimeNs", "response_time", "tup_updated", "read-time", "timeouts"]
    {
        for input in tables(name, &values) {
            let (result, told) = read_times(&input);
            let found: Vec<Value> = result.data.iter().map(|data| data[name].clone()).collect();
            assert_eq!(found, numbers, "{input} {result:?}");
            assert_eq!(result.times, [None; 4], "{input}");
            assert!(told.is_empty(), "{input} {told:?}");
        }
    }
}

#[test]
fn a_number_close_to_now_in_a_column_for_times_is_the_time() {
    for (name, value) in [
        ("start_time", "1795344127"),
        ("frame.time_epoch", "1795344127.0"),
        ("eventTimeMs", "1795344127000"),
        ("event_timestamp_ns", "1795344127000000000"),
        ("time", "1795344127"),
    ] {
        for input in tables(name, &[value]) {
            let (result, told) = read_times(&input);
            assert_eq!((result.data, told.len()), (vec![json!({"n": 1})], 0), "{input}");
            assert_eq!(result.times, [Some(1_795_344_127_000)], "{input}");
        }
    }
}

#[test]
fn a_number_that_cannot_be_a_time_does_not_end_the_column_with_times() {
    for odd in ["0", "-1", "12.5", "1200000000", "9999999999", "1200000000000"] {
        for input in tables("start_time", &["1795344127", odd, odd, "1795344128"]) {
            let (result, told) = read_times(&input);
            let value: Value = serde_json::from_str(odd).unwrap();
            let rows = [
                json!({"n": 1}),
                json!({"start_time": value, "n": 2}),
                json!({"start_time": value, "n": 3}),
                json!({"n": 4}),
            ];
            assert_eq!(result.data, rows, "{input}");
            let times = [Some(1_795_344_127_000), None, None, Some(1_795_344_128_000)];
            assert_eq!(result.times, times, "{input}");
            assert!(told.len() == 1 && told[0].contains(&format!("{odd:?}")), "{input} {told:?}");
        }
    }
}

#[test]
fn a_word_in_place_of_a_time_does_not_end_the_column_with_times() {
    for word in ["never", "N/A", "-"] {
        let [input, _] = tables("start_time", &["1795344127", word, "1795344128"]);
        let (result, told) = read_times(&input);
        assert_eq!(result.times, [Some(1_795_344_127_000), None, Some(1_795_344_128_000)], "{input}");
        assert_eq!((&result.data[2], told.len()), (&json!({"n": 3}), 0), "{input}");
    }
}

#[test]
fn a_number_is_not_the_time_beside_a_column_with_the_time() {
    let result = read("time,wait_time\n2026-11-22T10:42:08Z,1795344100\n");
    assert_eq!(result.data, [json!({"wait_time": 1_795_344_100})]);
    assert_eq!(result.times, [Some(1_795_344_128_000)]);
    let result = read("10:42:07     CPU    wait_time\n10:42:08     all   1795344100\n");
    assert_eq!(result.data, [json!({"CPU": "all", "wait_time": 1_795_344_100})], "{result:?}");
    assert_eq!(result.times, [Some(1_795_344_128_000)]);
}

#[test]
fn a_number_that_is_not_used_as_a_time_stays_a_number() {
    for input in tables("time", &["1234567890"]) {
        let (result, told) = read_times(&input);
        assert_eq!(
            (result.json, told.len()),
            (vec![r#"{"time":1234567890,"n":1}"#.to_owned()], 1),
            "{input}"
        );
    }
}

#[test]
fn a_date_in_another_column_does_not_hide_the_time() {
    for (input, data, ts) in [
        (
            "id,created_at,timestamp,v\n7,2026-11-01T00:00:00Z,2026-11-22T10:42:07Z,5\n",
            json!({"id": 7, "created_at": "2026-11-01T00:00:00Z", "v": 5}),
            1_795_344_127_000,
        ),
        (
            "id,due,date,v\n7,2026-11-01,2026-11-22,5\n",
            json!({"id": 7, "due": "2026-11-01", "v": 5}),
            1_795_305_600_000,
        ),
        (
            "id,due,date,time,v\n7,2026-11-01,2026-11-22,10:42:07,5\n",
            json!({"id": 7, "due": "2026-11-01", "v": 5}),
            1_795_344_127_000,
        ),
        (
            "when,timestamp,v\n2026-11-22T10:42:07Z,2026-11-01T00:00:00Z,5\n",
            json!({"timestamp": "2026-11-01T00:00:00Z", "v": 5}),
            1_795_344_127_000,
        ),
    ] {
        let result = read(input);
        assert_eq!((result.data, result.times), (vec![data], vec![Some(ts)]), "{input}");
    }
}

/// Tables with dates in which either number can be the day, except in the second row.
const UNCLEAR: &[&str] = &[
    "date,v\n11/05/2026 10:00,5\n11/13/2026 10:00,6\n11/06/2026 10:00,7\n",
    "date,v\n05/11/2026 10:00,5\n13/11/2026 10:00,6\n06/11/2026 10:00,7\n",
    "date;v\n05-11-26 10:00;5\n13-11-26 10:00;6\n06-11-26 10:00;7\n",
    "date,time,v\n11/05/2026,10:00,5\n11/13/2026,10:00,6\n11/06/2026,10:00,7\n",
];

#[test]
fn the_order_of_day_and_month_is_learned_from_the_first_date_that_shows_it() {
    let at = |day: i64| Some(1_795_305_600_000 + (day - 22) * 86_400_000 + 36_000_000);
    for input in UNCLEAR {
        let date = input.lines().nth(1).unwrap().split([',', ';']).next().unwrap();
        let (result, told) = read_times(input);
        assert_eq!(result.times, [None, at(13), at(6)], "{input} {result:?}");
        assert_eq!((&result.data[0]["date"], &result.data[0]["v"]), (&json!(date), &json!(5)), "{input}");
        assert_eq!(result.data[1..], [json!({"v": 6}), json!({"v": 7})], "{input}");
        assert!(told.len() == 1 && told[0].contains(date), "{input} {told:?}");
    }
}

#[test]
fn a_named_column_with_dates_that_can_mean_two_days_is_no_error() {
    let options = Options { time: Some("date".into()), ..Options::default() };
    let expected = read(UNCLEAR[0]);
    let result = read_with(UNCLEAR[0].as_bytes(), options);
    assert_eq!((result.times, result.json), (expected.times, expected.json));
    assert!(result.unreadable.is_empty(), "{:?}", result.unreadable);
}

#[test]
fn a_date_that_can_mean_two_days_does_not_hide_a_clear_time() {
    let result = read("date,timestamp,v\n11/05/2026 10:00,2026-11-22T10:42:07Z,5\n");
    assert_eq!(result.times, [Some(1_795_344_127_000)]);
    let result = read("date,timestamp,v\n11/05/2026,1795344127,5\n");
    assert_eq!(result.times, [Some(1_795_344_127_000)]);
}
