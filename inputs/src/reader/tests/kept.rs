//! Parts of lines that say something about a value are not dropped.

use super::*;

#[test]
fn a_sampled_counter_is_published_with_the_count_that_it_stands_for() {
    let result = read("a:1|c|@0.1\na:3|c\na:3|ms|@0.5\na:1|c|@x\n");
    assert_eq!(result.data, [json!({"a": 10}), json!({"a": 3}), json!({"a": "3"})]);
    assert_eq!(result.log, [json!("a:1|c|@x")]);
    let several = read("a:1:2|c|@0.1\na:1:2|c\na:1:2|h\n");
    assert_eq!(several.data, [json!({"a": 30}), json!({"a": 3}), json!({"a": [1, 2]})]);
    let stamped = read("d:4|g|T1795344127\nc:3|g|#\n");
    assert_eq!((&stamped.data[0], stamped.times[0]), (&json!({"d": 4}), Some(1_795_344_127_000)));
    assert_eq!(stamped.data[1], json!({"c": 3}));
}

#[test]
fn a_change_of_a_gauge_is_added_however_many_digits_it_has() {
    for (change, sum) in [
        ("3", "8"),
        ("9999", "10004"),
        ("10000", "10005"),
        ("20000", "20005"),
        ("123456789", "123456794"),
        ("1e3", "1005"),
        ("2500.5", "2505.5"),
    ] {
        let result = read(&format!("queue:5|g\nqueue:+{change}|g\nqueue:-{change}|g\n"));
        assert_eq!(result.json, ["5", sum, "5"].map(|value| format!("{{\"queue\":{value}}}")), "{result:?}");
    }
    let several = read("h:1e3:2|h\nh:+20000|h\n");
    assert_eq!(several.data, [json!({"h": [1000.0, 2]}), json!({"h": 20000})]);
}

#[test]
fn a_metric_with_and_without_labels_has_no_empty_name() {
    let result = read("# TYPE a gauge\na 1\na{x=\"1\"} 2\nb{x=\"1\"} 2\nb 1\n");
    assert_eq!(result.data, [json!({"a": {"value": 1, "x=1": 2}, "b": {"x=1": 2, "value": 1}})]);
    let tags = read("a:1|g\na:2|g|#value\n");
    assert_eq!(tags.data, [json!({"a": {"value": 1, "value (2)": 2}})]);
}

#[test]
fn bytes_of_a_journal_that_are_no_text_are_escaped_and_lists_are_kept() {
    let result = read(concat!(
        r#"{"__REALTIME_TIMESTAMP":"1795344127101000","PRIORITY":"6","MESSAGE":[104,255,0,105],"#,
        r#""SYSLOG_IDENTIFIER":["a","b"]}"#,
        "\n",
        r#"{"__REALTIME_TIMESTAMP":"1795344127101000","PRIORITY":"x","MESSAGE":["one","two"]}"#,
        "\n"
    ));
    assert_eq!(
        result.data,
        [
            json!({"level": "info", "message": "h\\xff\\x00i", "SYSLOG_IDENTIFIER": ["a", "b"]}),
            json!({"message": "one\ntwo", "PRIORITY": "x"})
        ]
    );
}

#[test]
fn a_level_between_two_known_levels_stays_a_number() {
    let result = read(
        "{\"level\":35,\"time\":1795344127101,\"msg\":\"m\"}\n{\"level\":30,\"time\":1795344127101,\"msg\":\"m\"}\n",
    );
    assert_eq!(result.data, [json!({"level": "35", "msg": "m"}), json!({"level": "info", "msg": "m"})]);
}

#[test]
fn volts_of_sensors_are_read_with_their_prefix() {
    let input = "nct6798-isa-0290\nAdapter: ISA adapter\nin0:  896.00 mV (min =  +0.00 V, max =  +1.74 V)\n\
                 in1:    1.02 V  (min =  +0.00 V, max =  +0.00 V)  ALARM\nintrusion0:  ALARM\n";
    let result = read(&input.repeat(2));
    let chip = &result.data[0]["nct6798-isa-0290"];
    assert_eq!(
        (&chip["in0"], &chip["in1"], &chip["intrusion0"]),
        (&json!(896.0), &json!(1.02), &json!("ALARM"))
    );
    assert!(result.log.is_empty(), "{result:?}");
}
