//! A list of numbers with a maximum length, which keeps the newest numbers.

use std::collections::VecDeque;
use std::ops::Range;

/// A list of numbers with a maximum length. When it is full, it drops its oldest number for each new one. An index in
/// the list is called a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Ring<T> {
    cells: VecDeque<T>,
    bound: usize,
}

impl<T: Copy + PartialOrd> Ring<T> {
    /// Creates an empty list that holds at most `bound` numbers. A bound of 0 counts as 1.
    pub const fn new(bound: usize) -> Self {
        Self { cells: VecDeque::new(), bound: if bound == 0 { 1 } else { bound } }
    }

    /// Creates a list that contains the number `fill` `len` times, and that holds at most `bound` numbers.
    pub fn filled(fill: T, len: usize, bound: usize) -> Self {
        let mut ring = Self::new(bound);
        ring.cells.resize(len.min(ring.bound), fill);
        ring
    }

    /// Makes room for `more` further numbers.
    pub fn widen(&mut self, more: usize) {
        self.bound += more;
    }

    /// Returns the number of entries in the list.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Returns true if the list is empty.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Returns true if the list is full, so that a new number replaces the oldest.
    pub fn is_full(&self) -> bool {
        self.cells.len() >= self.bound
    }

    /// Returns the number at `row`; `None` if there is no such row. Row 0 is the oldest.
    pub fn get(&self, row: usize) -> Option<T> {
        self.cells.get(row).copied()
    }

    /// Returns the newest number; `None` if the list is empty.
    pub fn last(&self) -> Option<T> {
        self.cells.back().copied()
    }

    /// Returns the numbers of some rows, oldest first. Rows that do not exist are skipped.
    pub fn rows(&self, rows: Range<usize>) -> impl DoubleEndedIterator<Item = T> + ExactSizeIterator + '_ {
        let end = rows.end.min(self.len());
        self.cells.range(rows.start.min(end)..end).copied()
    }

    /// Inserts the number `cell` before `row`, or at the end if there is no such row. A full list first drops its
    /// oldest number. If the list is full and `row` is 0, `cell` itself would be the oldest number, so nothing is
    /// inserted.
    pub fn insert(&mut self, row: usize, cell: T) {
        let row = row.min(self.len());
        if !self.is_full() {
            self.cells.insert(row, cell);
        } else if row > 0 {
            self.cells.pop_front();
            self.cells.insert(row - 1, cell);
        }
    }

    /// Replaces the number at `row`, if there is one.
    pub fn set(&mut self, row: usize, cell: T) {
        if let Some(kept) = self.cells.get_mut(row) {
            *kept = cell;
        }
    }

    /// Returns the first row in `rows` whose number is not smaller than `cell`, or the end of `rows` if there is no
    /// such row. The numbers in `rows` must be in ascending order.
    pub fn place_within(&self, rows: Range<usize>, cell: T) -> usize {
        let (mut start, mut end) = (rows.start, rows.end.min(self.len()));
        while start < end {
            let middle = start + (end - start) / 2;
            if self.cells[middle] < cell { start = middle + 1 } else { end = middle }
        }
        start
    }

    /// Drops the `count` oldest numbers.
    pub fn drop_first(&mut self, count: usize) {
        self.cells.drain(..count.min(self.cells.len()));
    }

    /// Returns the number of entries that are smaller than `cell`. The list must be in ascending order.
    pub fn rows_before(&self, cell: T) -> usize {
        self.cells.partition_point(|kept| *kept < cell)
    }

    /// Returns the number of entries that are not greater than `cell`. The list must be in ascending order.
    pub fn rows_through(&self, cell: T) -> usize {
        self.cells.partition_point(|kept| *kept <= cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn ring(cells: &[i64], bound: usize) -> Ring<i64> {
        let mut ring = Ring::new(bound);
        for cell in cells {
            ring.insert(usize::MAX, *cell);
        }
        ring
    }

    fn listed(ring: &Ring<i64>) -> Vec<i64> {
        ring.rows(0..usize::MAX).collect()
    }

    #[test]
    fn a_full_column_forgets_its_oldest() {
        assert_eq!(listed(&ring(&[1, 2, 3, 4, 5], 3)), [3, 4, 5]);
    }

    #[test]
    fn a_number_can_be_put_between_others() {
        let mut column = ring(&[1, 3], 8);
        column.insert(1, 2);
        assert_eq!(listed(&column), [1, 2, 3]);
    }

    #[test]
    fn putting_a_number_between_others_in_a_full_column_forgets_the_oldest() {
        let mut column = ring(&[1, 2, 4], 3);
        column.insert(2, 3);
        assert_eq!(listed(&column), [2, 3, 4]);
    }

    #[test]
    fn a_number_older_than_all_in_a_full_column_is_not_kept() {
        let mut column = ring(&[2, 3, 4], 3);
        column.insert(0, 1);
        assert_eq!(listed(&column), [2, 3, 4]);
    }

    #[test]
    fn a_bound_of_nothing_still_holds_the_last_number() {
        assert_eq!(listed(&ring(&[1, 2], 0)), [2]);
    }

    #[test]
    fn searching_finds_the_rows_on_both_sides_of_equal_numbers() {
        let column = ring(&[10, 20, 20, 30], 8);
        assert_eq!((column.rows_before(20), column.rows_through(20)), (1, 3));
        assert_eq!((column.rows_before(5), column.rows_through(99)), (0, 4));
    }

    #[test]
    fn rows_that_are_not_there_are_left_out() {
        let column = ring(&[1, 2, 3], 8);
        assert_eq!(column.rows(2..9).collect::<Vec<_>>(), [3]);
        assert_eq!(column.rows(7..9).count(), 0);
    }
}
