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
    let result = read("count  pct\n1.234  5,5\n900    6,5\n");
    assert_eq!(result.data, [json!({"count": 1234, "pct": 5.5}), json!({"count": 900, "pct": 6.5})]);
    assert_eq!(read("A;B\n1.000;2\n1.500;3\n").json[0], r#"{"A":1.000,"B":2}"#);
    assert_eq!(read("A;B\n1.000;2,5\n1.5;3\n").json[1], r#"{"A":1.5,"B":3}"#);
}

#[test]
fn a_file_system_with_a_blank_in_its_name_does_not_shift_its_row() {
    let result = read(
        "Filesystem     Size  Used Avail Use% Mounted on\n/dev/sda1      460G   10G  156G   7% /\n\
         map auto_home     0     0     0 100% /home\n//nas/my share 100G   50G   50G  50% /mnt/a b  c\n",
    );
    let data = &result.data[0];
    assert_eq!(data["/home"]["Filesystem"], "map auto_home", "{result:?}");
    assert_eq!(data["/mnt/a b  c"]["Filesystem"], "//nas/my share", "{result:?}");
    assert_eq!(data["/mnt/a b  c"]["Size"], 100);
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
    let result = read("usr sys| read  writ| recv\n  2   1| 120k  340k|   0 \n  6   2|4k    8k   |1200\n");
    assert_eq!(
        result.data[0],
        json!({"usr": 2, "sys": 1, "read": 120, "writ": 340, "recv": 0}),
        "{result:?}"
    );
    assert_eq!(result.data[1]["read"], 4);
}
