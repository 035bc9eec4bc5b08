use shared::Topic;

use super::*;
use crate::kind::Kind;
use crate::placement::mix::MIX;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[cfg(not(target_arch = "wasm32"))]
mod any_wall;

fn panel(number: usize, kind: Kind) -> WallPanel {
    let is_figure = matches!(kind, Kind::Number | Kind::State);
    let figure_em = if is_figure { 3.2 } else { 0.0 };
    WallPanel {
        topic: Topic::new(&format!("group{}/{number}", number / 5)).unwrap(),
        size: Size::of(kind),
        name_em: 4.0,
        group_em: 3.0,
        chip_em: 0.5,
        figure_em,
        is_in_trouble: false,
    }
}

fn board(count: usize) -> Vec<WallPanel> {
    (0..count).map(|number| panel(number, MIX[number % MIX.len()])).collect()
}

/// Returns the screen of 3840 by 2160 pixels with a diagonal of 55 inches, read from 4 m.
fn from_4_metres() -> WallView {
    WallView { width: 3_760.0, height: 1_938.0, gap: 28.0, text_px: 81.0, figure_px: 111.0 }
}

fn from_2_metres() -> WallView {
    WallView { width: 3_800.0, height: 2_048.0, gap: 14.0, text_px: 41.0, figure_px: 56.0 }
}

/// Asserts that every panel is on exactly one page, that no two panels overlap, and that each page fills the screen.
fn assert_sound(panels: &[WallPanel], view: &WallView, pages: &[Placement]) {
    let mut shown: Vec<&Topic> =
        pages.iter().flat_map(|page| page.places()).map(|(topic, _)| topic).collect();
    let mut expected: Vec<&Topic> = panels.iter().map(|panel| &panel.topic).collect();
    shown.sort_unstable();
    expected.sort_unstable();
    assert_eq!(shown, expected);
    for page in pages {
        let places: Vec<Place> = page.places().iter().map(|(_, place)| *place).collect();
        let edge = |of: fn(&Place) -> i32| places.iter().map(of).max().unwrap();
        assert_eq!(edge(|place| place.left + place.width), view.width.round() as i32);
        assert_eq!(edge(|place| place.top + place.height), view.height.round() as i32);
        for (index, a) in places.iter().enumerate() {
            assert!(a.left >= 0 && a.top >= 0 && a.width > 0 && a.height > 0, "{a:?}");
            let overlaps = |b: &&Place| {
                a.left < b.left + b.width
                    && b.left < a.left + a.width
                    && a.top < b.top + b.height
                    && b.top < a.top + a.height
            };
            assert_eq!(places[index + 1..].iter().find(overlaps), None, "overlaps {a:?}");
        }
    }
}

#[test]
fn from_4_metres_a_page_has_8_columns_3_shelves_and_about_a_dozen_panels() {
    let (view, board) = (from_4_metres(), board(50));
    assert_eq!((view.columns(), view.shelves()), (8, 3));
    let pages = pages(&board, &view);
    assert_sound(&board, &view, &pages);
    let counts: Vec<usize> = pages.iter().map(|page| page.places().len()).collect();
    assert_eq!(counts, [9, 9, 9, 9, 9, 5]);
}

#[test]
fn from_half_the_distance_there_is_room_for_four_times_as_many() {
    let (view, board) = (from_2_metres(), board(50));
    assert_eq!((view.columns(), view.shelves()), (16, 6));
    let pages = pages(&board, &view);
    assert_sound(&board, &view, &pages);
    assert!(pages.len() <= 2, "{} pages", pages.len());
}

#[test]
fn a_panel_in_trouble_is_the_first_and_shares_no_shelf_height() {
    let (view, mut board) = (from_4_metres(), board(50));
    board[46] = WallPanel { is_in_trouble: true, ..panel(46, Kind::Number) };
    let pages = pages(&board, &view);
    assert_sound(&board, &view, &pages);
    let (topic, place) = &pages[0].places()[0];
    assert_eq!(topic, &board[46].topic);
    assert!(f64::from(place.height) > view.height / 3.0 - view.gap, "{place:?}");
}

#[test]
fn a_panel_is_wide_enough_for_its_figure_and_its_name() {
    let view = from_4_metres();
    let width = |panel: WallPanel| {
        let board = [panel, self::panel(1, Kind::Line), self::panel(2, Kind::Line)];
        f64::from(pages(&board, &view)[0].places()[0].1.width)
    };
    let figure = WallPanel { figure_em: 12.0, ..panel(0, Kind::Number) };
    assert!(width(figure) >= 12.0 * view.figure_px);
    let name = WallPanel { name_em: 15.0, ..panel(0, Kind::State) };
    assert!(width(name) >= 15.0 * view.text_px);
}

#[test]
fn one_panel_fills_the_screen_and_its_figure_is_as_large_as_fits() {
    let (view, board) = (from_4_metres(), [panel(0, Kind::Number)]);
    let pages = pages(&board, &view);
    assert_sound(&board, &view, &pages);
    let place = pages[0].places()[0].1;
    assert!(view.figure_px(3.2, Rest::Sparkline, place, 1) > 7.0 * view.figure_px);
}

#[test]
fn a_figure_that_would_be_cut_is_smaller_than_it_should_be() {
    let view = from_4_metres();
    let place = Place { width: 900, height: 300, ..Place::default() };
    let size = view.figure_px(20.0, Rest::Sparkline, place, 1);
    assert!(size < view.figure_px && 20.0 * size <= 900.0, "{size}");
}

#[test]
fn a_panel_in_trouble_is_wide_enough_for_the_words_that_describe_it() {
    let view = from_4_metres();
    let troubled = WallPanel { is_in_trouble: true, chip_em: 15.0, ..panel(0, Kind::Number) };
    let board = [troubled, panel(1, Kind::Line), panel(2, Kind::Line)];
    let pages = pages(&board, &view);
    let (topic, place) = &pages[0].places()[0];
    assert_eq!(topic, &board[0].topic);
    assert!(view.inner_px(*place) >= 15.0 * view.text_px, "{place:?}");
}

#[test]
fn the_words_of_a_state_get_a_line_of_their_own_only_where_they_need_it_and_the_figure_stays_legible() {
    let view = from_4_metres();
    let lines = |name_em, chip_em, width, height| {
        let panel = WallPanel { name_em, chip_em, ..panel(0, Kind::Number) };
        let head = view.head(&panel, Place { width, height, ..Place::default() });
        (head.lines, head.has_words)
    };
    assert_eq!(lines(4.0, 5.0, 900, 600), (1, true));
    assert_eq!(lines(4.0, 7.0, 900, 600), (2, true));
    assert_eq!(lines(4.0, 7.0, 1_200, 600), (1, true));
    assert_eq!(lines(4.0, 7.0, 900, 300), (1, false), "a second line would leave too little for the figure");
}

#[test]
fn the_group_is_left_out_where_only_a_letter_of_it_would_fit() {
    let view = from_4_metres();
    let has_group = |group_em, chip_em| {
        let panel = WallPanel { group_em, chip_em, ..panel(0, Kind::Line) };
        view.head(&panel, Place { width: 900, height: 600, ..Place::default() }).has_group
    };
    assert!(has_group(3.0, 0.5) && has_group(20.0, 0.5), "a long name of a group may be shortened");
    assert!(!has_group(3.0, 4.0));
    assert!(has_group(3.0, 7.0), "the words have a line of their own");
}

#[test]
fn two_panels_that_share_a_cell_both_have_the_width_that_they_need() {
    let view = from_4_metres();
    for wide in [0, 1] {
        let mut board = [panel(0, Kind::Number), panel(1, Kind::Number), panel(2, Kind::Line)];
        board[wide].name_em = 16.0;
        let pages = pages(&board, &view);
        let place = pages[0].place(&board[wide].topic).unwrap();
        assert!(view.inner_px(place) >= 16.0 * view.text_px, "{place:?}");
    }
}
