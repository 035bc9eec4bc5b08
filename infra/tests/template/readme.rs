//! Tests that infra/README.md agrees with the template.

use std::collections::BTreeSet;

use infra::Template;
use tickertape::cost::{Load, markdown};

const README: &str = include_str!("../../README.md");

fn loads() -> [Load; 3] {
    [1, 50, 1_000].map(|viewers| Load {
        viewers,
        rate_hz: 1.0,
        bytes: 100,
        hours_a_day: 24.0,
        frame_every_ms: 0,
    })
}

/// Returns the first cells of all rows in the README's section with this heading, without backticks.
fn first_cells(heading: &str) -> BTreeSet<String> {
    let section = README.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    cells.map(str::to_owned).collect()
}

#[test]
fn the_costs_are_those_that_the_program_computes() {
    let table = markdown(&loads());
    assert!(README.contains(&table), "replace the table of costs in infra/README.md with:\n\n{table}");
}

#[test]
fn every_alarm_is_explained_and_no_other() {
    let template = Template::read();
    let alarms = template.of_type("AWS::CloudWatch::Alarm").map(|(name, _)| name.to_owned());
    assert_eq!(first_cells("When an alarm rings"), alarms.collect());
}

#[test]
fn every_setting_is_explained_and_no_other() {
    let template = Template::read();
    let own = ["Stage", "SecretParameter", "SecretVersion"];
    let settings = template.parameters().filter(|name| !own.contains(name)).map(str::to_owned);
    assert_eq!(first_cells("Settings"), settings.collect());
}
