//! Movement of pointers on a chart: a brush, a pan, a pinch. Depends on no other module.

use std::ops::Range;

use shared::Millis;

/// Minimum movement of a mouse, in CSS pixels, that is a drag and not a click.
const DRAG_PX: f64 = 4.0;
/// Minimum movement of a finger, in CSS pixels, that is a drag and not a tap.
const SWIPE_PX: f64 = 8.0;
/// Minimum distance of two fingers, in CSS pixels. Fingers that are closer do not zoom further.
const LEAST_PINCH_PX: f64 = 16.0;

/// Conversion of horizontal positions on a chart to times.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruler {
    /// Position of the plot's left edge in CSS pixels.
    pub left: f64,
    /// Width of the plot in CSS pixels.
    pub width: f64,
    /// Times at the edges of the plot.
    pub stretch: Range<Millis>,
}

/// The way in which a pointer moves time, which is decided when it is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// A mouse selects a stretch of time.
    Brush,
    /// A mouse with the Shift key pressed moves the charts.
    Drag,
    /// A finger moves the charts, and two fingers zoom.
    Touch,
}

/// Effect of a pointer's movement.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// The movement means nothing yet.
    Nothing,
    /// This stretch is selected, and the pointer is still pressed.
    Brushing(Range<Millis>),
    /// This stretch was selected and should be shown.
    Brushed(Range<Millis>),
    /// The charts should show this stretch.
    Show {
        /// Stretch that the charts should show.
        stretch: Range<Millis>,
        /// True if this continues the movement of an earlier [`Move::Show`].
        is_continued: bool,
    },
}

/// The pointers that are pressed on a chart, and their movement.
#[derive(Clone, Debug)]
pub struct Gesture {
    press: Press,
    ruler: Ruler,
    /// The pressed pointers: the id of each, and its position at the start and now.
    pointers: Vec<(i32, f64, f64)>,
    has_moved: bool,
    has_shown: bool,
}

impl Ruler {
    /// Returns the time at a position. Positions outside the plot have times outside the stretch.
    pub fn time(&self, x: f64) -> Millis {
        self.stretch.start + ((x - self.left) * self.ms_per_px()).round() as Millis
    }

    fn time_inside(&self, x: f64) -> Millis {
        self.time(x).clamp(self.stretch.start, self.stretch.end)
    }

    fn ms_per_px(&self) -> f64 {
        (self.stretch.end - self.stretch.start) as f64 / self.width.max(1.0)
    }
}

impl Gesture {
    /// Begins with the pointer `id`, pressed at `x` CSS pixels.
    pub fn begin(press: Press, id: i32, x: f64, ruler: Ruler) -> Self {
        Self { press, ruler, pointers: vec![(id, x, x)], has_moved: false, has_shown: false }
    }

    /// Adds a second finger. `ruler` is that of the chart as it is shown now. Returns false if the pointer has no
    /// meaning, such as a third finger.
    pub fn add(&mut self, id: i32, x: f64, ruler: Ruler) -> bool {
        let fits = self.press == Press::Touch && self.pointers.len() == 1 && self.pointers[0].0 != id;
        if fits {
            self.pointers.push((id, x, x));
            self.start_anew(ruler);
        }
        fits
    }

    /// Moves a pointer to `x` CSS pixels.
    pub fn drag(&mut self, id: i32, x: f64) -> Move {
        let Some(pointer) = self.pointers.iter_mut().find(|pointer| pointer.0 == id) else {
            return Move::Nothing;
        };
        pointer.2 = x;
        let least = if self.press == Press::Touch { SWIPE_PX } else { DRAG_PX };
        self.has_moved |= (x - pointer.1).abs() >= least;
        match (self.press, &self.pointers[..]) {
            _ if !self.has_moved => Move::Nothing,
            (Press::Brush, [(_, start, now)]) => Move::Brushing(self.brush(*start, *now)),
            (_, [(_, start, now)]) => {
                let by = ((start - now) * self.ruler.ms_per_px()).round() as Millis;
                self.show(self.ruler.stretch.start + by..self.ruler.stretch.end + by)
            }
            (_, [first, second, ..]) => {
                let stretch = self.pinch(*first, *second);
                self.show(stretch)
            }
            (_, []) => Move::Nothing,
        }
    }

    /// Releases a pointer. `ruler` is that of the chart as it is shown now. Returns the effect, and false if no pointer
    /// is left.
    pub fn release(&mut self, id: i32, ruler: Ruler) -> (Move, bool) {
        let released = self.pointers.iter().position(|pointer| pointer.0 == id);
        let pointer = released.map(|index| self.pointers.remove(index));
        let effect = match (self.press, pointer) {
            (Press::Brush, Some((_, start, now))) if self.has_moved => Move::Brushed(self.brush(start, now)),
            _ => Move::Nothing,
        };
        let goes_on = !self.pointers.is_empty();
        if goes_on {
            self.start_anew(ruler);
        }
        (effect, goes_on)
    }

    /// Returns true if a pointer has moved so far that this is no click.
    pub fn has_moved(&self) -> bool {
        self.has_moved
    }

    /// Makes the present positions of the fingers the start of their further movement.
    fn start_anew(&mut self, ruler: Ruler) {
        self.ruler = ruler;
        for pointer in &mut self.pointers {
            pointer.1 = pointer.2;
        }
    }

    fn show(&mut self, stretch: Range<Millis>) -> Move {
        Move::Show { stretch, is_continued: std::mem::replace(&mut self.has_shown, true) }
    }

    fn brush(&self, start: f64, now: f64) -> Range<Millis> {
        self.ruler.time_inside(start.min(now))..self.ruler.time_inside(start.max(now))
    }

    /// Returns the stretch with which the times that were under the fingers are under them again.
    fn pinch(&self, first: (i32, f64, f64), second: (i32, f64, f64)) -> Range<Millis> {
        let (left, right) = if first.1 <= second.1 { (first, second) } else { (second, first) };
        let before_px = (right.1 - left.1).max(LEAST_PINCH_PX);
        let now_px = (right.2 - left.2).max(LEAST_PINCH_PX);
        let ms_per_px = self.ruler.ms_per_px() * before_px / now_px;
        let middle = (left.2 + right.2) / 2.0;
        let at = self.ruler.time((left.1 + right.1) / 2.0);
        let from = at - ((middle - self.ruler.left) * ms_per_px).round() as Millis;
        from..from + (self.ruler.width * ms_per_px).round() as Millis
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// A plot from 50 to 150 CSS pixels that shows the times from 1,000 to 2,000: ten milliseconds a pixel.
    fn ruler() -> Ruler {
        Ruler { left: 50.0, width: 100.0, stretch: 1_000..2_000 }
    }

    fn shown(stretch: Range<Millis>, is_continued: bool) -> Move {
        Move::Show { stretch, is_continued }
    }

    #[test]
    fn a_mouse_that_is_dragged_selects_the_time_that_it_passed_in_both_directions() {
        let mut gesture = Gesture::begin(Press::Brush, 1, 80.0, ruler());
        assert_eq!(gesture.drag(1, 100.0), Move::Brushing(1_300..1_500));
        assert_eq!(gesture.drag(1, 60.0), Move::Brushing(1_100..1_300));
        assert_eq!(gesture.release(1, ruler()), (Move::Brushed(1_100..1_300), false));
    }

    #[test]
    fn a_brush_ends_at_the_edges_of_the_plot() {
        let mut gesture = Gesture::begin(Press::Brush, 1, 80.0, ruler());
        assert_eq!(gesture.drag(1, 900.0), Move::Brushing(1_300..2_000));
        assert_eq!(gesture.drag(1, 0.0), Move::Brushing(1_000..1_300));
    }

    #[test]
    fn a_click_and_a_tap_move_nothing() {
        for press in [Press::Brush, Press::Drag, Press::Touch] {
            let mut gesture = Gesture::begin(press, 1, 80.0, ruler());
            assert_eq!(gesture.drag(1, 83.0), Move::Nothing);
            assert_eq!(gesture.release(1, ruler()), (Move::Nothing, false));
            assert!(!gesture.has_moved());
        }
    }

    #[test]
    fn a_finger_takes_the_chart_with_it() {
        let mut gesture = Gesture::begin(Press::Touch, 7, 80.0, ruler());
        assert_eq!(gesture.drag(7, 100.0), shown(800..1_800, false));
        assert_eq!(gesture.drag(7, 60.0), shown(1_200..2_200, true));
        assert_eq!(gesture.release(7, ruler()), (Move::Nothing, false));
    }

    #[test]
    fn two_fingers_keep_the_times_under_them() {
        let mut gesture = Gesture::begin(Press::Touch, 1, 80.0, ruler());
        assert!(gesture.add(2, 120.0, ruler()));
        gesture.drag(1, 60.0);
        let Move::Show { stretch, .. } = gesture.drag(2, 140.0) else { panic!("a pinch shows a stretch") };
        let after = Ruler { stretch, ..ruler() };
        assert_eq!((after.time(60.0), after.time(140.0)), (ruler().time(80.0), ruler().time(120.0)));
    }

    #[test]
    fn the_finger_that_stays_goes_on_from_where_it_is() {
        let mut gesture = Gesture::begin(Press::Touch, 1, 80.0, ruler());
        gesture.add(2, 120.0, ruler());
        gesture.drag(2, 140.0);
        let zoomed = Ruler { stretch: 1_200..1_700, ..ruler() };
        assert_eq!(gesture.release(2, zoomed), (Move::Nothing, true));
        assert_eq!(gesture.drag(1, 90.0), shown(1_150..1_650, true));
    }

    #[test]
    fn a_third_finger_and_a_second_mouse_mean_nothing() {
        let mut gesture = Gesture::begin(Press::Touch, 1, 80.0, ruler());
        assert!(gesture.add(2, 120.0, ruler()) && !gesture.add(3, 60.0, ruler()));
        assert_eq!(gesture.drag(3, 99.0), Move::Nothing);
        assert!(!Gesture::begin(Press::Brush, 1, 80.0, ruler()).add(2, 90.0, ruler()));
    }

    #[test]
    fn fingers_that_meet_or_cross_do_not_turn_time_round() {
        let mut gesture = Gesture::begin(Press::Touch, 1, 80.0, ruler());
        gesture.add(2, 120.0, ruler());
        let Move::Show { stretch, .. } = gesture.drag(1, 140.0) else { panic!("a pinch shows a stretch") };
        assert!(stretch.start < stretch.end && stretch.end - stretch.start <= 10_000);
    }
}
