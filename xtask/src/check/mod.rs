//! `cargo xtask check`: everything that can be said about the code without running it.

mod commands;
mod dependencies;
mod names;
mod purity;
mod sources;

use crate::failure::Failure;
use crate::project::Project;
use crate::step;
use crate::terminal;
use crate::tools;
use std::time::Instant;

type Check = fn(&Project) -> Result<(), Failure>;

/// The quick ones first.
const CHECKS: [Check; 9] = [
    formatted,
    named_well,
    told_truly,
    pointing_one_way,
    pure,
    linted,
    linted_for_wasm,
    documented,
    licensed,
];

/// Runs every check, even when an earlier one fails, so that one run tells all.
pub fn check(project: &Project) -> Result<(), Failure> {
    let began = Instant::now();
    tools::components(project)?;
    tools::wasm_target(project)?;
    let failures: Vec<Failure> = CHECKS.iter().filter_map(|check| check(project).err()).collect();
    if failures.is_empty() {
        terminal::done("all checks", &terminal::human_duration(began.elapsed()));
        return Ok(());
    }
    let summary: Vec<String> = failures.iter().map(Failure::to_string).collect();
    Err(Failure::Faults { summary: summary.join("\n       ") })
}

fn formatted(project: &Project) -> Result<(), Failure> {
    let fmt = ["fmt", "--all", "--check", "--", "--color", "never"];
    step::run(project, "format", &mut project.cargo(fmt)).map(drop)
}

fn linted(project: &Project) -> Result<(), Failure> {
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    step::run(project, "lints", &mut project.cargo(clippy)).map(drop)
}

/// The page is another program in the browser than natively; and `shared` must compile for it at all.
fn linted_for_wasm(project: &Project) -> Result<(), Failure> {
    let packages = [
        "clippy",
        "--package",
        "frontend",
        "--package",
        "tickertape-shared",
        "--package",
        "tickertape-session",
        "--locked",
    ];
    let rest = ["--target", tools::WASM_TARGET, "--", "-D", "warnings"];
    step::run(project, "lints for WebAssembly", &mut project.cargo(packages.into_iter().chain(rest)))
        .map(drop)
}

fn documented(project: &Project) -> Result<(), Failure> {
    let mut doc = project.cargo(["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
    step::run(project, "docs", doc.env("RUSTDOCFLAGS", "-D warnings")).map(drop)
}

/// Advisories are left out: they need the network at every run, and change while the code does not.
fn licensed(project: &Project) -> Result<(), Failure> {
    let mut deny = tools::cargo_deny(project)?;
    deny.args(["--locked", "check", "licenses", "bans", "sources"]);
    step::run(project, "licences", &mut deny).map(drop)
}

fn pointing_one_way(project: &Project) -> Result<(), Failure> {
    report("dependency directions", dependencies::violations(&project.metadata()?))
}

fn named_well(project: &Project) -> Result<(), Failure> {
    report("forbidden names", names::violations(&sources::tracked(project)?))
}

fn told_truly(project: &Project) -> Result<(), Failure> {
    report("commands in documents", commands::violations(&sources::tracked(project)?))
}

fn pure(project: &Project) -> Result<(), Failure> {
    report("pure crates", purity::violations(&sources::tracked(project)?))
}

fn report(title: &str, violations: Vec<String>) -> Result<(), Failure> {
    if violations.is_empty() {
        terminal::done(title, "none broken");
        return Ok(());
    }
    step::show_end(&violations);
    terminal::failed(title, &format!("{} broken", violations.len()));
    Err(Failure::Faults { summary: format!("{title}: {} broken, listed above", violations.len()) })
}
