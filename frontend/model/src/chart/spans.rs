//! Sets of time spans: the times whose data is lost, was replayed, or is not loaded yet.

use std::ops::Range;

/// A set of time spans, in milliseconds since the Unix epoch. A span includes its start and not its end. Spans are in
/// ascending order and do not overlap; spans that touch are merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    spans: Vec<Range<i64>>,
}

impl Spans {
    /// Creates an empty set.
    pub const fn new() -> Self {
        Self { spans: Vec::new() }
    }

    /// Adds a span and merges it with the spans that it overlaps or touches. An empty span adds nothing.
    pub fn add(&mut self, span: Range<i64>) {
        if span.is_empty() {
            return;
        }
        let first = self.spans.partition_point(|kept| kept.end < span.start);
        let last = self.spans.partition_point(|kept| kept.start <= span.end);
        let met = &self.spans[first..last];
        let start = met.first().map_or(span.start, |kept| kept.start.min(span.start));
        let end = met.last().map_or(span.end, |kept| kept.end.max(span.end));
        self.spans.splice(first..last, std::iter::once(start..end));
    }

    /// Removes the time from `span.start` to `span.end` from the set. Spans that overlap it are shortened, split or
    /// removed.
    pub fn remove(&mut self, span: Range<i64>) {
        if span.is_empty() {
            return;
        }
        let first = self.spans.partition_point(|kept| kept.end <= span.start);
        let last = self.spans.partition_point(|kept| kept.start < span.end);
        let met = &self.spans[first..last];
        let before = met.first().map(|kept| kept.start..span.start);
        let after = met.last().map(|kept| span.end..kept.end);
        let rest: Vec<_> = before.into_iter().chain(after).filter(|part| !part.is_empty()).collect();
        self.spans.splice(first..last, rest);
    }

    /// Removes all time before `ts_ms`.
    pub fn drop_before(&mut self, ts_ms: i64) {
        self.remove(i64::MIN..ts_ms);
    }

    /// Moves all spans by `by_ms`, to later times if it is positive.
    pub fn shift(&mut self, by_ms: i64) {
        for span in &mut self.spans {
            *span = span.start.saturating_add(by_ms)..span.end.saturating_add(by_ms);
        }
    }

    /// Removes all spans.
    pub fn clear(&mut self) {
        self.spans.clear();
    }

    /// Returns true if the set is empty.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Returns all spans, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = Range<i64>> + '_ {
        self.spans.iter().cloned()
    }

    /// Returns the spans that overlap `window`, in ascending order. They are not cut to the window.
    pub fn within(&self, window: Range<i64>) -> impl Iterator<Item = Range<i64>> + '_ {
        let first = self.spans.partition_point(|kept| kept.end <= window.start);
        self.spans[first..].iter().take_while(move |kept| kept.start < window.end).cloned()
    }

    /// Returns true if any span overlaps the time from `from_ms` to `to_ms`.
    pub fn meets(&self, from_ms: i64, to_ms: i64) -> bool {
        self.within(from_ms..to_ms).next().is_some()
    }

    /// Returns true if the time `ts_ms` is in a span.
    pub fn contains(&self, ts_ms: i64) -> bool {
        let next = self.spans.partition_point(|kept| kept.end <= ts_ms);
        self.spans.get(next).is_some_and(|kept| kept.contains(&ts_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn spans(list: &[Range<i64>]) -> Spans {
        let mut spans = Spans::new();
        for span in list {
            spans.add(span.clone());
        }
        spans
    }

    fn listed(spans: &Spans) -> Vec<Range<i64>> {
        spans.iter().collect()
    }

    #[test]
    fn stretches_are_kept_in_order_whatever_order_they_come_in() {
        assert_eq!(listed(&spans(&[50..60, 10..20, 30..40])), [10..20, 30..40, 50..60]);
    }

    #[test]
    fn stretches_that_touch_or_overlap_become_one() {
        assert_eq!(listed(&spans(&[10..20, 20..30])), std::slice::from_ref(&(10..30)));
        assert_eq!(listed(&spans(&[10..20, 40..50, 15..45])), std::slice::from_ref(&(10..50)));
    }

    #[test]
    fn an_empty_stretch_adds_nothing() {
        assert!(spans(std::slice::from_ref(&(10..10))).is_empty());
    }

    #[test]
    fn finding_the_middle_of_what_was_lost_leaves_both_sides_lost() {
        let mut lost = spans(&[10..40, 50..60]);
        lost.remove(20..30);
        assert_eq!(listed(&lost), [10..20, 30..40, 50..60]);
    }

    #[test]
    fn finding_more_than_was_lost_leaves_nothing() {
        let mut lost = spans(&[10..40, 50..60]);
        lost.remove(0..100);
        assert!(lost.is_empty());
    }

    #[test]
    fn spans_are_cut_at_the_given_time() {
        let mut lost = spans(&[10..40, 50..60]);
        lost.drop_before(20);
        assert_eq!(listed(&lost), [20..40, 50..60]);
    }

    #[test]
    fn a_window_sees_only_what_reaches_into_it() {
        let lost = spans(&[10..20, 30..40, 50..60]);
        assert_eq!(lost.within(20..31).collect::<Vec<_>>(), std::slice::from_ref(&(30..40)));
        assert!(lost.meets(39, 45));
        assert!(!lost.meets(40, 50));
    }

    #[test]
    fn a_stretch_contains_its_start_and_not_its_end() {
        let lost = spans(std::slice::from_ref(&(10..20)));
        assert!(lost.contains(10) && lost.contains(19));
        assert!(!lost.contains(9) && !lost.contains(20));
    }
}
