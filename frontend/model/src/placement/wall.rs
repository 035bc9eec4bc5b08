//! The pages of a wall: panels that are legible from a distance, as many on each page as fit. Depends on
//! [`super::page`].

use shared::Topic;

use super::page::Page;
use super::place::write_shelf;
use super::placed::{Place, Placement};
use super::size::{Height, Panel, Size};
use super::steps::{Rest, largest_step};
use super::view::View;

/// Lengths as multiples of the font size of text. Those of panels are also in the style sheet (`late/wall.css`).
///
/// Width of two columns: ten letters, a mark with a short word, and the frame of a panel.
const PAIR_EM: f64 = 10.5;
/// Width of the frame and the padding of a panel, left and right together.
const FRAME_WIDTH_EM: f64 = 1.1;
/// Height of the frame and the padding of a panel, above and below together.
const FRAME_HEIGHT_EM: f64 = 0.6;
/// Height of a line of text.
const LINE_EM: f64 = 1.3;
/// Minimum height of a sparkline, or of the strip and the line of text of a state.
const REST_EM: f64 = 2.2;
/// Minimum distance between the name of a panel and the words of its state.
const HEAD_GAP_EM: f64 = 0.3;
/// Width from which on the beginning of a group's name is worth showing.
const LEAST_GROUP_EM: f64 = 3.5;
/// Height of the line of a figure, as a multiple of its own font size.
const FIGURE_LINE_EM: f64 = 1.1;
/// Maximum share of the height below the name that a figure has, if a sparkline is below it.
const FIGURE_SHARE: f64 = 0.55;

/// The part of a wall that panels may use. All lengths are in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WallView {
    /// Width of the page without its margins.
    pub width: f64,
    /// Height of the page without header, progress bar and margins.
    pub height: f64,
    /// Distance between two panels.
    pub gap: f64,
    /// Font size of text.
    pub text_px: f64,
    /// Minimum font size of figures.
    pub figure_px: f64,
}

/// One panel that needs a place on a wall.
#[derive(Clone, Debug, PartialEq)]
pub struct WallPanel {
    /// Topic that the panel shows.
    pub topic: Topic,
    /// Size that suits the panel on a page.
    pub size: Size,
    /// Width of the panel's name as a multiple of the font size of text.
    pub name_em: f64,
    /// Width of the group's name before it.
    pub group_em: f64,
    /// Width of the words of the panel's state with their mark, as a multiple of the font size of text.
    pub chip_em: f64,
    /// Width of the panel's figure as a multiple of the figure's font size; 0 if it has none.
    pub figure_em: f64,
    /// True if the panel comes first and is larger, because it is in trouble.
    pub is_in_trouble: bool,
}

/// The head of a panel: its name and the words of its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of lines. The words of the state are in the second line if there are two.
    pub lines: u32,
    /// True if the name of the group, or the beginning of it, has room before the name.
    pub has_group: bool,
    /// True if the words of the state have room. Otherwise only their mark is shown.
    pub has_words: bool,
}

impl Default for Head {
    fn default() -> Self {
        Self { lines: 1, has_group: true, has_words: true }
    }
}

impl WallView {
    /// Returns the number of columns. It is even.
    pub(super) fn columns(&self) -> u32 {
        2 * (((self.width + self.gap) / (PAIR_EM * self.text_px + self.gap)) as u32).max(1)
    }

    /// Returns the number of shelves on a page: as many as leave room for a name and a figure in a panel of half a
    /// shelf's height.
    fn shelves(&self) -> usize {
        let half_px = (FRAME_HEIGHT_EM + LINE_EM) * self.text_px + FIGURE_LINE_EM * self.figure_px;
        let shelf_px = 2.0 * half_px + self.gap;
        (((self.height + self.gap) / (shelf_px + self.gap)) as usize).max(1)
    }

    /// Returns the font size in CSS pixels of the figure of a panel: the largest with which it fits, in steps, so that
    /// neighbouring panels have the same one. It is below [`Self::figure_px`] only if the figure would be cut. `text_em`
    /// is the width of the figure as a multiple of its font size. `head_lines` is the number of lines of the panel's
    /// head.
    pub fn figure_px(&self, text_em: f64, rest: Rest, place: Place, head_lines: u32) -> f64 {
        let width = self.inner_px(place);
        let below = self.below_head(place, head_lines);
        let height = match (self.is_low(place, head_lines), rest) {
            (true, _) => below,
            (false, Rest::Sparkline) => (below * FIGURE_SHARE).max(self.figure_px * FIGURE_LINE_EM),
            (false, Rest::States) => below - REST_EM * self.text_px,
        };
        let height = height / FIGURE_LINE_EM;
        let scale = self.text_px / super::USUAL_FONT_PX;
        let step = scale * largest_step(text_em, width / scale, height / scale);
        let fitting = if text_em > 0.0 { height.min(width / text_em) } else { height };
        step.max(self.figure_px).min(fitting).max(1.0)
    }

    /// Returns true if a panel has room for its head and its figure only.
    pub fn is_low(&self, place: Place, head_lines: u32) -> bool {
        let least_px = FIGURE_LINE_EM * self.figure_px + REST_EM * self.text_px;
        self.below_head(place, head_lines) < least_px
    }

    /// Returns the head of a panel. The words of the state have a line of their own if the name leaves too little room for
    /// them, unless the panel is too low for a second line above its figure.
    pub fn head(&self, panel: &WallPanel, place: Place) -> Head {
        let least_group_em = panel.group_em.min(LEAST_GROUP_EM);
        let has_room = |chip_em: f64, group_em: f64| {
            (group_em + panel.name_em + chip_em) * self.text_px <= self.inner_px(place)
        };
        let chip_em = HEAD_GAP_EM + panel.chip_em;
        let has_height = self.below_head(place, 2) >= FIGURE_LINE_EM * self.figure_px;
        let is_one_line = has_room(chip_em, 0.0);
        match has_height && !is_one_line {
            true => Head { lines: 2, has_group: has_room(0.0, least_group_em), has_words: true },
            false => Head { lines: 1, has_group: has_room(chip_em, least_group_em), has_words: is_one_line },
        }
    }

    /// Returns the width of a panel without its frame and its padding.
    fn inner_px(&self, place: Place) -> f64 {
        f64::from(place.width) - FRAME_WIDTH_EM * self.text_px
    }

    /// Returns the height of a panel below its head.
    fn below_head(&self, place: Place, head_lines: u32) -> f64 {
        f64::from(place.height) - (FRAME_HEIGHT_EM + f64::from(head_lines) * LINE_EM) * self.text_px
    }

    fn view(&self) -> View {
        let scale = self.text_px / super::USUAL_FONT_PX;
        View { width: self.width, height: self.height, gap: self.gap, band: 0.0, scale, fills: true }
    }

    /// Returns the number of columns that a panel needs for its name and its figure and, in trouble, for the words that describe
    /// it. Other states change too often to move panels.
    fn columns_for(&self, panel: &WallPanel) -> u32 {
        let chip_em = if panel.is_in_trouble { panel.chip_em } else { 0.0 };
        let contents_px = (panel.name_em.max(chip_em) * self.text_px).max(panel.figure_em * self.figure_px);
        let width_px = contents_px + FRAME_WIDTH_EM * self.text_px;
        let column_px = (self.width + self.gap) / f64::from(self.columns());
        ((width_px + self.gap) / column_px).ceil() as u32
    }

    /// Returns the size of a panel on this wall. All panels wish the least width, so that many fit on a page. They get
    /// more if there is room.
    fn size(&self, panel: &WallPanel) -> Size {
        let least = panel.size.least.max(self.columns_for(panel)).min(self.columns());
        let height = match panel.size.height {
            Height::Half if panel.is_in_trouble => Height::Whole,
            Height::Double if self.shelves() < 2 => Height::Whole,
            height => height,
        };
        Size { least, wish: least, most: panel.size.most.max(least), height, ..panel.size }
    }
}

/// Returns the places of panels on the pages of a wall. Panels in trouble come first, and then those of the first
/// page, all in the order in which they are given. Each page is filled before the next begins, and its panels fill
/// the height of the screen.
pub fn pages(panels: &[WallPanel], view: &WallView) -> Vec<Placement> {
    // Panels of different groups may share a shelf's height, because a wall has no headings of groups.
    let (first, others): (Vec<&WallPanel>, Vec<_>) = panels.iter().partition(|panel| panel.is_in_trouble);
    let ordered = first.into_iter().chain(others);
    let panels: Vec<Panel<'_>> =
        ordered.map(|panel| Panel { topic: &panel.topic, group: "", size: view.size(panel) }).collect();
    let mut pages = Vec::new();
    let mut rest = &panels[..];
    while !rest.is_empty() {
        let (count, page) = filled(rest, view);
        rest = &rest[count..];
        pages.push(placed(&page, view));
    }
    pages
}

/// Returns the page with as many of the first panels as fit, and their number, which is at least 1.
fn filled<'a>(panels: &[Panel<'a>], view: &WallView) -> (usize, Page<'a>) {
    let with = |count: usize| Page::with_columns(&panels[..count], &[], view.columns());
    let mut filled = (1, with(1));
    for count in 2..=panels.len() {
        let page = with(count);
        if page.heights() > view.shelves() {
            break;
        }
        filled = (count, page);
    }
    filled
}

/// Returns the places of a page's panels. Edges of shelves are rounded one by one, so that the last shelf ends exactly at
/// the edge of the screen.
fn placed(page: &Page<'_>, view: &WallView) -> Placement {
    let (mut placement, view) = (Placement::default(), view.view());
    let pitch_px = (view.height + view.gap) / page.heights().max(1) as f64;
    let mut top = 0.0;
    for shelf in &page.shelves {
        let bottom = top + pitch_px * if page.is_double(shelf) { 2.0 } else { 1.0 };
        let rows = top..bottom - view.gap;
        write_shelf(&page.cells[shelf.clone()], page.columns, rows, &view, &mut placement);
        top = bottom;
    }
    placement
}

#[cfg(test)]
mod tests;
