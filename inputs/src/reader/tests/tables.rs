//! Rows of tables are told from their headers, separators and the text around them.

use super::*;

#[test]
fn a_command_with_several_options_is_a_row_and_no_separator() {
    let result = read(
        "USER       PID %CPU %MEM COMMAND\nroot         1  0.5  0.0 /p --a --b --c\nroot         2  0.0  0.0 [kthreadd]\n",
    );
    assert_eq!((result.structure, result.log.len()), (1, 0), "{result:?}");
    assert!(result.json.join("").contains("/p --a --b --c"), "{result:?}");
}

#[test]
fn a_text_between_dashes_is_no_separator() {
    let result = read(" r  b free\n 1  0  225\n---- disk sda failed ---- see log ----\n 2  0  224\n");
    assert_eq!(result.log, [json!("---- disk sda failed ---- see log ----")]);
}

#[test]
fn text_with_commas_or_tabs_is_not_taken_for_a_table() {
    for input in [
        "2026-11-22T08:42:07.123456789Z {\"msg\":\"x\",\"n\":1}\n2026-11-22T08:42:08.123456789Z {\"msg\":\"y\",\"n\":2}\n",
        "WARN, disk, sda\nWARN, disk, sdb\n",
        "alice,login,ok\nbob,login,failed\n",
        "Hello, world, again\nGoodbye, world, again\n",
        "Limit                     Soft Limit           Hard Limit           Units     \n\
         Max cpu time              unlimited            unlimited            seconds   \n\
         Max resident set          unlimited            unlimited            bytes     \n\
         Max stack size            8388608              unlimited            bytes     \n",
    ] {
        let result = read(input);
        let lines: Vec<Value> = input.lines().map(|line| json!(line)).collect();
        assert_eq!((result.format, result.data), (Some(Format::Text), lines));
    }
    let result = read("4.0K\t./a\n1.2G\t./b c\n0\t./d\n12K\t.\n");
    assert_eq!((result.data.len(), result.structure), (4, 0));
    let result = read("Name:\tcat\nState:\tR (running)\nTgid:\t26307\nNgid:\t0\n");
    assert_eq!(result.structure, 0);
}

#[test]
fn a_header_is_recognised_by_a_value_in_one_of_the_rows_below_it() {
    let result = read("host,state,at\na,up,N/A\nb,down,2026-11-22T10:42:07Z\n");
    assert_eq!((result.format, result.structure), (Some(Format::Csv), 1));
    let result = read("host,state,note\na,up,\nb,down,bad\nc,up,5\n");
    assert_eq!((result.format, result.structure), (Some(Format::Csv), 1));
}

#[test]
fn thousands_in_quotes_are_numbers() {
    let result = read("city,pop\nParis,\"2,102,650\"\nBonn,\"331,885\"\n");
    assert_eq!(
        result.data,
        [json!({"city": "Paris", "pop": 2_102_650}), json!({"city": "Bonn", "pop": 331_885})]
    );
    let result = read("at,a\n1,\"1,234.56\"\n2,\"12,345\"\n3,\"-2,102\"\n");
    assert_eq!(
        result.data,
        [json!({"at": 1, "a": 1234.56}), json!({"at": 2, "a": 12345}), json!({"at": 3, "a": -2102})]
    );
}

#[test]
fn points_separate_thousands_where_commas_are_decimal() {
    let result = read("A;B\n1.000;2,5\n12.000;4\n-1.000.000;3,25\n");
    assert_eq!(
        result.data,
        [json!({"A": 1000, "B": 2.5}), json!({"A": 12000, "B": 4}), json!({"A": -1_000_000, "B": 3.25})]
    );
    let result = read("CPUS  LOAD\n0,1   1.250\n2,3   1.500\n");
    assert_eq!(result.json[0], r#"{"0,1":{"LOAD":1.250},"2,3":{"LOAD":1.500}}"#, "a list of processors");
    assert_eq!(read("A;B\n1.000;2\n1.500;3\n").json[0], r#"{"A":1.000,"B":2}"#);
    assert_eq!(read("A;B\n1.000;2,5\n1.5;3\n").json[1], r#"{"A":1.5,"B":3}"#);
}

#[test]
fn a_file_system_with_a_blank_in_its_name_does_not_shift_its_row() {
    let result = read(
        "Filesystem     Size  Used Avail Use% Mounted on\n/dev/sda1      460G   10G  156G   7% /\n\
         map auto_home     0     0     0 100% /home\n//nas/my share 100G   50G   50G  50% /media/a b  c\n",
    );
    let data = &result.data[0];
    assert_eq!(data["/home"]["Filesystem"], "map auto_home", "{result:?}");
    assert_eq!(data["/media/a b  c"]["Filesystem"], "//nas/my share", "{result:?}");
    assert_eq!(data["/media/a b  c"]["Size"], 100);
}

#[test]
fn a_command_is_published_with_its_bars_and_blanks() {
    let result = read("  PID CMD\n    1 a | b | c\n    2 x  y   z\n");
    assert_eq!(result.data, [json!({"1": {"CMD": "a | b | c"}, "2": {"CMD": "x  y   z"}})]);
}

#[test]
fn a_table_with_bars_is_divided_at_its_bars() {
    let result = read(
        "| Host  | CPU % | Mem |\n|-------|------:|-----|\n| a     | 12.50 | 1 GiB |\n| web b | 3     | 512 MiB |\n",
    );
    assert_eq!(
        result.data,
        [json!({"a": {"CPU %": 12.5, "Mem": 1}, "web b": {"CPU %": 3, "Mem": 512}})],
        "{result:?}"
    );
    assert_eq!((result.structure, result.log.len()), (2, 0));
    let result = read("| Service name | CPU | State |\n| web front | 12.50 | up |\n| db  | 3     | down |\n");
    assert_eq!(result.data[0]["web front"], json!({"CPU": 12.5, "State": "up"}), "{result:?}");
    let result = read("usr sys| read  writ| recv\n  2   1| 120k  340k|   0 \n  6   2|4k    8k   |1200\n");
    assert_eq!(
        result.data[0],
        json!({"usr": 2, "sys": 1, "read": 120, "writ": 340, "recv": 0}),
        "{result:?}"
    );
    assert_eq!(result.data[1]["read"], 4);
}

#[test]
fn another_header_in_the_input_begins_another_table() {
    let result = read("A B C\n1 2 3\nX Y Z\n4 5 6\n7 8 9\n");
    assert_eq!(
        result.data,
        [json!({"A": 1, "B": 2, "C": 3}), json!({"X": 4, "Y": 5, "Z": 6}), json!({"X": 7, "Y": 8, "Z": 9})]
    );
    let result = read("A B C\n1 2 3\nERROR DISK FAILED\n4 5 6\n");
    assert_eq!(result.log, [json!("ERROR DISK FAILED")]);
    let result = read("r b free\n1 2 3\nDISK IS FULL\n4 5 6\n");
    assert_eq!(result.log, [json!("DISK IS FULL")]);
    let result = read("a,b\n1,2\na,b\n3,4\nb,a\n5,6\n");
    assert_eq!(result.data, [json!({"a": 1, "b": 2}), json!({"a": 3, "b": 4}), json!({"b": 5, "a": 6})]);
    let result = read("a,b\n1,2\na,b,c\n3,4,5\n");
    assert_eq!(result.data, [json!({"a": 1, "b": 2}), json!({"a": 3, "b": 4, "c": 5})]);
    let result = read(
        "calls      bad   badfmt\n12345      0     0\nnull       read     write\n1       0% 1234   45% 567\n",
    );
    assert_eq!(result.data.len(), 1, "{result:?}");
}

#[test]
fn a_header_with_other_names_begins_another_table_with_commas() {
    for (input, expected) in [
        (
            "time,temp\n10:00,21.5\n10:01,21.6\ntime,hum\n10:00,40\n",
            vec![json!({"temp": 21.5}), json!({"temp": 21.6}), json!({"hum": 40})],
        ),
        ("a,b\n1,2\nc,d\n3,4\n", vec![json!({"a": 1, "b": 2}), json!({"c": 3, "d": 4})]),
        ("a;b\n1;2,5\nc;d\n3;4\n", vec![json!({"a": 1, "b": 2.5}), json!({"c": 3, "d": 4})]),
        (
            "city,v\nParis,1\ncity,w\nBonn,2\n",
            vec![json!({"city": "Paris", "v": 1}), json!({"city": "Bonn", "w": 2})],
        ),
        ("id,a\n1,2\nid,b,c\n3,4,5\n", vec![json!({"id": 1, "a": 2}), json!({"id": 3, "b": 4, "c": 5})]),
    ] {
        let result = read(input);
        assert_eq!((&result.data, result.structure), (&expected, 2), "{input} {result:?}");
    }
}

#[test]
fn a_row_with_words_in_place_of_numbers_is_no_header() {
    for (input, row) in [
        ("a,b\n1,2\nerror,error\n3,4\n", json!({"a": "error", "b": "error"})),
        ("a,b\n1,2\nWARN,disk full\n3,4\n", json!({"a": "WARN", "b": "disk full"})),
        ("a,b\n1,2\n7,unknown\n3,4\n", json!({"a": 7, "b": "unknown"})),
        (
            "city,mood,v\nParis,good,1\nBonn,bad,unknown\nBonn,fair,3\n",
            json!({"city": "Bonn", "mood": "bad", "v": "unknown"}),
        ),
        ("kind,v,w\nv,1,2\nw,unknown,4\nv,5,6\n", json!({"kind": "w", "v": "unknown", "w": 4})),
        ("kind,v\nv,1\nw,unknown\nv,5\n", json!({"kind": "w", "v": "unknown"})),
    ] {
        let result = read(input);
        assert_eq!((result.data.len(), result.structure), (3, 1), "{input} {result:?}");
        assert_eq!(result.data[1], row, "{input}");
    }
}

#[test]
fn a_row_of_states_is_no_header() {
    for (a, b) in [
        ("offline", "unknown"),
        ("under range", "over range"),
        ("Out of range", "ok"),
        ("ERR1", "ERR2"),
        ("Error 12", "Error 13"),
        ("sensor offline", "no signal"),
        ("#UNKNOWN", "#N_V"),
        ("not-connected", "defect"),
    ] {
        let result = read(&format!("a,b\n1,2\n{a},{b}\n3,4\n"));
        let rows = [json!({"a": 1, "b": 2}), json!({"a": a, "b": b}), json!({"a": 3, "b": 4})];
        assert_eq!((&result.data[..], result.structure), (&rows[..], 1), "{result:?}");
    }
}

#[test]
fn a_row_with_other_words_is_no_header_below_texts() {
    let result = read("city,t,v\nParis,1,2\nBonn,defekt,kaputt\nParis,3,4\n");
    let rows = [
        json!({"city": "Paris", "t": 1, "v": 2}),
        json!({"city": "Bonn", "t": "defekt", "v": "kaputt"}),
        json!({"city": "Paris", "t": 3, "v": 4}),
    ];
    assert_eq!((&result.data[..], result.structure), (&rows[..], 1), "{result:?}");
}

#[test]
fn the_summary_of_top_is_no_row_and_all_of_its_processes_are() {
    let frame = |clock: &str| {
        format!(
            "top - {clock} up 12 days,  3:11,  2 users,  load average: 0.52, 0.58, 0.59\n\
             Tasks: 233 total,   1 running, 232 sleeping,   0 stopped,   0 zombie\n\
             %Cpu(s):  1.2 us,  0.6 sy,  0.0 ni, 98.1 id,  0.1 wa,  0.0 hi,  0.0 si,  0.0 st\n\
             MiB Mem :  15934.0 total,   8789.1 free,   5000.3 used,   2144.6 buff/cache\n\
             MiB Swap:   2048.0 total,   2048.0 free,      0.0 used.  10548.0 avail Mem \n\n    \
             PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n   \
             1823 root      20   0   24.1g  98304  61440 S   6.2   0.6   1:12.33 Xorg\n     \
             12 root      rt   0       0      0      0 S   0.0   0.0   0:00.81 migration/0\n\n"
        )
    };
    let result = read(&format!("{}{}", frame("10:42:00"), frame("10:42:01")));
    assert_eq!((result.data.len(), result.log.len(), result.structure), (2, 10, 2), "{result:?}");
    for tick in &result.data {
        assert_eq!((&tick["1823"]["COMMAND"], &tick["12"]["PR"]), (&json!("Xorg"), &json!("rt")));
        assert_eq!(tick.as_object().map(serde_json::Map::len), Some(2));
    }
}

#[test]
fn a_column_whose_unit_is_a_hash_is_part_of_the_table() {
    let result = read(
        "# gpu         pid   type     sm    command \n# Idx           #    C/G      %    name \n\
         \x20   0       9921     C     97    python\n    1       9922     C     12    python\n",
    );
    assert_eq!(result.data[0]["9921"], json!({"gpu": 0, "type": "C", "sm": 97, "command": "python"}));
    assert_eq!((result.structure, result.log.len()), (2, 0));
}

#[test]
fn a_column_name_of_two_words_does_not_shift_the_rows_of_chrony() {
    let result = read(
        "MS Name/IP address         Stratum Poll Reach LastRx Last sample               \n\
         ===============================================================================\n\
         ^* time.example.org              1   6   377    33   -123us[ -150us] +/-   11ms\n\
         ^+ 192.0.2.7                     2   6   377    34   +1234us[+1200us] +/-   22ms\n",
    );
    let other = json!({"MS": "^+", "Stratum": 2, "Poll": 6, "Reach": 377, "LastRx": 34, "Last sample": "+1234us[+1200us] +/-   22ms"});
    assert_eq!(result.data[0]["192.0.2.7"], other, "{result:?}");
    assert_eq!(result.data[0]["time.example.org"]["Stratum"], 1);
    assert_eq!((result.data.len(), result.log.len(), result.structure), (1, 0, 2));
}

#[test]
fn a_line_of_text_with_commas_is_no_header_if_a_number_comes_later() {
    let mut lines: Vec<String> = (0..10).map(|_| "al,login,ok".to_owned()).collect();
    lines.extend(["bo,login,ok", "al,logout,5", "bo,login,7"].map(str::to_owned));
    let result = read(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    assert_eq!((result.format, result.data.len()), (Some(Format::Text), 13), "{result:?}");
}

#[test]
fn columns_of_one_name_have_the_names_of_the_groups_between_bars() {
    let result = read(
        "Inter-|   Receive   |  Transmit\n face |bytes packets|bytes packets\n  lo: 81 12 82 13\neth0: 99 14 98 15\n",
    );
    let expected =
        json!({"Receive.bytes": 81, "Receive.packets": 12, "Transmit.bytes": 82, "Transmit.packets": 13});
    assert_eq!(result.data[0]["lo:"], expected, "{result:?}");
}
