//! The part of the page that panels may use. Depends on no other module.

/// Width in CSS pixels, at the usual font size, below which all panels stand in one column, as on a phone.
const NARROW_PX: f64 = 720.0;
/// Width of one column in CSS pixels, at the usual font size, if the board has many panels.
const NARROWEST_COLUMN_PX: f64 = 156.0;
/// Maximum width of a column in CSS pixels, at the usual font size. Columns are this wide if the board has few panels, and
/// narrower if it has many.
const WIDEST_COLUMN_PX: f64 = 320.0;

/// The part of the page that panels may use. All lengths are in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// Width of the page without its margins.
    pub width: f64,
    /// Height of the part of the page that is seen at once, without the header and the margins.
    pub height: f64,
    /// Distance between two panels.
    pub gap: f64,
    /// Height of the heading of a group, with its distance to the panels below it.
    pub band: f64,
    /// Font size as a multiple of the usual one. Panels grow with it.
    pub scale: f64,
    /// True if shelves become as high as is necessary to fill the height, as on a wall.
    pub fills: bool,
}

impl View {
    /// Returns true if all panels stand in one column, as on a phone.
    pub fn is_narrow(&self) -> bool {
        self.width < NARROW_PX * self.scale
    }

    /// Returns the number of columns for a board with few panels. It is even.
    pub(super) fn fewest_columns(&self) -> u32 {
        2 * ((self.width / (2.0 * WIDEST_COLUMN_PX * self.scale)).ceil() as u32).max(2)
    }

    /// Returns the number of columns for a board with many panels. It is even.
    pub(super) fn most_columns(&self) -> u32 {
        2 * ((self.width / (2.0 * NARROWEST_COLUMN_PX * self.scale)).round() as u32).max(2)
    }

    /// Returns the factor for the minimum height of a shelf (a row of panels) that is divided into `columns` columns. The wider
    /// these columns are, the larger is the factor, so that panels do not become flat.
    pub(super) fn growth(&self, columns: u32) -> f64 {
        (self.width / f64::from(columns) / (NARROWEST_COLUMN_PX * self.scale)).clamp(1.0, 1.25)
    }
}
