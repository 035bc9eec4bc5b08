//! The cells of a shelf. Depends on [`super::size`].

use shared::Topic;

use super::size::{Height, Panel};

/// A part of a shelf that one panel takes, or two panels of half the height, one above the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell<'a> {
    pub group: &'a str,
    pub first: &'a Topic,
    /// The lower panel, if there are two.
    pub second: Option<&'a Topic>,
    /// Minimum width in columns.
    pub least: u32,
    /// Width in columns that suits the panels.
    pub wish: u32,
    /// Maximum useful width in columns.
    pub most: u32,
    pub weight: f64,
    /// True if the shelf of this cell has twice the usual height.
    pub is_double: bool,
}

impl<'a> Cell<'a> {
    fn new(panel: &Panel<'a>, columns: u32) -> Self {
        let size = panel.size;
        Self {
            group: panel.group,
            first: panel.topic,
            second: None,
            least: size.least.min(columns),
            wish: size.wish.min(columns),
            most: size.most.min(columns),
            weight: size.weight,
            is_double: size.height == Height::Double,
        }
    }

    /// Puts a second panel below the first. The cell is as wide as the wider of them needs.
    fn share(&mut self, panel: &Panel<'a>, columns: u32) {
        let second = Self::new(panel, columns);
        self.second = Some(panel.topic);
        self.least = self.least.max(second.least);
        self.wish = self.wish.max(second.wish);
        self.most = self.most.max(second.most);
    }

    /// Returns the number of panels in this cell.
    pub fn panels(&self) -> usize {
        1 + usize::from(self.second.is_some())
    }
}

/// Returns the cells of panels, in the order of the panels, for a page with this number of columns. Panels of half a
/// shelf's height share a cell with the next such panel of their group, even if other panels stand between them. One
/// that is left over gets a cell of its own.
pub(super) fn cells<'a>(panels: &[Panel<'a>], columns: u32) -> Vec<Cell<'a>> {
    let mut cells: Vec<Cell<'a>> = Vec::with_capacity(panels.len());
    let mut open: Option<usize> = None;
    for panel in panels {
        let is_half = panel.size.height == Height::Half;
        let sharing = open.filter(|index| is_half && cells[*index].group == panel.group);
        if let Some(index) = sharing {
            cells[index].share(panel, columns);
            open = None;
        } else {
            open = if is_half { Some(cells.len()) } else { open };
            cells.push(Cell::new(panel, columns));
        }
    }
    cells
}
