//! Computes the places of all panels. Depends on [`super::page`].

use std::ops::Range;

use super::cell::Cell;
use super::page::{Page, SHELF_PX};
use super::placed::{Kept, Place, Placement};
use super::size::{Height, Panel};
use super::view::View;
use super::widths::widths;

/// Height in CSS pixels, at the usual font size, of a panel on a phone that takes half a shelf on other screens.
const PHONE_HALF_PX: f64 = 104.0;

/// Returns the places of all panels. `panels` are in the order of the board, group by group. `kept` are the decisions
/// of the previous layout; `None` if there was none, or if it showed other panels.
pub fn place(panels: &[Panel<'_>], view: &View, kept: Option<&Kept>) -> Placement {
    let mut placement = Placement::default();
    if view.is_narrow() && !view.fills {
        stack(panels, view, &mut placement);
        return placement;
    }
    let kept = kept.filter(|kept| kept.suits(panels.len()));
    let firsts = kept.map_or(&[][..], |kept| &kept.firsts);
    let page = Page::new(panels, view, firsts, kept.map(|kept| kept.columns));
    placement.kept.columns = page.columns;
    placement.shelf_px = page.shelf_px(view);
    write(&page, view, &mut placement);
    placement
}

/// Adds panels below those of `placement`, without a change to any other panel. Is meant for new panels that appear
/// while the reader points at a panel, so that nothing may move.
pub fn append(placement: &mut Placement, panels: &[Panel<'_>], view: &View) {
    if view.is_narrow() && !view.fills {
        stack(panels, view, placement);
    } else {
        let columns = placement.kept.columns.max(1);
        write(&Page::with_columns(panels, &[], columns), view, placement);
    }
}

/// Adds panels in one column below those of `placement`, as on a phone.
fn stack(panels: &[Panel<'_>], view: &View, placement: &mut Placement) {
    for panel in panels {
        let is_new_group = placement.bands.last().is_none_or(|band| band.group != panel.group);
        let band_px = if is_new_group { view.band } else { 0.0 };
        let top = placement.next_top(view.gap) + band_px;
        let height_px = match panel.size.height {
            Height::Half => PHONE_HALF_PX,
            Height::Whole => SHELF_PX,
            Height::Double => 2.0 * SHELF_PX,
        };
        let place = Place::between(0.0, view.width, top, top + height_px * view.scale);
        if is_new_group {
            placement.head(panel.group, place, band_px);
        }
        placement.put(panel.topic, place);
    }
    placement.kept.panels += panels.len();
}

/// Adds the shelves of a page below the panels of `placement`.
fn write(page: &Page<'_>, view: &View, placement: &mut Placement) {
    for shelf in &page.shelves {
        let top = placement.next_top(view.gap) + view.band;
        let one_px = placement.shelf_px;
        let is_double = page.is_double(shelf);
        let height = if is_double { 2.0 * one_px + view.band + view.gap } else { one_px };
        write_shelf(&page.cells[shelf.clone()], page.columns, top..top + height, view, placement);
    }
    placement.kept.firsts.extend(page.firsts());
    placement.kept.panels += page.cells.iter().map(Cell::panels).sum::<usize>();
}

/// Adds one shelf, whose panels are as high as `rows`.
pub(super) fn write_shelf(
    cells: &[Cell<'_>],
    columns: u32,
    rows: Range<f64>,
    view: &View,
    placement: &mut Placement,
) {
    let column_px = (view.width + view.gap) / f64::from(columns);
    let mut column = 0;
    for (cell, width) in cells.iter().zip(widths(cells, columns)) {
        let left = f64::from(column) * column_px;
        column += width;
        let right = f64::from(column) * column_px - view.gap;
        placement.head(cell.group, Place::between(left, right, rows.start, rows.end), view.band);
        let middle = (rows.start + rows.end) / 2.0;
        let lower_edge = if cell.second.is_some() { middle - view.gap / 2.0 } else { rows.end };
        placement.put(cell.first, Place::between(left, right, rows.start, lower_edge));
        if let Some(second) = cell.second {
            placement.put(second, Place::between(left, right, middle + view.gap / 2.0, rows.end));
        }
    }
}

#[cfg(test)]
mod tests;
