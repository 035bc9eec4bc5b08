//! Order in which panels are loaded: the visible ones first. Depends on [`crate::placement`].

use crate::placement::Place;

/// Returns the distance of a panel from the visible part of the page in CSS pixels; 0 if it is visible. `board_top` is
/// the position of the board's upper edge in the window, which is negative if the page has been scrolled.
pub fn nearness(place: Place, board_top: i32, window_height: i32) -> i32 {
    let top = board_top + place.top;
    let below = top - window_height;
    let above = -(top + place.height);
    below.max(above).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_panel_that_can_be_seen_is_nearer_than_one_that_cannot() {
        let place = |top| Place { top, height: 200, ..Place::default() };
        assert_eq!(nearness(place(500), 60, 800), 0);
        assert_eq!(nearness(place(700), 60, 800), 0, "its upper edge is visible");
        assert_eq!(nearness(place(900), 60, 800), 160);
        assert_eq!(nearness(place(0), -500, 800), 300, "scrolled away");
    }
}
