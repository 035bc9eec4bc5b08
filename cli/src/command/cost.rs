//! Implements `tickertape cost`.

use serde_json::json;

use super::output::Output;
use crate::cli::CostArgs;
use crate::cost::prices::{DATE, REGION};
use crate::cost::{self, DAYS, Estimate, Load};
use crate::error::CliError;
use crate::term::{Look, Paint};

/// Prints the monthly cost of a load on AWS.
///
/// # Errors
///
/// An error if standard output cannot be written.
pub fn run(args: &CostArgs) -> Result<(), CliError> {
    let CostArgs { viewers, rate, bytes, hours, json } = *args;
    let estimate = cost::estimate(Load { viewers, rate_hz: rate, bytes, hours_a_day: hours });
    let paint = Paint::stdout();
    let mut output = Output::open();
    if json {
        output.json(&to_json(&estimate))?;
    } else {
        let dim = |text: &str| {
            text.split('\n').map(|line| paint.paint(Look::Dim, line)).collect::<Vec<_>>().join("\n")
        };
        let words = cost::words(&estimate, dim);
        words.lines().try_for_each(|line| output.words(line))?;
    }
    output.flush()
}

fn to_json(estimate: &Estimate) -> String {
    json!({
        "load": estimate.load, "days": DAYS, "region": REGION, "prices_of": DATE,
        "lines": estimate.lines, "usd": estimate.usd(),
    })
    .to_string()
}
