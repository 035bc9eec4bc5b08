//! Distributes the columns of a shelf among its cells. Depends on [`super::cell`].

use super::cell::Cell;

/// Returns the width of each cell of a shelf in columns. Their sum is `columns`, if the minimum widths of the cells
/// fit.
///
/// Each cell begins with the width that it wishes. Then columns are taken from the cells with the most, or given to
/// the cells with the least, in relation to their size and weight. If all cells have their maximum widths, they grow
/// beyond them.
pub(super) fn widths(cells: &[Cell<'_>], columns: u32) -> Vec<u32> {
    let mut widths: Vec<u32> = cells.iter().map(|cell| cell.wish).collect();
    while widths.iter().sum::<u32>() > columns {
        let Some(widest) = widest(cells, &widths) else { break };
        widths[widest] -= 1;
    }
    while widths.iter().sum::<u32>() < columns {
        let Some(narrowest) = narrowest(cells, &widths) else { break };
        widths[narrowest] += 1;
    }
    widths
}

/// Returns the index of the cell that is widest in relation to its wish and its weight, and that can become narrower.
fn widest(cells: &[Cell<'_>], widths: &[u32]) -> Option<usize> {
    let share = |index: usize| share(widths[index], cells[index].wish, cells[index].weight);
    let can_shrink = (0..cells.len()).filter(|index| widths[*index] > cells[*index].least);
    can_shrink.rev().max_by(|a, b| share(*a).total_cmp(&share(*b)).then(widths[*a].cmp(&widths[*b])))
}

/// Returns the index of the cell that is narrowest in relation to its maximum width and its weight. Cells below
/// their maximum widths come before all others.
fn narrowest(cells: &[Cell<'_>], widths: &[u32]) -> Option<usize> {
    let share = |index: usize| share(widths[index], cells[index].most, cells[index].weight);
    let rank = |index: usize| widths[index] >= cells[index].most;
    (0..cells.len()).min_by(|a, b| {
        let by_room = rank(*a).cmp(&rank(*b));
        by_room.then(share(*a).total_cmp(&share(*b))).then(cells[*b].most.cmp(&cells[*a].most))
    })
}

fn share(width: u32, of: u32, weight: f64) -> f64 {
    f64::from(width) / f64::from(of.max(1)) / weight
}
