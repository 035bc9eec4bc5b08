//! Tests that read the output of system tools.

use super::*;

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

/// Returns the beginning of a day in November 2026.
fn day(day: u32) -> i64 {
    shared::timestamp::day_ms(2026, 11, day).unwrap()
}

/// Returns a banner of sysstat with this date.
fn banner(date: &str) -> String {
    format!("Linux 6.1.0 (b) \t{date} \t_x86_64_\t(2 CPU)\n\n")
}

/// Returns a day in the notations in which sysstat writes it in different countries.
fn notations(day_ms: i64) -> [String; 6] {
    let iso = crate::time::Stamp::Local(day_ms).written();
    let (year, month, day) = (&iso[..4], &iso[5..7], &iso[8..10]);
    let short = &year[2..];
    [
        format!("{month}/{day}/{short}"),
        format!("{month}/{day}/{year}"),
        format!("{day}/{month}/{short}"),
        format!("{day}-{month}-{short}"),
        format!("{day}.{month}.{year}"),
        format!("{year}-{month}-{day}"),
    ]
}

#[test]
fn the_day_in_the_banner_is_read_on_any_day_of_the_year() {
    let rows = "00:00:01     CPU    %usr   %idle\n00:10:01     all    7.11   89.35\n14:50:01     all    8.63   89.34\n";
    for day_ms in (0..365).step_by(3).map(|n| day(1) + n * 86_400_000) {
        let now = Moment { wall_ms: day_ms + 15 * 3_600_000, ..NOW };
        let times = [601_000, 53_401_000].map(|ms| Some(day_ms + ms));
        for date in notations(day_ms) {
            let result = read_at(now, format!("{}{rows}", banner(&date)).as_bytes(), Options::default());
            assert_eq!(result.times, times, "{date} {result:?}");
        }
    }
    let stored = read(&format!("{}{rows}", banner("11/05/26")));
    assert_eq!(stored.times, [601_000, 53_401_000].map(|ms| Some(day(5) + ms)));
}

#[test]
fn a_version_of_the_kernel_is_not_the_date_in_the_banner() {
    let rows = "10:42:07     CPU    %usr   %idle\n10:42:08     all    7.11   89.35\n";
    for version in ["6.6.26", "6.1.0", "5.10.27", "4.9.2026", "6-6-26"] {
        let banner = banner("11/22/26").replace("6.1.0", version);
        let result = read(&format!("{banner}{rows}"));
        assert_eq!(result.times, [Some(1_795_344_128_000)], "{version} {result:?}");
    }
}

#[test]
fn the_lines_with_the_date_and_the_time_of_iostat_are_read_on_any_day_of_the_year() {
    for day_ms in (0..365).step_by(3).map(|n| day(1) + n * 86_400_000) {
        let now = Moment { wall_ms: day_ms + 15 * 3_600_000, ..NOW };
        for date in notations(day_ms).into_iter().filter(|date| date.contains('/')) {
            let tick = |clock: &str| {
                format!(
                    "{date} {clock}\navg-cpu:  %user   %nice   %idle\n           2.51    0.00   96.37\n\n\
                     Device             tps    kB_read/s\nsda             412.41     16600.60\n\n"
                )
            };
            let input = format!("{}{}{}", banner(&date), tick("14:00:00"), tick("14:00:01"));
            let result = read_at(now, input.as_bytes(), Options::default());
            let times = [50_400_000, 50_401_000].map(|ms| Some(day_ms + ms));
            assert_eq!((&result.times[..], result.log.len()), (&times[..], 0), "{date} {result:?}");
        }
    }
}

#[test]
fn every_table_of_stored_data_begins_with_the_day_in_the_banner() {
    let activity = |names: &str, values: &str| {
        format!(
            "00:00:01    {names}\n00:10:01    {values}\n12:00:01    {values}\n23:50:01    {values}\nAverage:    {values}\n\n"
        )
    };
    let result = read(&format!(
        "Linux 6.1.0 (b) \t11/20/26 \t_x86_64_\t(2 CPU)\n\n{}{}{}",
        activity("   CPU    %user    %idle", "   all     1.00    99.00"),
        activity("kbmemfree  %memused", "     1000     10.50"),
        activity("  runq-sz  plist-sz   ldavg-1", "        0       150      0.50"),
    ));
    let times = [601_000, 43_201_000, 85_801_000].map(|ms| Some(day(20) + ms));
    assert_eq!(result.times, times.repeat(3), "{result:?}");
    assert_eq!((result.data.len(), result.log.len()), (9, 0), "{result:?}");
}

#[test]
fn tables_that_are_printed_in_turns_pass_midnight_together() {
    let tick = |header: &str, clock: &str| {
        format!(
            "{header}        CPU    %user    %idle\n{clock}        all     1.00    99.00\n\n\
             {header}    kbmemfree  %memused\n{clock}         1000     10.50\n\n"
        )
    };
    let result = read(&format!(
        "Linux 6.1.0 (b) \t11/20/26 \t_x86_64_\t(2 CPU)\n\n{}{}{}",
        tick("23:59:58", "23:59:59"),
        tick("23:59:59", "00:00:00"),
        tick("00:00:00", "00:00:01"),
    ));
    let times = [-1_000, -1_000, 0, 0, 1_000, 1_000].map(|ms| Some(day(21) + ms));
    assert_eq!(result.times, times, "{result:?}");
}

/// The names and the values of three tables of sysstat, without the time before them.
const CPU: (&str, &str) = ("        CPU    %user    %idle", "        all     1.00    99.00");
const CPU_AND_NICE: (&str, &str) =
    ("        CPU    %user    %nice    %idle", "        all     1.00     0.00    99.00");
const MEMORY: (&str, &str) = ("    kbmemfree  %memused", "         1000     10.50");

/// Returns a table of sysstat: a header with the first of these times, and a row with each of the others.
fn table((names, values): (&str, &str), times: &[&str]) -> String {
    let rows = times[1..].iter().map(|time| format!("{time}{values}\n"));
    format!("{}{names}\n{}\n", times[0], rows.collect::<String>())
}

#[test]
fn a_table_that_begins_after_midnight_has_the_day_of_the_tables_before_it() {
    const EVENING_MS: i64 = -60_000;
    for (tables, times) in [
        // The second table had no row before midnight.
        (
            [
                table(CPU, &["23:58:00", "23:59:00"]),
                table(CPU, &["23:59:00", "00:00:00"]),
                table(MEMORY, &["23:59:00", "00:00:00"]),
                table(CPU, &["00:00:00", "00:01:00"]),
            ],
            vec![EVENING_MS, 0, 0, 60_000],
        ),
        // The first row of the second table is the first one after midnight.
        (
            [
                table(CPU, &["23:58:00", "23:59:00"]),
                table(CPU_AND_NICE, &["23:59:00", "00:00:00"]),
                table(CPU_AND_NICE, &["00:00:00", "00:01:00"]),
                String::new(),
            ],
            vec![EVENING_MS, 0, 60_000],
        ),
        // The second table begins long after midnight.
        (
            [
                table(CPU, &["23:58:00", "23:59:00", "00:00:00"]),
                table(CPU, &["00:00:00", "09:00:00"]),
                table(MEMORY, &["08:59:00", "09:00:00"]),
                table(MEMORY, &["09:00:00", "09:01:00"]),
            ],
            vec![EVENING_MS, 0, 32_400_000, 32_400_000, 32_460_000],
        ),
        // The second table had no row for half a day.
        (
            [
                table(MEMORY, &["10:58:00", "10:59:00"]),
                table(CPU, &["10:58:00", "10:59:00", "23:59:00", "00:00:00"]),
                table(MEMORY, &["23:59:00", "00:00:00"]),
                table(CPU, &["00:00:00", "00:01:00"]),
            ],
            vec![-46_860_000, -46_860_000, EVENING_MS, 0, 0, 60_000],
        ),
    ] {
        let input = format!("{}{}", banner("11/20/26"), tables.concat());
        let result = read(&input);
        let expected: Vec<_> = times.iter().map(|ms| Some(day(21) + ms)).collect();
        assert_eq!(result.times, expected, "{input} {result:?}");
    }
}

#[test]
fn stored_tables_that_end_after_midnight_all_begin_on_the_day_in_the_banner() {
    let times = ["00:00:00", "00:10:00", "23:50:00", "00:00:00"];
    let later = ["10:00:00", "10:10:00", "23:50:00"];
    let tables = [table(CPU, &times), table(MEMORY, &times), table(CPU_AND_NICE, &later)];
    let result = read(&format!("{}{}", banner("11/20/26"), tables[..2].concat()));
    let expected = [600_000, 85_800_000, 86_400_000].map(|ms| Some(day(20) + ms));
    assert_eq!(result.times, expected.repeat(2), "{result:?}");
    let result = read(&format!("{}{}{}", banner("11/20/26"), table(CPU, &times[..3]), tables[2]));
    let expected = [600_000, 85_800_000, 36_600_000, 85_800_000].map(|ms| Some(day(20) + ms));
    assert_eq!(result.times, expected, "{result:?}");
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
