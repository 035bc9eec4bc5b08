//! Cuts the tables of a wall between two columns and between two rows, and counts what they have no room for. On a page they
//! can be scrolled, but nobody scrolls on a wall.

use web_sys::HtmlElement;

use super::seen::{every, every_in, note_hidden};
use board_model::table::more_words;

/// Cuts every table that is shown.
pub(super) fn cut() {
    every(".rows").iter().for_each(cut_one);
}

fn cut_one(rows: &HtmlElement) {
    let Some(table) = every_in(rows, "table").into_iter().next() else { return };
    let columns: Vec<i32> =
        every_in(&table, "thead th").iter().map(|head| head.offset_left() + head.offset_width()).collect();
    // The foot of a timeline is no row of it, and a wall does not show it.
    let lines: Vec<i32> = every_in(&table, ":not(tfoot) > tr")
        .iter()
        .map(|line| line.offset_top() + line.offset_height())
        .collect();
    let (width, height) = (rows.client_width(), rows.client_height());
    let is_whole =
        columns.last().is_none_or(|edge| *edge <= width) && lines.last().is_none_or(|edge| *edge <= height);
    // The text about what is left out has a line of its own, which is as high as the head of the table.
    let line = if is_whole { 0 } else { lines.first().copied().unwrap_or(0) };
    let (shown_columns, right) = fitting(&columns, width);
    let (shown_lines, bottom) = fitting(&lines, height - line);
    // The columns of a table without a head are not counted.
    let right = if columns.is_empty() { table.offset_width() } else { right };
    let cut = [table.offset_width() - right, table.offset_height() - bottom].map(|px| px.max(0).to_string());
    let clip = if is_whole { String::new() } else { format!("inset(0px {}px {}px 0px)", cut[0], cut[1]) };
    // This fails only for a name that is not valid.
    let _cut = table.style().set_property("clip-path", &clip);
    note_hidden(rows, more_words(lines.len() - shown_lines, columns.len() - shown_columns));
}

/// Returns the number of parts whose edges are within `room`, at least one, and the edge of the last of them.
fn fitting(edges: &[i32], room: i32) -> (usize, i32) {
    let count = edges.iter().take_while(|edge| **edge <= room).count().clamp(1.min(edges.len()), edges.len());
    (count, count.checked_sub(1).and_then(|last| edges.get(last)).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_ends_with_the_last_column_or_row_that_fits() {
        assert_eq!(fitting(&[100, 200, 300], 250), (2, 200));
        assert_eq!(fitting(&[100, 200, 300], 300), (3, 300));
        assert_eq!(fitting(&[100, 200, 300], 50), (1, 100), "the first is shown, even if it is cut");
        assert_eq!(fitting(&[], 50), (0, 0));
    }
}
