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
