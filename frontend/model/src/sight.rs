//! Decides which panels are in the page. On a large board, those far from the visible part of the page are not, so that they cost
//! nothing. Depends on [`super::sorted`].

use shared::Topic;

use super::sorted::sort_by;

/// Number of panels up to which all of them are in the page, so that the search of the browser and screen readers find them.
const FEW: usize = 100;
/// Maximum number of panels that are added at once. More would block the page for longer than people notice.
const MOST_ADDED: usize = 12;
/// Distance from the visible part of the page up to which panels are added on a large board, in heights of the visible part.
const ADDED_WITHIN: i32 = 1;
/// Distance up to which panels are kept that are in the page already. It is larger, so that a reader who scrolls to and fro finds them
/// as they were.
const KEPT_WITHIN: i32 = 4;

/// A panel of the board, with what decides if it is in the page.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Topic of the panel.
    pub topic: &'a Topic,
    /// Distance from the visible part of the page in CSS pixels; `None` if the panel has no place, because it is on another page of a
    /// wall.
    pub distance_px: Option<i32>,
    /// True if the panel is in the page already.
    pub is_present: bool,
    /// True if the panel stays in the page wherever it is, because it has the keyboard focus or is looked for.
    pub is_held: bool,
}

impl Candidate<'_> {
    fn is_within(&self, px: i32) -> bool {
        self.distance_px.is_some_and(|distance_px| distance_px <= px)
    }
}

/// The panels that are in the page from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Present {
    /// Topics of the panels.
    pub topics: Vec<Topic>,
    /// True if more panels are to be added, in the next animation frame.
    pub is_partial: bool,
}

impl Present {
    /// Chooses among all panels of the board. `height_px` is the height of the visible part of the page.
    pub fn of(panels: &[Candidate<'_>], height_px: i32) -> Self {
        let (are_few, px) = (panels.len() <= FEW, |heights: i32| height_px.saturating_mul(heights));
        let is_kept = |panel: &Candidate<'_>| are_few || panel.is_held || panel.is_within(px(KEPT_WITHIN));
        let is_wanted = |panel: &Candidate<'_>| are_few || panel.is_held || panel.is_within(px(ADDED_WITHIN));
        let (present, absent): (Vec<_>, Vec<_>) = panels.iter().partition(|panel| panel.is_present);
        let mut added: Vec<_> = absent.into_iter().filter(|panel| is_wanted(panel)).collect();
        sort_by(&mut added, |panel| i64::from(panel.distance_px.unwrap_or(i32::MAX)));
        let is_partial = added.len() > MOST_ADDED;
        added.truncate(MOST_ADDED);
        let kept = present.into_iter().filter(|panel| is_kept(panel));
        Self { topics: kept.chain(added).map(|panel| panel.topic.clone()).collect(), is_partial }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buckets::nearness::nearness;
    use crate::placement::Place;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const HEIGHT: i32 = 1_000;

    /// A board of panels of 100 pixels, one below the other.
    struct Board {
        topics: Vec<Topic>,
        present: Vec<Topic>,
        held: Option<usize>,
    }

    impl Board {
        fn new(panels: usize) -> Self {
            let topics = (0..panels).map(|n| Topic::new(&format!("host/{n:04}")).unwrap()).collect();
            Self { topics, present: Vec::new(), held: None }
        }

        fn step(&mut self, top: i32) -> Present {
            let candidate = |(n, topic)| Candidate {
                topic,
                distance_px: Some(nearness(
                    Place { top: n as i32 * 100, height: 100, ..Place::default() },
                    -top,
                    HEIGHT,
                )),
                is_present: self.present.contains(topic),
                is_held: self.held == Some(n),
            };
            let panels: Vec<_> = self.topics.iter().enumerate().map(candidate).collect();
            Present::of(&panels, HEIGHT)
        }

        /// Scrolls to a position, and returns the numbers of the panels that are then in the page.
        fn scroll_to(&mut self, top: i32) -> Vec<usize> {
            loop {
                let next = self.step(top);
                self.present = next.topics;
                if !next.is_partial {
                    break;
                }
            }
            let mut shown: Vec<_> =
                self.topics.iter().enumerate().filter(|(_, topic)| self.present.contains(topic)).collect();
            shown.sort_unstable();
            shown.into_iter().map(|(n, _)| n).collect()
        }
    }

    #[test]
    fn all_panels_of_a_small_board_are_in_the_page_after_a_few_frames() {
        let mut board = Board::new(FEW);
        assert_eq!(board.step(0).topics.len(), MOST_ADDED);
        assert_eq!(board.scroll_to(0).len(), FEW);
    }

    #[test]
    fn of_a_large_board_the_panels_near_the_visible_part_are_in_the_page() {
        assert_eq!(Board::new(2_000).scroll_to(50_000), (489..=520).collect::<Vec<_>>());
    }

    #[test]
    fn the_panels_that_can_be_seen_come_first() {
        let mut board = Board::new(2_000);
        let first = board.step(50_000);
        let seen = |topic: &Topic| (499..=510).any(|n| board.topics[n] == *topic);
        assert!(first.is_partial && first.topics.iter().all(seen), "{first:?}");
        board.present = first.topics;
        assert!(board.step(50_000).topics.len() > MOST_ADDED);
    }

    #[test]
    fn a_panel_stays_while_the_reader_scrolls_to_and_fro_and_goes_when_it_is_far() {
        let mut board = Board::new(2_000);
        board.scroll_to(0);
        assert!(board.scroll_to(4_000).contains(&0));
        assert!(!board.scroll_to(9_000).contains(&0));
    }

    #[test]
    fn a_panel_with_the_focus_stays_wherever_it_is() {
        let mut board = Board::new(2_000);
        board.held = Some(1_999);
        assert!(board.scroll_to(0).contains(&1_999));
    }

    #[test]
    fn a_panel_without_a_place_is_in_the_page_of_a_small_board_only() {
        let topics = Board::new(FEW + 1).topics;
        let elsewhere = |topic| Candidate { topic, distance_px: None, is_present: true, is_held: false };
        let panels: Vec<_> = topics.iter().map(elsewhere).collect();
        assert_eq!(Present::of(&panels[..FEW], HEIGHT).topics.len(), FEW);
        assert_eq!(Present::of(&panels, HEIGHT), Present::default());
    }
}
