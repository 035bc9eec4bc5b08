//! Tests with whole inputs, and of the rule that every line has exactly one outcome. `cli/tests/program/corpus` contains outputs
//! of real programs.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Splitter, Utc};

/// The time of reading, 2026-11-22T10:42:30Z.
const NOW: Moment = Moment { mono_ms: 0, wall_ms: 1_795_344_150_000 };

/// The outcomes of the lines of an input.
#[derive(Debug, Default)]
struct Result {
    /// Data of the publications to the topic of the input.
    data: Vec<Value>,
    /// Times of these publications. `None` stands for the time of reading.
    times: Vec<Option<Millis>>,
    /// Data of the publications to the topic `log` below the topic of the input.
    log: Vec<Value>,
    unreadable: Vec<(u64, String)>,
    structure: usize,
    units: BTreeMap<String, String>,
    format: Option<Format>,
    json: Vec<String>,
}

fn read_with(input: &[u8], options: Options) -> Result {
    let mut reader = Reader::new(options, Box::new(Utc));
    let mut splitter = Splitter::default();
    let mut lines = splitter.push(input);
    lines.extend(splitter.finish());
    let mut outcomes: Vec<Outcome> = lines.into_iter().flat_map(|line| reader.read(line, NOW)).collect();
    outcomes.extend(reader.finish(NOW));
    collect(outcomes, &reader)
}

fn collect(outcomes: Vec<Outcome>, reader: &Reader) -> Result {
    let mut result = Result { units: reader.units(), format: reader.format(), ..Result::default() };
    for outcome in outcomes {
        match outcome {
            Outcome::Publish(publication) => {
                let value: Value = serde_json::from_str(&publication.json).unwrap();
                if publication.to == Destination::Topic {
                    result.data.push(value);
                    result.times.push(publication.ts);
                    result.json.push(publication.json);
                } else {
                    result.log.push(value);
                }
            }
            Outcome::Structure { .. } => result.structure += 1,
            Outcome::Unreadable { line, reason } => result.unreadable.push((line, reason.to_string())),
            Outcome::Blank { .. } => {}
        }
    }
    result
}

fn read(input: &str) -> Result {
    read_with(input.as_bytes(), Options::default())
}

#[test]
fn logfmt_is_read_with_its_quotes_whatever_its_first_line_has() {
    let input = "level=info component=web address=:9090\n\
                 level=warn msg=\"queue is long, slow\" took=1.204s depth=14\n\
                 level=error err=\"no \\\"answer\\\": gone\" tries=3\n";
    let result = read(input);
    assert_eq!(
        result.data,
        [
            json!({"level": "info", "component": "web", "address": ":9090"}),
            json!({"level": "warn", "msg": "queue is long, slow", "took": 1.204, "depth": 14}),
            json!({"level": "error", "err": "no \"answer\": gone", "tries": 3}),
        ]
    );
    assert_eq!(result.units.get("took").map(String::as_str), Some("s"));
    assert_eq!((result.unreadable.len(), result.log.len()), (0, 0));
}

#[test]
fn a_banner_with_a_pair_does_not_make_pairs_of_sentences() {
    let result = read(
        "serving on port=8080\nGET / took 3 ms\nGET /a took 1 ms\npanic: index out of range\nbye now, all\nlast\n",
    );
    assert_eq!(result.format, Some(Format::Text));
    assert_eq!(result.data.len(), 6, "{result:?}");
}

// The input of the previous test as a slow stream: the first line is published before the second line arrives.
#[test]
fn a_first_line_does_not_decide_for_good() {
    let mut reader = Reader::new(Options::default(), Box::new(Utc));
    let mut outcomes = Vec::new();
    let mut number = 0;
    let mut say = |reader: &mut Reader, text: &str, outcomes: &mut Vec<Outcome>| {
        number += 1;
        let at = Moment { mono_ms: number * 5_000, ..NOW };
        outcomes.extend(reader.read(Line { number, text: Ok(text.to_owned()) }, at));
        outcomes.extend(reader.wake(Moment { mono_ms: number * 5_000 + 2_000, ..NOW }));
    };
    say(&mut reader, "7", &mut outcomes);
    for _ in 0..4 {
        say(&mut reader, "level=info msg=\"all is well\" n=2", &mut outcomes);
    }
    assert_eq!(reader.format(), Some(Format::Pairs));
    let result = collect(outcomes, &reader);
    assert_eq!(result.data.len() + result.log.len(), 5);
    assert_eq!(result.data[1], json!({"level": "info", "msg": "all is well", "n": 2}));
}

#[test]
fn a_long_banner_does_not_make_text_of_what_follows() {
    let banner = "Welcome to the machine\n".repeat(8);
    let result = read(&format!("{banner}{}", "{\"a\": 1}\n".repeat(10)));
    assert_eq!(result.format, Some(Format::Json));
    assert_eq!(result.data.last(), Some(&json!({"a": 1})));
}

#[test]
fn a_scrape_of_prometheus_is_one_publication_by_metric_and_labels() {
    let input = "# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total{queue=\"a b\",ok=\"1\"} 10274\n\
                 jobs_total{queue=\"}\",ok=\"0\"} 3 1795344127101\nup 1\ngc_seconds{quantile=\"0\"} NaN\nbig 18446744073709551616\nx 1.5e+09\n";
    let result = read(input);
    assert_eq!(result.format, Some(Format::Prometheus));
    let all: Vec<String> = result.data.iter().map(Value::to_string).collect();
    let all = all.join("\n");
    for part in ["\"queue=a b,ok=1\":10274", "\"queue=},ok=0\":3", "\"up\":1", "\"x\":1500000000.0"] {
        assert!(all.contains(part), "{part} in {all}");
    }
    assert_eq!((result.structure, result.unreadable.len(), result.log.len()), (2, 0, 0), "{result:?}");
    assert!(result.json.iter().any(|json| json.contains("18446744073709551616")));
}

#[test]
fn decimal_commas_are_read_where_the_input_shows_them_and_never_cut_off() {
    assert_eq!(
        read("temp=21,5 hum=40,25\ntemp=21,9 hum=39,8\n").data[0],
        json!({"temp": 21.5, "hum": 40.25})
    );
    assert_eq!(
        read("Ort;Innen;Aussen\nHof;21,5;4,25\nHof;21,6;4\n").data[0],
        json!({"Ort": "Hof", "Innen": 21.5, "Aussen": 4.25})
    );
    assert_eq!(read("pos=3,4\n").data, [json!({"pos": "3,4"})], "it may be a list");
    assert_eq!(read("size=1,234 of=5,678\n").data, [json!({"size": "1,234", "of": "5,678"})], "thousands");
    assert_eq!(read("load=84,3 %\nload=85,1 %\n").data, [json!({"load": 84.3}), json!({"load": 85.1})]);
    assert_eq!(read("21,5\n21,6\n").data, [json!("21,5"), json!("21,6")]);
    let mpstat = "Linux 6.1.0 (b) \t22/11/26 \t_x86_64_\t(2 CPU)\n\n10:42:07     CPU    %usr   %idle\n\
                  10:42:08     all    7,11   89,35\n10:42:09     all   12,06   83,41\nMedia:       all    9,6   86,4\n";
    let result = read(mpstat);
    assert_eq!(result.data[1], json!({"CPU": "all", "%usr": 12.06, "%idle": 83.41}), "{result:?}");
    assert_eq!(result.data.len(), 2);
}

#[test]
fn ids_stay_text_and_large_numbers_keep_their_digits() {
    let input = "msg=begin commit=57e4021 build=0042\nmsg=done commit=1234e8 build=0043\nmsg=begin commit=83e2010 build=0044\n\
                 msg=req trace=18446744073709551615 span=9223372036854775808\nmsg=order zip=01067 card=184467440737095516160\n";
    let result = read(input);
    assert_eq!(result.data[0], json!({"msg": "begin", "commit": "57e4021", "build": "0042"}));
    assert_eq!(result.data[1]["commit"], "1234e8");
    assert_eq!(result.data[2]["commit"], "83e2010");
    assert_eq!(
        result.data[3],
        json!({"msg": "req", "trace": 18_446_744_073_709_551_615_u64, "span": 9_223_372_036_854_775_808_u64})
    );
    assert_eq!(result.data[4], json!({"msg": "order", "zip": "01067", "card": "184467440737095516160"}));
    let csv = read("commit,took_s,ok\n3f2c1aa,12.50,true\n83e2010,11.0,true\n1234e8,12.1,false\n");
    assert_eq!(csv.data[1], json!({"commit": "83e2010", "took_s": 11.0, "ok": true}));
    assert_eq!(csv.data[2]["commit"], "1234e8");
    assert_eq!(csv.json[0], r#"{"commit":"3f2c1aa","took_s":12.50,"ok":true}"#);
}

#[test]
fn sysstat_gives_its_columns_at_their_times_and_no_average() {
    let day = "Linux 6.1.0 (b) \t11/22/26 \t_x86_64_\t(2 CPU)\n\n";
    let clock = "10:42:07     CPU    %usr   %idle\n10:42:08     all    7.11   89.35\n\n10:42:08     CPU    %usr   %idle\n\
                 10:42:09     all    8.63   89.34\nAverage:     all    7.87   89.34\n";
    let result = read(&format!("{day}{clock}"));
    assert_eq!(
        result.data,
        [
            json!({"CPU": "all", "%usr": 7.11, "%idle": 89.35}),
            json!({"CPU": "all", "%usr": 8.63, "%idle": 89.34})
        ]
    );
    assert_eq!(result.times, [Some(1_795_344_128_000), Some(1_795_344_129_000)]);
    assert_eq!((result.structure, result.unreadable.len(), result.log.len()), (4, 0, 0));
    let half = clock
        .replace("10:42:07 ", "10:42:07 AM ")
        .replace("10:42:08 ", "10:42:08 AM ")
        .replace("10:42:09 ", "10:42:09 AM ");
    assert_eq!(read(&format!("{day}{half}")).data, result.data);
}

#[test]
fn several_processors_are_series_of_one_publication() {
    let input = "10:42:07     CPU    %usr   %idle\n10:42:08     all    7.11   89.35\n10:42:08       0    6.00   90.00\n\
                 10:42:08       1    8.00   88.00\n\n10:42:08     CPU    %usr   %idle\n10:42:09     all    1.00   99.00\n\
                 10:42:09       0    0.00  100.00\n10:42:09       1    2.00   98.00\n";
    let result = read(input);
    assert_eq!(result.data.len(), 2, "{result:?}");
    assert_eq!(result.data[0]["1"], json!({"%usr": 8.0, "%idle": 88.0}));
    assert_eq!(result.data[1]["all"], json!({"%usr": 1.0, "%idle": 99.0}));
}

#[test]
fn vmstat_with_times_has_the_columns_that_it_has_without() {
    let input = "procs -----------memory---------- ---swap-- -----timestamp-----\n r  b   swpd   free   si   so                 UTC\n\
                 2  0      0 5120336    0    0 2026-11-22 10:42:07\n 0  0      0 5120080    0    0 2026-11-22 10:42:08\n";
    let result = read(input);
    assert_eq!(result.data[0], json!({"r": 2, "b": 0, "swpd": 0, "free": 5_120_336, "si": 0, "so": 0}));
    assert_eq!(result.times, [Some(1_795_344_127_000), Some(1_795_344_128_000)]);
}

#[test]
fn the_disks_of_iostat_are_series_and_its_processor_part_is_there() {
    let tick = |tps: &str| {
        format!(
            "avg-cpu:  %user   %nice   %idle\n           2.51    0.00   96.37\n\nDevice             tps    kB_read/s\n\
                 sda             {tps}     16600.60\nsdb               0.00         0.00\n\n"
        )
    };
    let result = read(&format!(
        "Linux 6.1.0 (b) \t11/22/26 \t_x86_64_\t(2 CPU)\n\n{}{}",
        tick("412.41"),
        tick("401.00")
    ));
    assert_eq!(result.data.len(), 2, "{result:?}");
    assert_eq!(
        result.data[1],
        json!({
            "avg-cpu": {"%user": 2.51, "%nice": 0.0, "%idle": 96.37},
            "sda": {"tps": 401.0, "kB_read/s": 16600.6},
            "sdb": {"tps": 0.0, "kB_read/s": 0.0}
        })
    );
    assert_eq!((result.unreadable.len(), result.log.len()), (0, 0));
}

#[test]
fn graphics_cards_give_numbers_with_units_and_what_is_not_there_is_left_out() {
    let input = "timestamp, name, utilization.gpu [%], memory.used [MiB], power.draw [W]\n\
                 2026/11/22 10:42:07.118, GPU, 37 %, 1024 MiB, 71.20 W\n2026/11/22 10:42:08.120, GPU, [N/A], 1.5 GiB, [Not Supported]\n";
    let result = read(input);
    assert_eq!(
        result.data,
        [
            json!({"name": "GPU", "utilization.gpu": 37, "memory.used": 1024, "power.draw": 71.2}),
            json!({"name": "GPU", "memory.used": 1536}),
        ]
    );
    assert_eq!(result.times[0], Some(1_795_344_127_118));
    let units: Vec<_> = result.units.values().map(String::as_str).collect();
    assert_eq!(units, ["MiB", "W", "%"]);
    let bare =
        read("timestamp, power.draw [W]\n2026/11/22 10:42:07.118, 71.20\n2026/11/22 10:42:08.118, 70\n");
    assert_eq!(bare.units.get("power.draw").map(String::as_str), Some("W"));
    let two = read("index, temp [%]\n0, 37\n1, 40\n0, 38\n1, 41\n");
    assert_eq!(
        two.data,
        [json!({"0": {"temp": 37}, "1": {"temp": 40}}), json!({"0": {"temp": 38}, "1": {"temp": 41}})]
    );
}

#[test]
fn a_progress_line_is_an_update_each_time_and_aligned_pairs_are_read() {
    let state = |n: u32| {
        format!(
            "frame= {n:4} fps= 25 q=28.0 size=     {n}kB time=00:00:0{n}.00 bitrate= 524.3kbits/s speed=1.0x    \r"
        )
    };
    let input: String = (1..5).map(state).collect();
    let result = read(&input);
    assert_eq!(result.data.len(), 4);
    assert_eq!(
        result.data[0],
        json!({"frame": 1, "fps": 25, "q": 28.0, "size": 1, "time": "00:00:01.00", "bitrate": 524.3, "speed": 1.0})
    );
    assert_eq!(result.units.get("bitrate").map(String::as_str), Some("kbits/s"));
    let keys = read("frame=25\nbitrate= 524.3kbits/s\nspeed=1.0x\nprogress=continue\n");
    assert_eq!(keys.data, [json!({"frame": 25, "bitrate": 524.3, "speed": 1.0, "progress": "continue"})]);
}

#[test]
fn an_envelope_takes_every_usual_time() {
    let input = "{\"data\": 21.50, \"ts\": 1795344127101}\n{\"data\": 2, \"ts\": 1795344127101.25}\n{\"data\": 3, \"ts\": 1795344127.101}\n\
                 {\"data\": {\"in\": 4}, \"ts\": \"2026-11-22T11:42:07.101+01:00\"}\n{\"data\": 5, \"ts\": \"soon\"}\n{\"data\": 6}\n";
    let result = read(input);
    assert_eq!(result.json, ["21.50", "2", "3", "{\"in\": 4}", "6"]);
    assert_eq!(result.times[..4], [Some(1_795_344_127_101); 4]);
    assert!(
        result.unreadable[0].0 == 5 && result.unreadable[0].1.contains("is not a time"),
        "{:?}",
        result.unreadable
    );
}

#[test]
fn entries_of_a_journal_are_events_at_their_time() {
    let input = "{\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1795344127101000\",\"_HOSTNAME\":\"b\",\"PRIORITY\":\"3\",\"SYSLOG_IDENTIFIER\":\"kernel\",\"MESSAGE\":\"medium error\",\"X\":\"y\"}\n\
                 {\"__REALTIME_TIMESTAMP\":\"1795344127101000\",\"PRIORITY\":\"6\",\"MESSAGE\":[104,105,27,91,109]}\n\
                 {\"__REALTIME_TIMESTAMP\":\"1795344127101000\",\"PRIORITY\":\"4\",\"MESSAGE\":null}\n";
    let result = read(input);
    assert_eq!(
        result.data[0],
        json!({"level": "error", "message": "medium error", "app": "kernel", "host": "b", "X": "y"})
    );
    assert_eq!(result.data[1], json!({"level": "info", "message": "hi"}));
    assert!(result.data[2]["message"].as_str().unwrap().contains("--all"));
    assert_eq!(result.times, [Some(1_795_344_127_101); 3]);
}

#[test]
fn events_of_docker_are_messages_and_their_times_no_values() {
    let input = "{\"status\":\"die\",\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"0a\",\"Attributes\":{\"name\":\"web\"}},\"time\":1795344127,\"timeNano\":1795344127101388154}\n";
    let result = read(input);
    assert_eq!(result.data[0]["message"], "container die web");
    assert!(result.data[0].get("time").is_none() && result.data[0].get("timeNano").is_none());
    assert_eq!(result.times, [Some(1_795_344_127_101)]);
}

#[test]
fn levels_of_loggers_are_words() {
    let table = [
        (
            r#"{"level":50,"time":1795344127101,"pid":41,"msg":"failed"}"#,
            json!({"level": "error", "pid": 41, "msg": "failed"}),
        ),
        (
            r#"{"level":"warn","ts":1795344127.101,"logger":"x","msg":"slow"}"#,
            json!({"level": "warn", "logger": "x", "msg": "slow"}),
        ),
        (
            r#"{"level":"info","time":"2026-11-22T10:42:07.101Z","message":"up"}"#,
            json!({"level": "info", "message": "up"}),
        ),
        (
            r#"{"event":"paid","level":"info","timestamp":"2026-11-22T10:42:07.101000Z","eur":1.50}"#,
            json!({"event": "paid", "level": "info", "eur": 1.5}),
        ),
        (
            r#"{"version":"1.1","short_message":"down","level":3,"timestamp":1795344127.101}"#,
            json!({"version": "1.1", "message": "down", "level": "error"}),
        ),
        (
            r#"{"@t":"2026-11-22T10:42:07.101Z","@mt":"hi","@l":"Warning"}"#,
            json!({"message": "hi", "level": "Warning"}),
        ),
    ];
    for (line, expected) in table {
        let result = read(line);
        assert_eq!(result.data, [expected], "{line}");
        assert_eq!(result.times, [Some(1_795_344_127_101)], "{line}");
    }
}

#[test]
fn points_of_influx_keep_their_measurement_tags_and_time() {
    let input = "cpu,host=web1,region=eu idle=98.2,procs=211i 1795344127101388154\nmem,host=web1 used=3221225472i,ok=t,name=\"a b, c\" 1795344127101388154\n\
                 cpu,host=web1,region=eu idle=97.9,procs=214i 1795344137101388154\n";
    let result = read(input);
    assert_eq!(
        result.data[0],
        json!({
            "cpu": {"host=web1,region=eu": {"idle": 98.2, "procs": 211}},
            "mem": {"host=web1": {"used": 3_221_225_472_i64, "ok": true, "name": "a b, c"}}
        })
    );
    assert_eq!(result.times, [Some(1_795_344_127_101), Some(1_795_344_137_101)]);
}

#[test]
fn lines_of_statsd_are_series_by_metric_and_tags() {
    let result =
        read("api.hits:1|c\napi.time:320|ms|@0.1\nqueue:+3|g|#env:prod\nusers:ann|s\napi.hits:2|c\n");
    assert_eq!(
        result.data[0],
        json!({"api.hits": 1, "api.time": 320, "queue": {"env=prod": 3}, "users": "ann"}),
        "{result:?}"
    );
    assert_eq!(result.units.get("api.time").map(String::as_str), Some("ms"));
}

#[test]
fn syslog_and_access_logs_are_events() {
    let result = read(
        "<11>Nov 22 10:42:07 board app[8]: it: failed\n<34>1 2026-11-22T10:42:07.101Z board su - ID47 [a@1 k=\"]\"] 'su root' failed\n",
    );
    assert_eq!(
        result.data[0],
        json!({"level": "error", "message": "it: failed", "host": "board", "app": "app", "pid": "8"})
    );
    assert_eq!(result.data[1]["message"], "'su root' failed");
    let result = read(
        "192.0.2.7 - frank [22/Nov/2026:10:42:07 +0000] \"GET /?a=\\\"b\\\" HTTP/1.1\" 502 2326 \"-\" \"curl/8\"\n",
    );
    assert_eq!(
        result.data[0],
        json!({"level": "error", "message": "GET /?a=\"b\" HTTP/1.1", "status": 502, "bytes": 2326, "client": "192.0.2.7", "user": "frank", "agent": "curl/8"})
    );
    assert_eq!(result.times, [Some(1_795_344_127_000)]);
}

#[test]
fn numbers_come_out_digit_for_digit() {
    let result = read("21.50\n-0.0\n18446744073709551615\n1e3\n0.1234567890123456789\n");
    assert_eq!(result.json, ["21.50", "-0.0", "18446744073709551615", "1e3", "0.1234567890123456789"]);
    let result = read("{\"b\": 1.0, \"a\": 12345678901234567890123}\n");
    assert_eq!(result.json, ["{\"b\": 1.0, \"a\": 12345678901234567890123}"]);
}

#[test]
fn a_line_that_does_not_fit_goes_to_the_log_and_what_is_no_value_is_told() {
    let result = read("1\ntwo\n3\nNaN\n");
    assert_eq!((result.data, result.log), (vec![json!(1), json!(3)], vec![json!("two")]));
    assert!(
        result.unreadable.len() == 1 && result.unreadable[0].0 == 4 && result.unreadable[0].1.contains("NaN")
    );
}

#[test]
fn python_writes_nan_into_json_and_the_rest_of_the_line_is_kept() {
    let result = read("{\"a\": NaN, \"b\": 1.50}\n{\"a\": 2, \"c\": [1, -Infinity], \"t\": \"NaN\"}\n");
    assert_eq!(result.data, [json!({"b": 1.5}), json!({"a": 2, "c": [1, null], "t": "NaN"})]);
    assert_eq!(result.json[0], "{\"b\":1.50}");
}

#[test]
fn json_over_several_lines_is_one_value_and_a_broken_one_is_told() {
    let result = read("{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}\n{\n  \"a\": 2\n}\n");
    assert_eq!((result.data.len(), result.unreadable.len(), result.log.len()), (2, 0, 0), "{result:?}");
    let result = read("{\"a\": 1}\n{\"a\":\n{\"a\": 3}\n{\"half\": \"\\ud83d\"}\n");
    assert_eq!(result.data, [json!({"a": 1}), json!({"a": 3})]);
    assert_eq!(result.unreadable.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn columns_of_one_name_are_two_series() {
    let result = read("recv,send,recv\n1,2,3\n4,5,6\n");
    assert_eq!(result.data[0], json!({"recv": 1, "send": 2, "recv (2)": 3}));
    assert_eq!(read("recv send recv\n1 2 3\n4 5 6\n").data[0], json!({"recv": 1, "send": 2, "recv (2)": 3}));
}

#[test]
fn a_named_column_gives_the_key_or_the_time() {
    let options = Options { key: Some("line".into()), time: Some("at".into()), ..Options::default() };
    let result = read_with(b"at,line,n\n1795344127,a,1\n1795344127,b,2\n", options.clone());
    assert_eq!(result.data, [json!({"a": {"n": 1}, "b": {"n": 2}})]);
    assert_eq!(result.times, [Some(1_795_344_127_000)]);
    let result = read_with(b"at,line,n\nnever,a,1\n", options);
    assert!(result.unreadable[0].1.contains("column at is not a time"), "{result:?}");
}

#[test]
fn a_time_that_no_log_would_take_stays_a_field() {
    let result = read("time,n\n2019-01-01 10:00:00,1\n2019-01-01 10:00:01,2\n");
    assert_eq!(result.data[0], json!({"time": "2019-01-01 10:00:00", "n": 1}));
    assert_eq!(result.times, [None, None]);
}

#[test]
fn the_table_of_docker_stats_is_series_by_container() {
    let tick = "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT     MEM %     NET I/O         PIDS\n\
                0a1b2c3d4e5f   web       0.07%     3.5MiB / 7.6GiB       0.05%     1.2kB / 0B      5\n\
                1a1b2c3d4e5f   db        1.20%     120MiB / 7.6GiB       1.50%     3.4kB / 1.1MB   31\n";
    let result = read(&format!("\x1b[2J\x1b[H{tick}\x1b[2J\x1b[H{tick}"));
    assert_eq!(result.data.len(), 2, "{result:?}");
    let web = &result.data[0]["0a1b2c3d4e5f"];
    assert_eq!(web["MEM USAGE / LIMIT"], json!({"used": 3.5, "limit": 7.6}));
    assert_eq!((&web["NAME"], &web["CPU %"], &web["PIDS"]), (&json!("web"), &json!(0.07), &json!(5)));
}

#[test]
fn the_last_column_of_a_process_list_holds_all_of_the_command() {
    let input = "  PID USER      PR  %CPU     TIME+ COMMAND\n    1 root      20   0.0   0:01.23 init\n\
                 \x20 811 ops       20   1.5   0:01.23 sshd -D\n";
    let result = read(input);
    assert_eq!(result.data[0]["811"]["COMMAND"], "sshd -D", "{result:?}");
}

#[test]
fn prose_below_a_table_is_not_taken_for_a_header() {
    let result = read("r b free\n1 0 225\n2 0 224\n3 0 223\nthe disk failed\n4 0 222\n");
    assert_eq!((result.data.len(), result.log), (4, vec![json!("the disk failed")]));
}

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

    /// Every line is in exactly one outcome, whatever the format is and whatever lines follow.
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
