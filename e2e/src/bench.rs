//! What is measured, one file a figure, and how: work is counted in CPU time of the server's process, which
//! a busy neighbour disturbs less than it does a clock on the wall.

pub mod fanout;
pub mod hub;
pub mod latency;
pub mod memory;
pub mod page;
pub mod page_memory;
pub mod recovery;
pub mod returning;
pub mod usage;
pub mod viewer;

/// Prints one line of the report.
pub fn report(figure: &str, value: f64, unit: &str) {
    let digits = match value.abs() {
        0.0..10.0 => 2,
        10.0..1_000.0 => 1,
        _ => 0,
    };
    println!("{figure:<52} {value:>12.digits$}  {unit}");
}

/// The value below which `share` of them lie. Sorts them.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    // Truncation is meant: the nearest rank at or below.
    values.get((last as f64 * share) as usize).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let mut values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(percentile(&mut values, 0.5), 3.0);
        assert_eq!(percentile(&mut values, 1.0), 5.0);
        assert!(percentile(&mut [], 0.5).is_nan());
    }
}
