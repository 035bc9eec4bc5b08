use shared::Topic;

use super::*;
use crate::kind::Kind;
use crate::placement::mix::MIX;
use crate::placement::{Placement, Size};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[cfg(not(target_arch = "wasm32"))]
mod any_board;

/// Share of the page's width that panels must fill on every full shelf.
const LEAST_USED: f64 = 0.92;
/// Sizes of screens in CSS pixels.
const SCREENS: [(u32, u32); 5] = [(360, 740), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160)];
/// A panel that owns its names.
#[derive(Clone, Debug)]
struct Owned {
    topic: Topic,
    group: String,
    size: Size,
}

fn owned(group: usize, number: usize, size: Size) -> Owned {
    let group = format!("group{group}");
    Owned { topic: Topic::new(&format!("{group}/{number}")).unwrap(), group, size }
}

fn borrowed(board: &[Owned]) -> Vec<Panel<'_>> {
    board.iter().map(|panel| Panel { topic: &panel.topic, group: &panel.group, size: panel.size }).collect()
}

fn placed(board: &[Owned], view: &View, kept: Option<&Kept>) -> Placement {
    place(&borrowed(board), view, kept)
}

/// Returns a board of mixed kinds, in groups of 1 to 7 panels.
fn mixed(count: usize) -> Vec<Owned> {
    let mut groups = (0..).flat_map(|group| std::iter::repeat_n(group, group * 3 % 7 + 1));
    (0..count)
        .map(|number| owned(groups.next().unwrap(), number, Size::of(MIX[number % MIX.len()])))
        .collect()
}

/// Returns the part of a screen that panels may use, beside the header and the margins of the page.
fn view((width, height): (u32, u32)) -> View {
    let edge = if width < 760 { 24.0 } else { 48.0 };
    let (width, height) = (f64::from(width) - edge, f64::from(height) - 76.0);
    View { width, height, gap: 12.0, band: 24.0, scale: 1.0, fills: false }
}

/// Returns the number of screens that a placement needs. The last one may be a fraction.
fn screens(placement: &Placement, view: &View) -> f64 {
    (f64::from(placement.height) + view.gap) / (view.height + view.gap)
}

fn get(placement: &Placement, panel: &Owned) -> Place {
    placement.place(&panel.topic).unwrap()
}

fn overlap(a: &Place, b: &Place) -> bool {
    a.left < b.left + b.width
        && b.left < a.left + a.width
        && a.top < b.top + b.height
        && b.top < a.top + a.height
}

/// Returns the part of the width that panels and the gaps between them fill at the height `y`.
fn used_at(placement: &Placement, view: &View, y: i32) -> f64 {
    let cut = placement
        .places()
        .iter()
        .map(|(_, place)| place)
        .filter(|place| (place.top..place.top + place.height).contains(&y));
    let widths: Vec<i32> = cut.map(|place| place.width).collect();
    let gaps = view.gap * widths.len().saturating_sub(1) as f64;
    (f64::from(widths.iter().sum::<i32>()) + gaps) / view.width
}

/// Asserts that all panels have places inside the page that do not overlap, and that every shelf is full.
fn assert_sound(board: &[Owned], placement: &Placement, view: &View) {
    assert_eq!(placement.places().len(), board.len());
    let places: Vec<Place> = board.iter().map(|panel| get(placement, panel)).collect();
    for (index, place) in places.iter().enumerate() {
        assert!(place.width > 0 && place.height > 0, "{place:?}");
        assert!(place.left >= 0 && f64::from(place.left + place.width) <= view.width.ceil(), "{place:?}");
        assert!(place.top >= 0 && place.top + place.height <= placement.height, "{place:?}");
        assert!(used_at(placement, view, place.top) >= LEAST_USED, "the shelf at {} has holes", place.top);
        let other = places[index + 1..].iter().find(|other| overlap(place, other));
        assert_eq!(other, None, "overlaps {place:?}");
    }
}

/// Returns the number of panels of `board` whose places differ.
fn moved(board: &[Owned], before: &Placement, after: &Placement) -> usize {
    board.iter().filter(|panel| get(before, panel) != get(after, panel)).count()
}

#[test]
fn boards_of_every_size_need_few_screens() {
    let row = |count: usize| {
        let board = mixed(count);
        let needed = SCREENS.map(|screen| {
            let view = view(screen);
            let placement = placed(&board, &view, None);
            assert_sound(&board, &placement, &view);
            format!("{:6.1}", screens(&placement, &view))
        });
        format!("{count:3} {}", needed.join(" "))
    };
    assert_eq!(
        [1, 7, 50, 200].map(row),
        [
            //  360x740 1280x720 1920x1080 2560x1440 3840x2160
            "  1    0.4    0.9    0.6    0.4    0.3",
            "  7    1.9    1.0    1.0    0.9    0.6",
            " 50   13.9    5.7    3.0    1.8    1.0",
            "200   55.8   22.4    9.0    5.8    2.9",
        ]
    );
}

#[test]
fn small_groups_share_a_shelf_and_each_has_its_heading() {
    let board: Vec<Owned> = (0..4).map(|group| owned(group, 0, Size::of(Kind::Line))).collect();
    let placement = placed(&board, &view((1920, 400)), None);
    assert!(board.iter().all(|panel| get(&placement, panel).top == get(&placement, &board[0]).top));
    let headings: Vec<_> = placement.bands.iter().map(|band| (band.group.as_str(), band.left)).collect();
    let expected: Vec<_> =
        board.iter().map(|panel| (panel.group.as_str(), get(&placement, panel).left)).collect();
    assert_eq!(headings, expected);
}

#[test]
fn a_group_that_goes_on_on_the_next_shelf_says_so() {
    let board: Vec<Owned> = (0..9).map(|number| owned(0, number, Size::of(Kind::Log))).collect();
    let placement = placed(&board, &view((1280, 720)), None);
    let continued: Vec<_> = placement.bands.iter().map(|band| band.is_continued).collect();
    assert!(continued.len() > 1 && !continued[0] && continued[1..].iter().all(|is| *is), "{continued:?}");
}

#[test]
fn two_figures_of_a_group_stand_one_above_the_other() {
    let kinds = [Kind::Number, Kind::Line, Kind::State];
    let board: Vec<Owned> = (0..).zip(kinds).map(|(n, kind)| owned(0, n, Size::of(kind))).collect();
    let placement = placed(&board, &view((1280, 720)), None);
    let (upper, lower) = (get(&placement, &board[0]), get(&placement, &board[2]));
    assert_eq!((upper.left, upper.width), (lower.left, lower.width));
    assert_eq!(lower.top, upper.top + upper.height + 12);
    assert_eq!(lower.top + lower.height, placement.height);
    assert!(get(&placement, &board[1]).width > upper.width, "the chart stands beside them");
}

#[test]
fn figures_of_two_groups_do_not_share_a_cell() {
    let board: Vec<Owned> = (0..2).map(|group| owned(group, 0, Size::of(Kind::Number))).collect();
    let placement = placed(&board, &view((1280, 720)), None);
    assert_ne!(get(&placement, &board[0]).left, get(&placement, &board[1]).left);
}

#[test]
fn a_single_panel_fills_the_width() {
    let board = mixed(1);
    let view = view((1920, 1080));
    assert_eq!(f64::from(get(&placed(&board, &view, None), &board[0]).width), view.width);
}

#[test]
fn panels_grow_when_there_are_fewer_of_them() {
    let view = view((1920, 1080));
    let width = |count| get(&placed(&mixed(count), &view, None), &mixed(1)[0]).width;
    assert!(width(4) > width(50), "{} {}", width(4), width(50));
}

#[test]
fn a_panel_that_needs_more_width_gets_more_of_what_is_left() {
    let mut board: Vec<Owned> = (0..2).map(|number| owned(0, number, Size::of(Kind::Line))).collect();
    board[1].size = board[1].size.wide();
    let placement = placed(&board, &view((1920, 1080)), None);
    assert!(get(&placement, &board[1]).width > get(&placement, &board[0]).width);
}

#[test]
fn a_chart_of_many_axes_is_twice_as_high_as_others() {
    let mut board = mixed(30);
    board[10].size = board[10].size.double();
    let view = view((1280, 720));
    let placement = placed(&board, &view, None);
    assert_sound(&board, &placement, &view);
    assert!(get(&placement, &board[10]).height >= 2 * get(&placement, &board[0]).height);
}

#[test]
fn no_panel_is_cut_by_the_edge_of_the_screen() {
    let view = view((1920, 1080));
    let board = mixed(50);
    let placement = placed(&board, &view, None);
    let page = (view.height + view.gap) as i32;
    for (_, place) in placement.places() {
        assert_eq!((place.top + 1) / page, (place.top + place.height - 1) / page, "{place:?}");
    }
}

#[test]
fn a_phone_shows_one_column_in_the_order_of_the_board() {
    let view = view((360, 740));
    let board = mixed(9);
    let placement = placed(&board, &view, None);
    assert_sound(&board, &placement, &view);
    assert!(board.windows(2).all(|pair| get(&placement, &pair[0]).top < get(&placement, &pair[1]).top));
    assert!(board.iter().all(|panel| f64::from(get(&placement, panel).width) == view.width));
}

#[test]
fn on_a_wall_shelves_fill_the_height() {
    let view = View { fills: true, ..view((3840, 2160)) };
    for count in [1, 3, 20] {
        let placement = placed(&mixed(count), &view, None);
        assert!((f64::from(placement.height) - view.height).abs() <= 1.0, "{count}");
    }
}

#[test]
fn a_layout_with_nothing_new_moves_nothing() {
    let view = view((1920, 1080));
    let board = mixed(50);
    let before = placed(&board, &view, None);
    assert_eq!(placed(&board, &view, Some(&before.kept)), before);
}

#[test]
fn a_board_that_grows_a_lot_at_once_looks_as_if_it_were_new() {
    let view = view((1920, 1080));
    let few = placed(&mixed(5), &view, None);
    assert_eq!(placed(&mixed(50), &view, Some(&few.kept)), placed(&mixed(50), &view, None));
}

#[test]
fn panels_that_are_appended_move_no_other_and_stand_below() {
    let board = mixed(23);
    for screen in SCREENS {
        let view = view(screen);
        let before = placed(&board[..20], &view, None);
        let mut after = before.clone();
        append(&mut after, &borrowed(&board[20..]), &view);
        assert_eq!(moved(&board[..20], &before, &after), 0);
        assert!(board[20..].iter().all(|panel| get(&after, panel).top > before.height));
        assert_sound(&board, &after, &view);
    }
}
