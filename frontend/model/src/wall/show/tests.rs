use super::*;
use crate::kind::Kind;
use crate::placement::Size;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const VIEW: WallView =
    WallView { width: 3_760.0, height: 1_938.0, gap: 28.0, text_px: 81.0, figure_px: 111.0 };
const SECOND_MS: u64 = 1_000;

fn topic(number: usize) -> Topic {
    Topic::new(&format!("host/{number}")).unwrap()
}

/// Returns 24 charts, six of which are on a page. Those with these numbers are in trouble.
fn board(in_trouble: &[usize]) -> Vec<WallPanel> {
    let panel = |number: usize| WallPanel {
        topic: topic(number),
        size: Size::of(Kind::Line),
        name_em: 3.0,
        group_em: 2.0,
        chip_em: if in_trouble.contains(&number) { 7.0 } else { 0.5 },
        figure_em: 0.0,
        is_in_trouble: in_trouble.contains(&number),
    };
    (0..24).map(panel).collect()
}

fn opened(in_trouble: &[usize]) -> Show {
    let mut show = Show::default();
    show.step(board(in_trouble), &VIEW, 0);
    show
}

fn wait(show: &mut Show, in_trouble: &[usize], seconds: u64) {
    for _ in 0..seconds {
        show.step(board(in_trouble), &VIEW, SECOND_MS);
    }
}

fn shows(show: &Show, number: usize) -> bool {
    show.page().unwrap().place(&topic(number)).is_some()
}

#[test]
fn pages_turn_after_20_seconds_and_begin_again_after_the_last() {
    let mut show = opened(&[]);
    assert_eq!((show.count(), show.index(), show.left_ms()), (4, 0, 20_000));
    wait(&mut show, &[], 19);
    assert_eq!((show.index(), show.left_ms()), (0, 1_000));
    wait(&mut show, &[], 1);
    assert_eq!((show.index(), show.left_ms()), (1, 20_000));
    wait(&mut show, &[], 60);
    assert_eq!(show.index(), 0);
}

#[test]
fn a_page_that_is_held_stays_and_goes_on_where_it_was() {
    let mut show = opened(&[]);
    wait(&mut show, &[], 15);
    show.hold();
    wait(&mut show, &[], 300);
    assert_eq!((show.index(), show.is_held(), show.left_ms()), (0, true, 5_000));
    show.hold();
    wait(&mut show, &[], 5);
    assert_eq!(show.index(), 1);
}

#[test]
fn a_held_page_can_be_turned_by_hand_in_both_directions() {
    let mut show = opened(&[]);
    show.hold();
    show.turn(-1);
    assert_eq!((show.index(), show.left_ms()), (3, 20_000));
    show.turn(1);
    show.turn(1);
    assert_eq!((show.index(), show.is_held()), (1, true));
}

#[test]
fn panels_in_trouble_are_on_the_first_page_when_the_wall_is_opened() {
    let show = opened(&[20]);
    assert!(shows(&show, 20) && show.is_in_trouble(&topic(20)) && !show.is_in_trouble(&topic(0)));
    assert_eq!(show.troubles(), 1);
}

#[test]
fn a_panel_that_gets_into_trouble_comes_next_and_then_the_pages_go_on_in_turn() {
    let mut show = opened(&[]);
    wait(&mut show, &[], 20);
    wait(&mut show, &[23], 19);
    assert_eq!(show.index(), 1);
    assert!(!shows(&show, 23) && show.is_in_trouble(&topic(23)), "nothing moves while a page is read");
    wait(&mut show, &[23], 1);
    assert!(shows(&show, 23), "trouble comes next");
    wait(&mut show, &[23], 20);
    assert_eq!(show.index(), 2, "the page whose turn it was");
    wait(&mut show, &[23], 20);
    assert_eq!(show.index(), 3, "trouble that was seen is shown in its turn only");
}

#[test]
fn trouble_on_the_page_that_is_read_does_not_turn_back_to_it() {
    let mut show = opened(&[]);
    wait(&mut show, &[3], 20);
    assert_eq!(show.index(), 1);
}

#[test]
fn every_page_is_shown_at_last_however_often_panels_get_into_trouble() {
    let mut show = opened(&[]);
    let mut shown = std::collections::BTreeSet::new();
    for turn in 0..2 * show.count() + 2 {
        // Another panel is in trouble each time that a page turns.
        wait(&mut show, &[5 + turn % 19], 20);
        shown.insert(show.index());
    }
    assert_eq!(shown.len(), show.count());
}

#[test]
fn a_new_panel_gets_a_place_at_once_and_the_page_stays() {
    let mut show = opened(&[]);
    show.turn(1);
    let first = show.page().unwrap().places()[0].0.clone();
    let mut more = board(&[]);
    more.push(WallPanel { topic: topic(24), ..more[0].clone() });
    show.step(more, &VIEW, 0);
    assert_eq!(show.count(), 5);
    assert!(show.page().unwrap().place(&first).is_some());
}

#[test]
fn a_screen_of_another_size_is_divided_at_once_and_an_empty_board_has_no_page() {
    let mut show = opened(&[]);
    show.step(board(&[]), &WallView { text_px: 40.0, figure_px: 55.0, ..VIEW }, 0);
    assert_eq!(show.count(), 1);
    show.step(Vec::new(), &VIEW, SECOND_MS);
    assert_eq!((show.count(), show.page()), (0, None));
    show.turn(1);
}

#[test]
fn a_figure_that_becomes_shorter_moves_nothing() {
    let figure = |figure_em| {
        let mut panels = board(&[]);
        panels[0] = WallPanel { figure_em, size: Size::of(Kind::Number), ..panels[0].clone() };
        panels
    };
    let mut show = Show::default();
    show.step(figure(9.0), &VIEW, 0);
    let before = show.clone();
    show.step(figure(3.0), &VIEW, 0);
    assert_eq!(show, before);
}

#[test]
fn words_that_appear_in_a_panel_move_no_panel_and_may_get_a_line_of_their_own() {
    let mut show = opened(&[]);
    let (first, place) = show.page().unwrap().places()[0].clone();
    let lines = |show: &Show| show.head(&first, place).lines;
    let before = show.page().cloned();
    assert_eq!(lines(&show), 1);
    let mut late = board(&[]);
    late[0].chip_em = 90.0;
    show.step(late, &VIEW, SECOND_MS);
    assert_eq!((show.page().cloned(), lines(&show)), (before, 2));
    wait(&mut show, &[], 1);
    assert_eq!(lines(&show), 1);
}

#[test]
fn a_page_that_is_held_when_its_time_is_just_over_stays() {
    let mut show = opened(&[]);
    show.step(board(&[]), &VIEW, PAGE_MS - 500);
    let mut others = board(&[]);
    others.pop();
    // Another panel divides the pages anew, and the time of the page runs out in the same step.
    show.step(others.clone(), &VIEW, SECOND_MS);
    let before = show.page().cloned();
    show.hold();
    show.step(others, &VIEW, SECOND_MS);
    assert_eq!(show.page().cloned(), before);
}
