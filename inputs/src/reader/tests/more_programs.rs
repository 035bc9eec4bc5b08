//! Tests with the output of further programs, each with what a person expects.

use super::*;

#[test]
fn an_integer_beyond_64_bits_is_text_in_every_format_but_json() {
    let long = "184467440737095516160";
    for (input, json) in [
        (format!("{long}\n{long}\n"), format!("\"{long}\"")),
        (format!("1\n2\n-{long}\n"), format!("\"-{long}\"")),
        (format!("n={long} m=1\nn={long} m=2\n"), format!("{{\"n\":\"{long}\",\"m\":2}}")),
        (format!("n,m\n{long},1\n"), format!("{{\"n\":\"{long}\",\"m\":1}}")),
        (format!("n  m\n{long}  1\n"), format!("{{\"n\":\"{long}\",\"m\":1}}")),
        (format!("{{\"n\": {long}}}\n"), format!("{{\"n\": {long}}}")),
    ] {
        assert_eq!(read(&input).json.last(), Some(&json), "{input}");
    }
    let mixed = read(&format!("1\n2\n{long}\n3\n"));
    assert_eq!((mixed.format, mixed.data.len(), mixed.log.len()), (Some(Format::Number), 4, 0));
}

#[test]
fn a_line_that_only_looks_like_an_exponent_is_text() {
    let result = read("1234e8\n83e2010\n0042\n");
    assert_eq!(
        (result.format, result.data),
        (Some(Format::Text), vec![json!("1234e8"), json!("83e2010"), json!("0042")])
    );
}

#[test]
fn names_and_values_with_colons_are_series() {
    let meminfo = "MemTotal:       24683656 kB\nMemFree:        15793572 kB\nHugePages_Total:       0\n";
    let result = read(&format!("{meminfo}{meminfo}"));
    assert_eq!(result.format, Some(Format::Labels), "{result:?}");
    assert_eq!(
        result.data,
        vec![json!({"MemTotal": 24_683_656, "MemFree": 15_793_572, "HugePages_Total": 0}); 2]
    );
    assert_eq!(result.units.get("MemFree").map(String::as_str), Some("kB"));
    let ups = "STATUS   : ONLINE\nLINEV    : 232.0 Volts\nLOADPCT  : 12.0 Percent\nTIMELEFT : 48.3 Minutes\n";
    let result = read(ups);
    assert_eq!(result.data, [json!({"STATUS": "ONLINE", "LINEV": 232.0, "LOADPCT": 12.0, "TIMELEFT": 48.3})]);
    assert_eq!(result.units.get("LINEV").map(String::as_str), Some("Volts"));
    let plotter = read("A0:512\tA1:300\nA0:513\tA1:301\n");
    assert_eq!(plotter.data[1], json!({"A0": 513, "A1": 301}));
    let status =
        read("Uptime: 86400  Threads: 2  Slow queries: 0\nUptime: 86401  Threads: 3  Slow queries: 0\n");
    assert_eq!(status.data[1], json!({"Uptime": 86401, "Threads": 3, "Slow queries": 0}));
}

#[test]
fn sentences_with_colons_are_text_and_disturb_no_values() {
    let result = read("Starting: web\nError: no answer\nRetrying in: a moment\n");
    assert_eq!((result.format, result.data.len()), (Some(Format::Text), 3), "{result:?}");
    let result = read("Temp: 21.5\nTemp: 21.6\nTemp: 21.7\nWarning: low battery\nTemp: 21.8\n");
    assert_eq!((result.data.len(), result.log), (4, vec![json!("Warning: low battery")]));
}

#[test]
fn graphite_lines_of_one_moment_are_one_publication() {
    let result = read("a.cpu.user 12.50 1795344127\na.load 0.52 1795344127\na.cpu.user 13 1795344137\n");
    assert_eq!(result.format, Some(Format::Graphite));
    assert_eq!(result.json, [r#"{"a.cpu.user":12.50,"a.load":0.52}"#, r#"{"a.cpu.user":13}"#]);
    assert_eq!(result.times[0], Some(1_795_344_127_000));
}

#[test]
fn the_first_row_of_a_table_without_header_is_no_header() {
    for input in [
        "CPU Temp         | 43 degrees C      | ok\nFAN1             | 3700 RPM          | ok\n",
        "689M\t/usr/bin\n8.0K\t/usr/etc\n4.0K\t/usr/games\n",
        "PRC | sys    6m14s | user  16.75s | proc     95 |\nCPU | sys      23% | user    153% | irq       1% |\n",
        "Content-type: text/html; charset=utf-8\nContent-Length: 3188\n",
        "Inter-|   Receive        |  Transmit\n face |bytes    packets  |bytes    packets\n",
    ] {
        let result = read(input);
        assert!(!matches!(result.format, Some(Format::Csv | Format::Columns)), "{result:?}");
        let lines = input.lines().count();
        assert_eq!(result.data.len() + result.log.len() + result.structure, lines, "{result:?}");
        assert_eq!(result.structure, 0, "{result:?}");
    }
    let lscpu =
        read("Byte Order:                         Little Endian\nCPU(s):                             2\n");
    assert_eq!(lscpu.data, [json!({"Byte Order": "Little Endian", "CPU(s)": 2})]);
}

#[test]
fn money_with_separated_thousands_is_a_number_in_a_table() {
    assert_eq!(
        read("amount,currency\n\"1,234.56\",USD\n987.65,USD\n").json[0],
        r#"{"amount":1234.56,"currency":"USD"}"#
    );
    assert_eq!(read("Betrag;Art\n1.234,56;EUR\n987,65;EUR\n").json[0], r#"{"Betrag":1234.56,"Art":"EUR"}"#);
    assert_eq!(read("pos=1,234.5 n=1\n").json[0], r#"{"pos":"1,234.5","n":1}"#, "it may be a list");
}

#[test]
fn a_time_is_neither_the_name_of_a_device_nor_a_value() {
    let result =
        read("HH:MM:SS   KB/s in  KB/s out\n10:42:07      0.50      0.25\n10:42:08      0.75      0.25\n");
    assert_eq!(result.data[0], json!({"KB/s in": 0.5, "KB/s out": 0.25}), "{result:?}");
    assert_eq!(result.times[1], Some(1_795_344_128_000));
    let epoch = read("frame.time_epoch,ip.src,frame.len\n1795344127.409564724,192.0.2.7,74\n");
    assert_eq!(
        (epoch.data, epoch.times),
        (vec![json!({"ip.src": "192.0.2.7", "frame.len": 74})], vec![Some(1_795_344_127_409)])
    );
    // The processor time of a process is a duration.
    let ps = read(
        "UID          PID    PPID  C STIME TTY          TIME CMD\nroot         811       1  0 10:40 ?        00:00:05 sshd\n",
    );
    assert_eq!(ps.times, [None], "{ps:?}");
}

#[test]
fn rows_of_several_devices_have_names_that_differ() {
    let df = "Filesystem      Size  Used Avail Use% Mounted on\ntmpfs            24G  256K   24G   1% /dev/shm\ntmpfs            12G     0   12G   0% /run\n";
    assert_eq!(read(df).data.len(), 1);
    assert_eq!(read(df).data[0]["/run"]["Use%"], 0);
    let threads = "10:42:07      UID      TGID       TID    %usr   CPU  Command\n10:42:08        0     22629         -    0.00     1  cargo\n\
                   10:42:08        0         -     27066   93.20     1  |__rustc\n";
    assert_eq!(read(threads).data[0]["27066"]["%usr"], 93.2, "{:?}", read(threads));
    let disk = "avg-cpu:  %user   %idle\n          64.7%   10.6%\n\n      tps    kB_read/s    kB_read Device\n   145.65         1.5M      41.5G vda\n";
    assert_eq!(read(disk).data[0]["vda"]["tps"], 145.65, "{:?}", read(disk));
    let query = "time,datname,numbackends\n2026-11-22 10:42:07,postgres,1\n2026-11-22 10:42:07,template1,0\n";
    assert_eq!(read(query).data, [json!({"postgres": {"numbackends": 1}, "template1": {"numbackends": 0}})]);
}

#[test]
fn lines_that_are_drawn_around_a_table_are_not_part_of_it() {
    let boxed = "+-----------------+---------+\n| Variable_name   | Value   |\n+-----------------+---------+\n| Queries         | 4194304 |\n| Uptime          | 86400   |\n+-----------------+---------+\n";
    let result = read(boxed);
    assert_eq!(
        result.data,
        [json!({"Queries": {"Value": 4_194_304}, "Uptime": {"Value": 86400}})],
        "{result:?}"
    );
    let psql = "  datname  | numbackends | xact_commit \n-----------+-------------+-------------\n postgres  |           1 |           3\n template1 |           0 |         877\n";
    assert_eq!(read(psql).data[0]["template1"]["xact_commit"], 877, "{:?}", read(psql));
}

#[test]
fn json_over_several_lines_may_begin_with_more_than_a_brace() {
    let result = read(
        "{\"sysstat\": {\n\t\"hosts\": [\n\t\t{\n\t\t\t\"nodename\": \"board\",\n\t\t\t\"load\": 0.50,\n\t\t\t\"cpus\": 2\n\t\t}\n\t]\n}}\n",
    );
    assert_eq!(
        result.data,
        [json!({"sysstat": {"hosts": [{"nodename": "board", "load": 0.5, "cpus": 2}]}})],
        "{result:?}"
    );
}

#[test]
fn escapes_and_levels_are_read_as_their_loggers_write_them() {
    let result = read("level=info msg=\"caf\\u00e9 \\x41 \\u12\"\n");
    assert_eq!(result.data, [json!({"level": "info", "msg": "café A u12"})]);
    let slog = read("{\"time\":\"2026-11-22T10:42:07Z\",\"level\":\"ERROR+2\",\"msg\":\"bad\"}\n");
    assert_eq!(slog.data[0]["level"], "ERROR");
}
