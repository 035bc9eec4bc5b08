//! Divides the panels of a page into shelves of a suitable number of columns. Depends on [`super::breaks`] and
//! [`super::view`].

use std::ops::Range;

use shared::Topic;

use super::breaks::{shelves, width_cost};
use super::cell::{Cell, cells};
use super::size::Panel;
use super::view::View;

/// Minimum height of a shelf in CSS pixels, at the usual font size and without the heading.
pub(super) const SHELF_PX: f64 = 204.0;
/// Minimum height of a shelf in CSS pixels on a long page, at the usual font size and without the heading.
const LONG_PAGE_SHELF_PX: f64 = 164.0;
/// Maximum height of a shelf in CSS pixels, at the usual font size and without the heading.
const HIGHEST_SHELF_PX: f64 = 560.0;
/// Number of screens from which a page counts as long.
const LONG_PAGE_SCREENS: usize = 3;

/// Average cost of the widths of a shelf's cells up to which a page is as good as one without such a cost.
const LITTLE_COST: f64 = 0.25;

/// The panels of a page, divided into shelves.
pub(super) struct Page<'a> {
    pub cells: Vec<Cell<'a>>,
    /// The cells of each shelf, as indexes of `cells`.
    pub shelves: Vec<Range<usize>>,
    pub columns: u32,
}

impl<'a> Page<'a> {
    /// Divides panels into shelves. Keeps the previous number of columns if all shelves then still fit on the screen.
    /// Otherwise chooses the smallest number with which they do and panels have about the widths that they wish, so
    /// that few panels become large. If there is none, chooses the largest number. `firsts` are the panels with which
    /// the shelves of the previous layout began.
    pub fn new(panels: &[Panel<'a>], view: &View, firsts: &[Topic], kept: Option<u32>) -> Self {
        let (fewest, most) = (view.fewest_columns(), view.most_columns().max(view.fewest_columns()));
        let with = |columns| Self::with_columns(panels, firsts, columns);
        let kept = kept.filter(|columns| (fewest..=most).contains(columns)).map(with);
        if let Some(page) = kept.filter(|page| page.fits(view) || page.columns == most) {
            return page;
        }
        let fitting = (fewest..=most).step_by(2).map(with).filter(|page| page.fits(view));
        // The first of several pages with the same rank is chosen, which is the one with the fewest columns.
        let best = fitting.min_by(|a, b| a.rank().total_cmp(&b.rank()));
        best.unwrap_or_else(|| with(most))
    }

    /// Divides panels into shelves for a page with this number of columns.
    pub fn with_columns(panels: &[Panel<'a>], firsts: &[Topic], columns: u32) -> Self {
        let cells = cells(panels, columns);
        let shelves = shelves(&cells, columns, firsts);
        Self { cells, shelves, columns }
    }

    /// Returns the height of a shelf of the usual height in CSS pixels, without the heading. As many shelves as
    /// possible are seen at once, and the last of them ends at the edge of the screen.
    pub fn shelf_px(&self, view: &View) -> f64 {
        let View { height, gap, band, scale, fills, .. } = *view;
        let fit =
            |least_px: f64| ((height + gap) / (least_px * scale + band + gap)).floor().max(1.0) as usize;
        let usual = fit(SHELF_PX).min(self.heights()).max(1);
        let is_long = self.heights() > LONG_PAGE_SCREENS * usual;
        let per_screen = if is_long { fit(LONG_PAGE_SHELF_PX).max(usual) } else { usual };
        let exact_px = (height + gap) / per_screen as f64 - gap - band;
        let highest_px = if fills { f64::INFINITY } else { HIGHEST_SHELF_PX * scale };
        // A single shelf may be as low as the frame in which a panel is shown alone.
        let lowest_px = if fills && self.heights() == 1 { 0.0 } else { LONG_PAGE_SHELF_PX * scale };
        exact_px.min(highest_px).max(lowest_px)
    }

    /// Returns the upper left panel of each shelf.
    pub fn firsts(&self) -> impl Iterator<Item = Topic> + '_ {
        self.shelves.iter().map(|shelf| self.cells[shelf.start].first.clone())
    }

    /// Returns true if the panels of a shelf have twice the usual height.
    pub fn is_double(&self, shelf: &Range<usize>) -> bool {
        self.cells[shelf.clone()].iter().any(|cell| cell.is_double)
    }

    /// Returns the average cost of the widths of a shelf's cells, or 0 if it is so small that it does not matter.
    fn rank(&self) -> f64 {
        let costs = self.shelves.iter().map(|shelf| width_cost(&self.cells[shelf.clone()], self.columns));
        let average = costs.sum::<f64>() / self.shelves.len().max(1) as f64;
        if average <= LITTLE_COST { 0.0 } else { average }
    }

    /// Returns true if all shelves fit on one screen with their minimum height.
    fn fits(&self, view: &View) -> bool {
        let least_px = SHELF_PX * view.scale * view.growth(self.columns) + view.band + view.gap;
        self.heights() as f64 * least_px - view.gap <= view.height
    }

    /// Returns the number of shelves. One of twice the usual height counts as two.
    pub fn heights(&self) -> usize {
        self.shelves.iter().map(|shelf| if self.is_double(shelf) { 2 } else { 1 }).sum()
    }
}
