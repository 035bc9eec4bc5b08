//! Properties of the pages of any board on any screen, from any distance.

use proptest::prelude::*;

use super::*;
use crate::wall::{Letters, Screen};

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Line), Just(Kind::Number), Just(Kind::State), Just(Kind::Log), Just(Kind::Table)]
}

fn boards() -> impl Strategy<Value = Vec<WallPanel>> {
    let one = (kinds(), 1.0..14.0, 1.0..9.0, proptest::bool::weighted(0.1), proptest::bool::weighted(0.1));
    proptest::collection::vec(one, 1..60).prop_map(|panels| {
        let panels = panels.into_iter().enumerate();
        let panel = |(number, (kind, name_em, figure_em, is_in_trouble, is_double))| {
            let usual = self::panel(number, kind);
            let size = if is_double && kind == Kind::Line { usual.size.double() } else { usual.size };
            let figure_em = if usual.figure_em > 0.0 { figure_em } else { 0.0 };
            let chip_em = if is_in_trouble { 7.5 } else { usual.chip_em };
            WallPanel { size, name_em, chip_em, figure_em, is_in_trouble, ..usual }
        };
        panels.map(panel).collect()
    })
}

/// Returns views of screens from 1024 by 600 to 7680 by 4320 pixels, read from 0.5 to 20 m.
fn views() -> impl Strategy<Value = WallView> {
    let screens = prop_oneof![
        Just((1_024.0, 600.0)),
        Just((1_280.0, 720.0)),
        Just((1_920.0, 1_080.0)),
        Just((1_080.0, 1_920.0)),
        Just((3_440.0, 1_440.0)),
        Just((3_840.0, 2_160.0)),
        Just((7_680.0, 4_320.0)),
    ];
    (screens, 500.0..20_000.0).prop_map(|((width, height), distance_mm)| {
        let Letters { text_px, figure_px, .. } =
            Letters::new(Screen { width, height }, 0.72, distance_mm, 1_397.0);
        let gap = (0.35 * text_px).round();
        // The header, and the bar at the bottom.
        let height = (height - 2.4 * text_px - 2.0 * gap).max(1.0);
        WallView { width: width - text_px, height, gap, text_px, figure_px }
    })
}

proptest! {
    #[test]
    fn every_panel_is_on_one_page_without_overlap_and_every_page_fills_the_screen(
        board in boards(), view in views()
    ) {
        assert_sound(&board, &view, &pages(&board, &view));
    }

    #[test]
    fn no_panel_in_trouble_comes_after_one_that_is_not(board in boards(), view in views()) {
        let pages = pages(&board, &view);
        let is_in_trouble = |topic: &Topic| board.iter().any(|panel| panel.topic == *topic && panel.is_in_trouble);
        let troubled = board.iter().filter(|panel| panel.is_in_trouble).count();
        let mut shown = pages.iter().flat_map(|page| page.places());
        let first: Vec<_> = shown.by_ref().take(troubled).collect();
        prop_assert!(first.iter().all(|(topic, _)| is_in_trouble(topic)));
    }

    #[test]
    fn names_and_the_words_of_trouble_are_never_cut(board in boards(), view in views()) {
        let pages = pages(&board, &view);
        for (topic, place) in pages.iter().flat_map(|page| page.places()) {
            let panel = board.iter().find(|panel| panel.topic == *topic).unwrap();
            let widest_px = panel.name_em.max(panel.chip_em) * view.text_px;
            // A text that is wider than the whole screen cannot fit.
            if !panel.is_in_trouble || widest_px > view.width - 1.2 * view.text_px {
                continue;
            }
            let has_room = |lines| match lines {
                1 => (panel.name_em + panel.chip_em) * view.text_px <= view.inner_px(*place) + 1.0,
                _ => widest_px <= view.inner_px(*place) + 1.0,
            };
            // On a screen that is too low for a second line, the figure comes before the words.
            let is_lowest = view.below_head(*place, 2) < FIGURE_LINE_EM * view.figure_px;
            prop_assert!(is_lowest || has_room(view.head(panel, *place).lines), "{panel:?} in {place:?} of {view:?}");
        }
    }

    #[test]
    fn every_page_is_full_before_the_next_begins(board in boards(), view in views()) {
        let pages = pages(&board, &view);
        for (page, next) in pages.iter().zip(pages.iter().skip(1)) {
            let on = |placement: &Placement| placement.places().iter().map(|(topic, _)| topic.clone()).collect::<Vec<_>>();
            let topics = [on(page), vec![on(next)[0].clone()]].concat();
            let find = |topic: &Topic| board.iter().find(|panel| panel.topic == *topic).unwrap().clone();
            let together: Vec<WallPanel> = topics.iter().map(find).collect();
            prop_assert!(super::pages(&together, &view).len() > 1);
        }
    }

    #[test]
    fn a_figure_is_legible_wherever_its_panel_has_the_width(board in boards(), view in views()) {
        let pages = pages(&board, &view);
        for (topic, place) in pages.iter().flat_map(|page| page.places()) {
            let panel = board.iter().find(|panel| panel.topic == *topic).unwrap();
            if panel.figure_em == 0.0 {
                continue;
            }
            let rest = if panel.size == Size::of(Kind::Number) { Rest::Sparkline } else { Rest::States };
            let size = view.figure_px(panel.figure_em, rest, *place, view.head(panel, *place).lines);
            let has_width = f64::from(place.width) >= (panel.figure_em * view.figure_px + 1.2 * view.text_px);
            let has_height = f64::from(place.height)
                >= (0.6 + 2.0 * 1.3) * view.text_px + 1.1 * view.figure_px + 1.0;
            if has_width && has_height {
                prop_assert!(size >= view.figure_px, "{size} of {view:?} in {place:?}");
            }
            prop_assert!(panel.figure_em * size <= f64::from(place.width), "{size} is cut in {place:?}");
        }
    }
}
