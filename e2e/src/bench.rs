//! The benchmarks, one file for each kind of measurement. Work is measured as CPU time of the server's process, because
//! other programs on the machine affect CPU time less than elapsed time.

pub mod attack;
pub mod audience;
pub mod bare;
pub mod board;
#[cfg(target_os = "linux")]
pub mod broadcast;
pub mod crowd;
#[cfg(target_os = "linux")]
pub mod emulate;
pub mod fanout;
pub mod frames;
#[cfg(target_os = "linux")]
pub mod functions;
pub mod hostile;
pub mod hub;
pub mod init;
pub mod kills;
pub mod latency;
pub mod memory;
pub mod nchan;
pub mod packages;
pub mod packing;
pub mod page;
pub mod page_memory;
pub mod parameter_store;
pub mod protocol;
pub mod recovery;
pub mod returning;
pub mod usage;
pub mod viewer;

use std::path::PathBuf;

/// Returns the folder with the programs for Node that are compared with ours, or `None` if Node is not installed. Their
/// packages are installed.
pub fn peers() -> Option<PathBuf> {
    std::env::var_os("TICKERTAPE_PEERS").map(PathBuf::from)
}

/// Prints one line of the benchmark's report: the name of the measured figure, its value and its unit.
pub fn report(figure: &str, value: f64, unit: &str) {
    println!("{figure:<52} {:>12}  {unit}", rounded(value));
}

/// Prints one line of the benchmark's report for a figure that was measured several times. The line contains the
/// median, the minimum and the maximum. Their distance shows the influence of other programs on the machine. Sorts
/// `values`.
pub fn report_spread(figure: &str, values: &mut [f64], unit: &str) {
    let median = percentile(values, 0.5);
    let (least, most) = (percentile(values, 0.0), percentile(values, 1.0));
    let spread = format!("({} to {}, {} times)", rounded(least), rounded(most), values.len());
    report(figure, median, &format!("{unit}  {spread}"));
}

/// Formats a number with two decimals below 10, one decimal below 1,000, and none above.
fn rounded(value: f64) -> String {
    let digits = match value.abs() {
        0.0..10.0 => 2,
        10.0..1_000.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

/// Returns the quantile `share` of the values, such as the median for 0.5. Sorts `values`.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    // The fraction is cut off, to get the nearest rank at or below.
    values.get((last as f64 * share) as usize).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_figures_have_decimals_and_large_ones_none() {
        assert_eq!([0.031, 9.994, 12.34, 4321.9].map(rounded), ["0.03", "9.99", "12.3", "4322"]);
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let mut values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(percentile(&mut values, 0.5), 3.0);
        assert_eq!(percentile(&mut values, 1.0), 5.0);
        assert!(percentile(&mut [], 0.5).is_nan());
    }
}
