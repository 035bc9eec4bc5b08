//! Divides cells into shelves. Depends on [`super::cell`].

use std::ops::Range;

use shared::Topic;

use super::cell::Cell;

/// Cost of one shelf.
const SHELF: f64 = 1.0;
/// Cost of the difference between the wished width of all cells of a shelf and the width of the page. The difference
/// is squared.
const UNWISHED: f64 = 4.0;
/// Cost of width that no cell of a shelf can use.
const UNUSED: f64 = 3.0;
/// Cost of a break within a group.
const SPLIT: f64 = 0.12;
/// Amount by which a break is cheaper if there was a break at the same panel in the previous layout.
const KEPT: f64 = 0.25;

/// Returns the cells of each shelf, as ranges of indexes of `cells`. Of all ways to divide the cells, it is the one
/// with the smallest sum of costs. `firsts` are the panels with which the shelves of the previous layout began.
///
/// The best division of the first cells does not depend on those after them. So it is computed for one cell, for two
/// cells and so on, each time from the results before. Example: with 4 columns and cells of the widths 2, 2 and 4,
/// the best division of all three is the best one of the first two, which is one shelf, and a shelf with the third.
pub(super) fn shelves(cells: &[Cell<'_>], columns: u32, firsts: &[Topic]) -> Vec<Range<usize>> {
    let mut best = vec![Best { cost: 0.0, start: 0 }];
    for end in 1..=cells.len() {
        let break_cost = break_cost(cells, end, firsts);
        let choices = (0..end).rev().map_while(|start| {
            let shelf = shelf_cost(&cells[start..end], columns)?;
            Some(Best { cost: best[start].cost + shelf + break_cost, start })
        });
        best.extend(choices.min_by(|a, b| a.cost.total_cmp(&b.cost)));
    }
    let mut ends: Vec<Range<usize>> = Vec::new();
    let mut end = cells.len();
    while end > 0 {
        ends.push(best[end].start..end);
        end = best[end].start;
    }
    ends.reverse();
    ends
}

/// The best division of the first cells of a page.
#[derive(Clone, Copy)]
struct Best {
    cost: f64,
    /// Index of the cell with which the last shelf begins.
    start: usize,
}

/// Returns the cost of a shelf with these cells; `None` if they do not fit even with their minimum widths.
fn shelf_cost(cells: &[Cell<'_>], columns: u32) -> Option<f64> {
    let height = if cells.iter().any(|cell| cell.is_double) { 2.0 } else { 1.0 };
    let fits = cells.iter().map(|cell| cell.least).sum::<u32>() <= columns;
    fits.then(|| SHELF * height + width_cost(cells, columns))
}

/// Returns the cost of the widths that cells have together on one shelf, which are not those that they wish.
pub(super) fn width_cost(cells: &[Cell<'_>], columns: u32) -> f64 {
    let share = |columns_off: u32| f64::from(columns_off) / f64::from(columns);
    let unwished = share(columns.abs_diff(cells.iter().map(|cell| cell.wish).sum()));
    let unused = share(columns.saturating_sub(cells.iter().map(|cell| cell.most).sum()));
    UNWISHED * unwished * unwished + UNUSED * unused
}

/// Returns the cost of a break before the cell with the index `at`. The end of the page costs nothing.
fn break_cost(cells: &[Cell<'_>], at: usize, firsts: &[Topic]) -> f64 {
    let Some(next) = cells.get(at) else { return 0.0 };
    let split = if cells[at - 1].group == next.group { SPLIT } else { 0.0 };
    let kept = if firsts.contains(next.first) { KEPT } else { 0.0 };
    split - kept
}
