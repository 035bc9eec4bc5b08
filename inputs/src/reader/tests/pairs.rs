//! Pairs among words: every word is kept, or the whole line is published to the log.

use super::*;

#[test]
fn the_words_before_pairs_say_whose_the_values_are() {
    let pressure = "some avg10=1.5 total=3\nfull avg10=0.5 total=2\n";
    assert_eq!(
        read(&pressure.repeat(2)).data,
        vec![json!({"some": {"avg10": 1.5, "total": 3}, "full": {"avg10": 0.5, "total": 2}}); 2]
    );
    for (line, data) in [
        ("eth0: rx=100 tx=200", json!({"eth0": {"rx": 100, "tx": 200}})),
        ("sensor kitchen temp=21", json!({"sensor kitchen": {"temp": 21}})),
        (
            "Data, single: total=10.00GiB, used=8.12GiB",
            json!({"Data, single": {"total": 10.0, "used": 8.12}}),
        ),
        ("partial rest=2", json!({"partial": {"rest": 2}})),
    ] {
        assert_eq!(read(&format!("{line}\n")).data, [data], "{line}");
    }
}

#[test]
fn many_words_before_pairs_are_a_field_until_they_differ() {
    let reply = |host: u8, ms: u8| format!("Reply from 192.0.2.{host}: bytes=32 time={ms}ms TTL=56\n");
    let one = json!({"words": "Reply from 192.0.2.1", "bytes": 32, "time": 11, "TTL": 56});
    assert_eq!(read(&reply(1, 11).repeat(2)).data, [one.clone(), one]);
    let two = read(&(reply(1, 11) + &reply(2, 12)));
    assert_eq!(two.data[0]["Reply from 192.0.2.2"], json!({"bytes": 32, "time": 12, "TTL": 56}));
}

#[test]
fn a_level_and_a_time_before_pairs_are_those_of_the_line() {
    let at = Some(1_795_344_127_000);
    for (line, data, time) in [
        ("FATAL id=9 took=99ms", json!({"level": "FATAL", "id": 9, "took": 99}), None),
        ("[info     ] paid  eur=48.9", json!({"level": "info", "message": "paid", "eur": 48.9}), None),
        ("error a=2", json!({"level": "error", "a": 2}), None),
        ("2026-11-22 10:42:07 ERROR cpu=13", json!({"level": "ERROR", "cpu": 13}), at),
        ("2026-11-22T10:42:07Z cpu=13 mem=4", json!({"cpu": 13, "mem": 4}), at),
        ("[1795344127.000] eth0 rx=1", json!({"eth0": {"rx": 1}}), at),
        (
            "2026-11-22T10:42:07Z INFO worker is ready id=3",
            json!({"level": "INFO", "message": "worker is ready", "id": 3}),
            at,
        ),
    ] {
        let result = read(&format!("{line}\n").repeat(2));
        assert_eq!((&result.data[0], result.times[0]), (&data, time), "{line}");
    }
}

#[test]
fn an_event_is_not_put_below_the_name_before_it() {
    let result = read("web-1  | level=info msg=\"it runs\"\ndb-1   | level=warn msg=\"it waits\"\n");
    let event = |words, level, msg| json!({"words": words, "level": level, "msg": msg});
    assert_eq!(result.data, [event("web-1", "info", "it runs"), event("db-1", "warn", "it waits")]);
    let result = read("INFO main.go:5 msg=\"it runs\" n=1\n".repeat(2).as_str());
    assert_eq!(result.data[0], json!({"level": "INFO", "words": "main.go:5", "msg": "it runs", "n": 1}));
}

#[test]
fn words_without_a_clear_meaning_are_not_dropped_and_are_no_flags() {
    let result = read("a=1 b=2\na=2 b=3\na=3 b=4\na=5 tail b=6\n#error: a=5 b=6\nX=a b c=1\n");
    assert_eq!(result.log, [json!("a=5 tail b=6"), json!("#error: a=5 b=6"), json!("X=a b c=1")]);
    assert_eq!(
        read("level=info ok=true flag n=2 msg=\"a b\"\n").data,
        [json!({"level": "info", "ok": true, "flag": true, "n": 2, "msg": "a b"})]
    );
    assert_eq!(read("X=a b\nY=1\n").data, [json!({"X": "a b", "Y": 1})]);
    assert_eq!(read("msg=\"a b\" cached n=2\n").data, [json!({"msg": "a b", "cached": true, "n": 2})]);
}

#[test]
fn a_sentence_with_pairs_in_brackets_is_text() {
    let line = "network connect 187772ab (container=356aa5bb, name=none, type=1)";
    assert_eq!(read(&format!("{line}\n").repeat(8)).data, vec![json!(line); 8]);
}

#[test]
fn a_limit_instead_of_a_value_is_published_as_text() {
    let result = read("a: bytes=32 time=11ms\na: bytes=32 time<1ms\n");
    assert_eq!(result.data[1], json!({"a": {"bytes": 32, "time": "<1ms"}}));
    let german = read("Antwort von 192.0.2.1: Bytes=32 Zeit<1ms TTL=57\n".repeat(2).as_str());
    assert_eq!(german.data[0]["Zeit"], "<1ms");
}

#[test]
fn points_separate_thousands_where_the_input_shows_it() {
    let result = read("temp=21,5 hum=40,25\ntemp=1.234,5 hum=4\ntemp=1.000 hum=1.500 kB\n");
    assert_eq!(
        result.data[1..],
        [json!({"temp": 1234.5, "hum": 4}), json!({"temp": 1000, "hum": "1500 kB"})]
    );
    assert_eq!(read("temp=1.000 hum=4\n").json, ["{\"temp\":1.000,\"hum\":4}"]);
    assert_eq!(read("1.234,5\n1.000\n7\n").json, ["1234.5", "1000", "7"]);
    assert_eq!(read("1.000\n1.5\n").json, ["1.000", "1.5"]);
    assert_eq!(read("Temp: 1.234,5\nHum: 1.000\n").data, [json!({"Temp": 1234.5, "Hum": 1000})]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Every word and every value of a line is published somewhere, wherever it stands among the pairs.
    #[test]
    fn no_word_of_a_line_of_pairs_is_dropped(
        lines in proptest::collection::vec(
            proptest::collection::vec(prop_oneof!["[A-Za-z]{4,6}:?", "[a-z]{2,5}=[1-9][0-9]{2}", "[a-z]{2,5}=[a-z]{4}"], 1..7),
            1..5,
        ),
    ) {
        let input: String = lines.iter().map(|line| format!("{}\n", line.join(" "))).collect();
        let result = read(&input);
        prop_assert!(result.unreadable.is_empty() && result.structure == 0, "{input} became {result:?}");
        let published = format!("{:?} {:?} {:?}", result.json, result.log, result.units);
        for part in lines.iter().flatten().flat_map(|token| token.trim_end_matches(':').split('=')) {
            prop_assert!(published.contains(part), "{part} is missing: {input} became {result:?}");
        }
    }
}
