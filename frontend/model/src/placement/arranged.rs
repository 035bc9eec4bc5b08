//! The layout of the page from one moment to the next: it changes when panels or the page change, but not while the
//! reader points at a panel. Depends on [`mod@super::place`].

use super::place::{append, place};
use super::placed::{Kept, Placement};
use super::size::Panel;
use super::view::View;

/// The circumstances on which a layout depends, besides the panels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Situation {
    /// The part of the page that panels may use.
    pub view: View,
    /// Text of the search that has found the panels. It is empty if all panels are shown.
    pub search: String,
    /// True while a pointer rests on a panel or is pressed, or a panel has the keyboard focus.
    pub is_held: bool,
}

/// The layout of the page, with what the next layout has to know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arranged {
    /// Places of the panels.
    pub placement: Placement,
    /// True if panels should be seen to move to their places, because a few of them have moved for a reason that the
    /// reader does not know. False if the reader has caused the change, or the page is being opened.
    pub is_seen_to_move: bool,
    view: View,
    search: String,
    /// Decisions of the last layout with all panels, which are used again when a search ends.
    kept: Kept,
}

impl Arranged {
    /// Returns the layout that follows `before`. `panels` are in the order of the board, group by group.
    ///
    /// A new size of the page and a new search change the layout at once, because the reader has caused them.
    /// Other changes wait while the reader points at a panel. Until then, new panels are shown below all others. On a
    /// wall nobody points, so nothing waits.
    pub fn next(before: &Self, panels: &[Panel<'_>], now: &Situation) -> Self {
        let is_same = before.view == now.view && before.search == now.search;
        if now.is_held && is_same && !now.view.fills {
            return before.with_new(panels);
        }
        let is_search = !now.search.is_empty();
        let placement = place(panels, &now.view, Some(&before.kept).filter(|_| !is_search));
        let kept = if is_search { before.kept.clone() } else { placement.kept.clone() };
        let is_seen_to_move = is_same && before.kept.suits(panels.len());
        Self { placement, is_seen_to_move, view: now.view, search: now.search.clone(), kept }
    }

    /// Returns this layout with those of `panels` that have no place yet, which stand below all others.
    fn with_new(&self, panels: &[Panel<'_>]) -> Self {
        let is_new = |panel: &Panel<'_>| self.placement.place(panel.topic).is_none();
        let new: Vec<Panel<'_>> = panels.iter().copied().filter(is_new).collect();
        let mut next = self.clone();
        if !new.is_empty() {
            append(&mut next.placement, &new, &self.view);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use shared::Topic;

    use super::*;
    use crate::kind::Kind;
    use crate::placement::{Place, Size};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn topics(count: usize) -> Vec<Topic> {
        (0..count).map(|number| Topic::new(&format!("host/{number}")).unwrap()).collect()
    }

    fn panels(topics: &[Topic]) -> Vec<Panel<'_>> {
        topics.iter().map(|topic| Panel { topic, group: "host", size: Size::of(Kind::Line) }).collect()
    }

    fn situation(width: f64) -> Situation {
        let view = View { width, height: 900.0, gap: 12.0, band: 24.0, scale: 1.0, fills: false };
        Situation { view, ..Situation::default() }
    }

    fn first(arranged: &Arranged) -> Place {
        arranged.placement.place(&topics(1)[0]).unwrap()
    }

    fn next(before: &Arranged, count: usize, now: &Situation) -> Arranged {
        Arranged::next(before, &panels(&topics(count)), now)
    }

    #[test]
    fn nothing_moves_while_the_reader_points_and_a_new_panel_waits_below() {
        let free = situation(1_872.0);
        let held = Situation { is_held: true, ..free.clone() };
        let before = next(&Arranged::default(), 2, &free);
        let during = next(&before, 3, &held);
        assert_eq!(first(&during), first(&before));
        assert!(during.placement.place(&topics(3)[2]).unwrap().top > before.placement.height);
        let after = next(&during, 3, &free);
        assert_eq!(after.placement, next(&before, 3, &free).placement);
    }

    #[test]
    fn a_panel_that_is_removed_while_the_reader_points_leaves_the_others_in_place() {
        let free = situation(1_872.0);
        let before = next(&Arranged::default(), 3, &free);
        let during = next(&before, 2, &Situation { is_held: true, ..free });
        assert_eq!(first(&during), first(&before));
    }

    #[test]
    fn a_page_of_another_size_is_laid_out_at_once() {
        let before = next(&Arranged::default(), 2, &situation(1_872.0));
        let during = next(&before, 2, &Situation { is_held: true, ..situation(1_232.0) });
        assert_ne!(first(&during), first(&before));
    }

    #[test]
    fn a_search_is_shown_at_once_and_its_end_brings_the_board_back_as_it_was() {
        let all = situation(1_872.0);
        let before = next(&next(&Arranged::default(), 40, &all), 43, &all);
        let search = Situation { search: "1".to_owned(), is_held: true, ..all.clone() };
        let found = next(&before, 2, &search);
        assert!(first(&found).width > first(&before).width);
        assert_eq!(next(&found, 43, &all).placement, before.placement);
    }

    #[test]
    fn panels_are_seen_to_move_only_for_a_new_panel_on_a_board_that_is_there() {
        let all = situation(1_872.0);
        let opened = next(&Arranged::default(), 12, &all);
        let grown = next(&opened, 13, &all);
        let resized = next(&grown, 13, &situation(1_232.0));
        assert_eq!(
            [&opened, &grown, &resized].map(|arranged| arranged.is_seen_to_move),
            [false, true, false]
        );
    }

    #[test]
    fn on_a_wall_a_forgotten_pointer_delays_nothing() {
        let mut wall = situation(3_792.0);
        wall.view.fills = true;
        wall.is_held = true;
        let before = next(&Arranged::default(), 2, &wall);
        assert_eq!(next(&before, 3, &wall).placement, next(&Arranged::default(), 3, &wall).placement);
    }
}
