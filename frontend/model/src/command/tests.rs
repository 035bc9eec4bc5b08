use super::*;
use crate::window::Window;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn of(key: &str, has_shift: bool, is_in_chart: bool) -> Option<Command> {
    Command::of(Press { key, has_shift, is_in_chart, ..Press::default() })
}

fn with_ctrl(key: &str) -> Option<Command> {
    Command::of(Press { key, has_ctrl: true, ..Press::default() })
}

#[test]
fn digits_choose_the_windows_in_their_order() {
    for (index, window) in Window::ALL.into_iter().enumerate() {
        assert_eq!(of(&(index + 1).to_string(), false, false), Some(Command::Travel(Travel::Show(window))));
    }
    assert_eq!((of("0", false, false), of("8", false, false)), (None, None));
}

#[test]
fn arrows_move_the_stretch_except_in_a_chart() {
    assert_eq!(of("ArrowLeft", false, false), Some(Command::Travel(Travel::Earlier)));
    assert_eq!(of("ArrowLeft", false, true), None);
    assert_eq!(of("ArrowLeft", true, true), Some(Command::Travel(Travel::BrushEarlier)));
}

#[test]
fn other_keys_have_no_command() {
    for key in ["", "F1", "Tab", "ArrowUp", "x", "é", "11"] {
        assert_eq!(of(key, false, false), None, "{key}");
    }
}

#[test]
fn letters_may_be_upper_case_and_characters_may_need_shift() {
    assert_eq!(of("N", true, false), Some(Command::Travel(Travel::Now)));
    for (key, command) in [("/", Command::Palette), ("?", Command::Keys)] {
        assert_eq!((of(key, true, false), of(key, false, true)), (Some(command), Some(command)));
    }
}

#[test]
fn with_ctrl_only_the_palette_has_a_key_so_that_those_of_the_browser_work() {
    assert_eq!((with_ctrl("k"), with_ctrl("K")), (Some(Command::Palette), Some(Command::Palette)));
    for key in ["c", "r", "w", "p", "n", "t", "1", "+", "-", "f", "/"] {
        assert_eq!(with_ctrl(key), None, "{key}");
    }
    let press = Press { key: "/", ..Press::default() };
    assert!(Command::Palette.works_in_fields(Press { has_ctrl: true, ..press }));
    assert!(!Command::Palette.works_in_fields(press), "a slash is typed into a field");
}

#[test]
fn every_command_has_one_row_and_every_key_one_command() {
    let mut keys: Vec<String> = TABLE.iter().flat_map(|row| row.keys).map(|key| key.words()).collect();
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count);
    for row in TABLE {
        assert_eq!(TABLE.iter().filter(|other| other.command == row.command).count(), 1, "{}", row.words);
        assert_eq!(Command::named(row.command.name()), Some(row.command));
        assert!(row.is_offered || !row.keys.is_empty(), "{} can be reached", row.words);
    }
}

#[test]
fn every_key_of_the_table_causes_its_command() {
    for row in TABLE {
        for key in row.keys {
            let (name, has_shift, has_ctrl) = match *key {
                Key::Typed(name) | Key::Plain(name) => (name, false, false),
                Key::Shift(name) => (name, true, false),
                Key::Ctrl(name) => (name, false, true),
            };
            let press = Press { key: name, has_shift, has_ctrl, is_in_chart: false };
            assert_eq!(Command::of(press), Some(row.command), "{}", key.words());
        }
    }
}

#[test]
fn what_a_token_forbids_is_not_possible() {
    let now = Situation::default();
    assert!(!Command::Forget.is_possible(&now));
    assert!(Command::Forget.is_possible(&Situation { may_forget: true, ..now }));
    assert!(!Command::Mark.is_possible(&Situation { is_recording: true, ..now }));
    let now_key = Command::Travel(Travel::Now);
    assert!(!now_key.is_possible(&now) && now_key.is_possible(&Situation { is_paused: true, ..now }));
}
