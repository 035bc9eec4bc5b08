use crate::lines::Splitter;
use crate::options::Options;
use crate::outcome::{Moment, Outcome};
use crate::reader::Reader;
use crate::time::Utc;

const NOW: Moment = Moment { mono_ms: 0, wall_ms: 1_795_899_600_000 };

/// Reads an input in the format `tools`. Returns the data of each publication as JSON, the number of lines that are
/// not published because they contain no values, and the units of the series.
fn read(input: &str) -> (Vec<String>, usize, String) {
    let mut reader = Reader::new(Options::default(), Box::new(Utc));
    let mut splitter = Splitter::default();
    let mut lines = splitter.push(input.as_bytes());
    lines.extend(splitter.finish());
    let mut outcomes: Vec<Outcome> = lines.into_iter().flat_map(|line| reader.read(line, NOW)).collect();
    outcomes.extend(reader.finish(NOW));
    let data = |outcome: &Outcome| match outcome {
        Outcome::Publish(publication) => Some(publication.json.clone()),
        _ => None,
    };
    let published = outcomes.iter().filter_map(data).collect();
    let structure = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Structure { .. })).count();
    (published, structure, serde_json::to_string(&reader.units()).unwrap())
}

#[test]
fn a_copy_by_dd_has_its_bytes_and_its_rate() {
    let (data, structure, units) = read(
        "1048576 bytes (1.0 MB, 1.0 MiB) copied, 0.5 s, 2.1 MB/s\n512 bytes copied, 0.25 s, 900 kB/s\n1+0 records in\n1+0 records out\n",
    );
    assert_eq!(
        data,
        [r#"{"bytes":1048576,"time":0.5,"rate":2.1}"#, r#"{"bytes":512,"time":0.25,"rate":0.9}"#]
    );
    assert_eq!((structure, units.as_str()), (2, r#"{"bytes":"bytes","rate":"MB/s","time":"s"}"#));
}

#[test]
fn pv_shows_a_share_and_a_remaining_time_if_it_knows_the_size() {
    let (data, ..) = read(
        " 512MiB 0:00:02 [ 256MiB/s] [=======>          ] 25% ETA 0:00:06\r1.00GiB 0:00:04 [ 256MiB/s] [==============>   ] 50% ETA 0:00:04\r",
    );
    assert_eq!(data[1], r#"{"bytes":1024,"time":4,"rate":256,"percent":50,"eta":4}"#);
}

#[test]
fn a_target_without_an_answer_has_its_loss_and_no_time() {
    let (data, structure, units) = read(
        "192.0.2.7 : [0], 64 bytes, 0.056 ms (0.056 avg, 0% loss)\n192.0.2.8 : [0], timed out (NaN avg, 100% loss)\n\n192.0.2.7 : xmt/rcv/%loss = 1/1/0%, min/avg/max = 0.056/0.056/0.056\n192.0.2.8 : xmt/rcv/%loss = 1/0/100%\n",
    );
    assert_eq!(data, [r#"{"192.0.2.7":{"time":0.056,"average":0.056,"loss":0},"192.0.2.8":{"loss":100}}"#]);
    assert_eq!(structure, 2);
    assert!(units.contains(r#""192.0.2.7.time":"ms""#), "{units}");
}

#[test]
fn each_stream_of_iperf_is_a_series_and_its_totals_are_no_samples() {
    let (data, structure, _) = read(
        "[ ID] Interval           Transfer     Bitrate\n[  5]   0.00-1.00   sec  1.00 GBytes   8.0 Gbits/sec\n[  7]   0.00-1.00   sec   512 MBytes   4.0 Gbits/sec\n[SUM]   0.00-1.00   sec  1.50 GBytes  12.0 Gbits/sec\n- - - - - - - - - -\n[  5]   0.00-1.00   sec  1.00 GBytes   8.0 Gbits/sec                  receiver\n",
    );
    assert_eq!(
        data,
        [
            r#"{"5":{"transfer":1.00,"bitrate":8.0},"7":{"transfer":512,"bitrate":4.0},"SUM":{"transfer":1.50,"bitrate":12.0}}"#
        ]
    );
    assert_eq!(structure, 3);
}

#[test]
fn sensors_are_series_below_their_chip_with_their_units() {
    let (data, structure, units) = read(
        "coretemp-isa-0000\nAdapter: ISA adapter\nPackage id 0:  +45.0°C  (high = +80.0°C, crit = +100.0°C)\nCore 0:        +43.0°C  (high = +80.0°C, crit = +100.0°C)\n\nnct6775-isa-0290\nAdapter: ISA adapter\nin0:          1.05 V  (min =  +0.00 V, max =  +1.74 V)\nfan1:        1204 RPM  (min =    0 RPM)\ntemp3:           N/A  (crit = +119.0°C)\n",
    );
    assert_eq!(
        data,
        [
            r#"{"coretemp-isa-0000":{"Package id 0":45.0,"Core 0":43.0},"nct6775-isa-0290":{"in0":1.05,"fan1":1204}}"#
        ]
    );
    assert_eq!(structure, 4);
    assert!(units.contains(r#""nct6775-isa-0290.fan1":"RPM""#), "{units}");
}

#[test]
fn prose_that_looks_a_little_like_it_stays_text() {
    for line in [
        "Connecting to the host",
        "12 bytes copied",
        "[5] done",
        "note: 45 (see below)",
        "50% of all [see above]",
    ] {
        let (data, structure, _) = read(&format!("{line}\n"));
        assert_eq!((data.len(), structure), (1, 0), "{line}");
        assert!(data[0].starts_with('"'), "{line}: {}", data[0]);
    }
}
