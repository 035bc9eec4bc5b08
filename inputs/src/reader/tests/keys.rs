//! The column that identifies the device of a row is told from measured values.

use super::*;

#[test]
fn the_load_of_a_processor_is_a_value_and_not_a_device() {
    let result = read("time,cpu\n2026-11-22T10:42:00Z,12.50\n2026-11-22T10:42:01Z,3\n");
    assert_eq!(result.data, [json!({"cpu": 12.5}), json!({"cpu": 3})], "{result:?}");
    assert_eq!(result.unreadable, []);
    let result = read("cpu,temp\n12.5,40\n13.5,41\n");
    assert_eq!(result.data, [json!({"cpu": 12.5, "temp": 40}), json!({"cpu": 13.5, "temp": 41})]);
    let result = read(" cpu  mem\n12.5 40.1\n13.5 41.0\n");
    assert_eq!(result.data, [json!({"cpu": 12.5, "mem": 40.1}), json!({"cpu": 13.5, "mem": 41.0})]);
    let result = read("time,cpu,mem\n1795344127,0,40\n1795344128,1,41\n1795344129,2,42\n");
    assert_eq!(result.data.len(), 3, "{result:?}");
    assert_eq!(result.data[2], json!({"cpu": 2, "mem": 42}));
    let result = read("time,cpu,mem\n1795344127,0,40\n1795344127,1,41\n1795344128,0,42\n");
    assert_eq!(result.data[0], json!({"0": {"mem": 40}, "1": {"mem": 41}}));
    let result = read("disk,net\n0,40\n37,41\n12,40\n");
    assert_eq!(result.data[0], json!({"disk": 0, "net": 40}));
    assert_eq!(result.data.len(), 3, "{result:?}");
}

#[test]
fn hosts_and_pods_are_the_devices_of_their_processors_and_disks() {
    let expected = [json!({"a": {"cpu": 12.5, "mem": 100}, "b": {"cpu": 3, "mem": 512}})];
    assert_eq!(read("host,cpu,mem\na,12.50,100\nb,3,512\n").data, expected);
    assert_eq!(read("pod,cpu,mem\na,12.50,100\nb,3,512\n").data, expected);
    assert_eq!(read("HOST  cpu   mem\na     12.50 100\nb     3     512\n").data, expected);
}

#[test]
fn processors_and_disks_that_are_counted_or_named_are_devices() {
    let result = read("cpu,busy\nall,3\n0,4\n1,2\nall,4\n0,5\n1,3\n");
    assert_eq!(result.data[0], json!({"all": {"busy": 3}, "0": {"busy": 4}, "1": {"busy": 2}}));
    let result = read("disk,busy\nsda,3\nsdb,4\n");
    assert_eq!(result.data, [json!({"sda": {"busy": 3}, "sdb": {"busy": 4}})]);
    let result = read("hostname;CPU;%idle\nb;-1;94.4\nb;0;93.2\n");
    assert_eq!(result.data, [json!({"b": {"-1": {"%idle": 94.4}, "0": {"%idle": 93.2}}})]);
}

#[test]
fn a_named_column_that_the_table_does_not_have_is_reported_and_the_key_is_recognised() {
    let options = |key: Option<&str>, time: Option<&str>| Options {
        key: key.map(str::to_owned),
        time: time.map(str::to_owned),
        ..Options::default()
    };
    let expected = [json!({"a": {"v": 1}, "b": {"v": 2}})];
    for input in ["host,v\na,1\nb,2\n", "host  v\na     1\nb     2\n"] {
        for options in [options(Some("nope"), None), options(None, Some("nope"))] {
            let result = read_with(input.as_bytes(), options);
            let reason = "there is no column nope; the columns are host, v".to_owned();
            assert_eq!(result.unreadable, [(1, reason)]);
            assert_eq!(result.data, expected);
        }
        assert_eq!(read_with(input.as_bytes(), options(Some("Host"), None)).data, expected);
    }
}

#[test]
fn the_devices_of_several_machines_are_below_the_names_of_their_machines() {
    let result = read("node,mode,v\nn1,user,1\nn1,idle,2\nn2,user,3\nn1,user,4\n");
    assert_eq!(
        result.data,
        [
            json!({"n1": {"user": {"v": 1}, "idle": {"v": 2}}, "n2": {"user": {"v": 3}}}),
            json!({"n1": {"user": {"v": 4}}})
        ]
    );
    let result = read("time,pod,container,cpu\n1795344127,a,web,0.5\n1795344127,a,db,1\n");
    assert_eq!(result.data, [json!({"a": {"web": {"cpu": 0.5}, "db": {"cpu": 1}}})]);
}

#[test]
fn the_first_device_of_a_slow_table_is_published_in_the_same_form_as_the_others() {
    let mut reader = Reader::new(Options::default(), Box::new(Utc));
    let mut outcomes = Vec::new();
    let lines = ["Device   tps", "sda        4", "sdb        5", "sda        6", "sdb        7"];
    for (number, text) in (1..).zip(lines) {
        let at = |ms| Moment { mono_ms: number * 300 + ms, ..NOW };
        outcomes.extend(reader.read(Line { number, text: Ok(text.to_owned()) }, at(0)));
        outcomes.extend(reader.wake(at(299)));
    }
    outcomes.extend(reader.finish(NOW));
    let result = collect(outcomes, &reader);
    assert!(result.data.iter().all(|data| data.get("Device").is_none()), "{result:?}");
    assert_eq!(result.data[0], json!({"sda": {"tps": 4}, "sdb": {"tps": 5}}));
}
