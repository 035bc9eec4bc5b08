//! Implements `tickertape cost`.

use serde_json::json;

use super::output::Output;
use crate::cli::{CostArgs, duration};
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
    let CostArgs { viewers, rate, bytes, hours, every, budget, json } = *args;
    let frame_every_ms = every.map_or(0, duration::ms);
    let load = Load { viewers, rate_hz: rate, bytes, hours_a_day: hours, frame_every_ms };
    let estimate = cost::estimate(load);
    let paint = Paint::stdout();
    let mut output = Output::open();
    if json {
        output.json(&to_json(&estimate, budget))?;
    } else {
        let dim = |text: &str| {
            text.split('\n').map(|line| paint.paint(Look::Dim, line)).collect::<Vec<_>>().join("\n")
        };
        let words = cost::words(&estimate, dim);
        words.lines().try_for_each(|line| output.words(line))?;
        if let Some(budget_usd) = budget {
            output.words("")?;
            output.words(&cost::budget_words(&load, budget_usd))?;
        }
    }
    output.flush()
}

fn to_json(estimate: &Estimate, budget_usd: Option<f64>) -> String {
    let mut json = json!({
        "load": estimate.load, "days": DAYS, "region": REGION, "prices_of": DATE,
        "lines": estimate.lines, "usd": estimate.usd(),
    });
    if let Some(budget_usd) = budget_usd {
        let fit = cost::within(estimate.load, budget_usd);
        json["budget"] = json!({
            "usd": budget_usd,
            "frame_every_ms": fit.as_ref().map(|fit| fit.load.frame_every_ms),
            "cost_usd": fit.as_ref().map(Estimate::usd),
        });
    }
    json.to_string()
}
