//! The result of a layout: rectangles of panels, headings of groups, and the breaks to keep. Depends on no other
//! module.

use shared::Topic;

/// Position and size of a panel in CSS pixels, from the upper left corner of the part of the
/// page that panels may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Position of the left edge.
    pub left: i32,
    /// Position of the upper edge.
    pub top: i32,
    /// Width of the panel with its frame.
    pub width: i32,
    /// Height of the panel with its frame.
    pub height: i32,
}

/// Heading of a group above its panels on one shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Name of the group.
    pub group: String,
    /// True if the group began on an earlier shelf.
    pub is_continued: bool,
    /// Position of the left edge in CSS pixels.
    pub left: i32,
    /// Position of the upper edge in CSS pixels.
    pub top: i32,
    /// Width of the heading in CSS pixels.
    pub width: i32,
}

/// The decisions of a layout from which the next layout departs only if it has to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Number of columns of the page.
    pub columns: u32,
    /// The upper left panel of each shelf.
    pub firsts: Vec<Topic>,
    /// Number of panels.
    pub panels: usize,
}

/// Places of all panels and of the headings of their groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placement {
    /// Topics with the places of their panels. They are in a list, because it is read rarely, and because the code of a
    /// map would make the page larger.
    places: Vec<(Topic, Place)>,
    /// Headings of groups, from the top of the page to its bottom.
    pub bands: Vec<Band>,
    /// Height of all shelves together in CSS pixels.
    pub height: i32,
    /// Height of the panels of a shelf in CSS pixels, without the heading.
    pub shelf_px: f64,
    /// Decisions that the next layout should keep.
    pub kept: Kept,
}

impl Place {
    /// Returns the place between these edges, which are rounded to whole pixels, so that frames are sharp.
    pub(super) fn between(left: f64, right: f64, top: f64, bottom: f64) -> Self {
        let (left, right, top, bottom) =
            (left.round() as i32, right.round() as i32, top.round() as i32, bottom.round() as i32);
        Self { left, top, width: right - left, height: bottom - top }
    }
}

impl Band {
    /// Returns the position and the width of the heading. Its height follows from its text and is 0 here.
    pub fn place(&self) -> Place {
        Place { left: self.left, top: self.top, width: self.width, height: 0 }
    }
}

impl Placement {
    /// Returns the position below all panels at which the next ones may stand.
    pub(super) fn next_top(&self, gap: f64) -> f64 {
        if self.places.is_empty() { 0.0 } else { f64::from(self.height) + gap }
    }

    /// Returns the place of the panel of a topic; `None` if it has no place.
    pub fn place(&self, topic: &Topic) -> Option<Place> {
        self.places.iter().find(|(placed, _)| placed == topic).map(|(_, place)| *place)
    }

    /// Returns the places of all panels, with their topics.
    pub fn places(&self) -> &[(Topic, Place)] {
        &self.places
    }

    /// Adds the place of a panel.
    pub(super) fn put(&mut self, topic: &Topic, place: Place) {
        self.height = self.height.max(place.top + place.height);
        self.places.push((topic.clone(), place));
    }

    /// Adds a heading for a group whose first panel stands at this place, unless the heading that was added last
    /// belongs to this shelf and group and is extended instead.
    pub(super) fn head(&mut self, group: &str, place: Place, band_px: f64) {
        let top = place.top - band_px.round() as i32;
        let is_same = |band: &&mut Band| band.group == group && band.top == top;
        if let Some(band) = self.bands.last_mut().filter(is_same) {
            band.width = place.left + place.width - band.left;
            return;
        }
        let is_continued = self.bands.iter().any(|band| band.group == group);
        let (left, width) = (place.left, place.width);
        self.bands.push(Band { group: group.to_owned(), is_continued, left, top, width });
    }
}

impl Kept {
    /// Returns true if a board with this number of panels should be similar to the previous one. If it has grown or
    /// shrunk by more than a quarter, as while a page opens, it is laid out without regard to the previous layout.
    pub(super) fn suits(&self, panels: usize) -> bool {
        4 * panels.abs_diff(self.panels) <= self.panels
    }
}
