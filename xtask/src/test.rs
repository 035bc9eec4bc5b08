//! `cargo xtask test`: every test there is, and what came of them.

use crate::arguments::Scope;
use crate::deploy;
use crate::failure::Failure;
use crate::lambda_local::Topology;
use crate::page;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::step;
use crate::terminal;
use crate::tools::{self, Browser, DynamoDbLocal};
use report::{Report, Suite};
use std::process::Command;
use std::time::Instant;

mod report;

type RunSuite = fn(&Project) -> Result<Suite, Failure>;

const QUICK: [(&str, RunSuite); 1] = [(NATIVE, native)];
const ALL: [(&str, RunSuite); 7] = [
    (NATIVE, native),
    (DYNAMODB, dynamodb),
    (WASM, wasm),
    (BROWSER, browser),
    (TOPOLOGY, topology),
    (SIZE, size_of_page),
    (CLOUD, deployment),
];
const NATIVE: &str = "tests: native";
const DYNAMODB: &str = "tests: DynamoDB";
const WASM: &str = "tests: shared in WebAssembly";
const BROWSER: &str = "tests: whole system in Chromium";
const TOPOLOGY: &str = "tests: AWS topology";
const SIZE: &str = "page: what opening it costs";
const CLOUD: &str = "AWS: all but the account";

/// Sets up what `scope` needs, runs all of it even when something fails, and ends with the count.
pub fn test(project: &Project, scope: Scope) -> Result<(), Failure> {
    let began = Instant::now();
    let suites: &[(&'static str, RunSuite)] = match scope {
        Scope::All => &ALL,
        Scope::Quick => &QUICK,
    };
    let report = Report(suites.iter().map(|(title, run)| finished(title, run(project))).collect());
    println!("\n{}", report.summary(began.elapsed()));
    report.verdict()
}

/// A suite that could not even start is a suite that failed.
fn finished(title: &'static str, result: Result<Suite, Failure>) -> Suite {
    result.unwrap_or_else(|failure| {
        terminal::error(&failure.to_string());
        Suite::not_started(title)
    })
}

/// Unit, integration and doc tests of everything that needs neither a browser nor Java; the page's logic among it.
fn native(project: &Project) -> Result<Suite, Failure> {
    let mut command = project.cargo(["test", "--workspace", "--no-fail-fast"]);
    command.args(["--exclude", "e2e", "--exclude", "backend-aws"]);
    observed(project, NATIVE, &mut command)
}

/// The adapters to AWS: the ports' suites against DynamoDB Local, the management API against our own gateway.
fn dynamodb(project: &Project) -> Result<Suite, Failure> {
    let local = DynamoDbLocal::set_up(project)?;
    let mut command = project.cargo(["test", "--package", "backend-aws", "--no-fail-fast"]);
    local.announce(&mut command);
    observed(project, DYNAMODB, &mut command)
}

/// The tests of `shared` once more, compiled to what the browser runs.
fn wasm(project: &Project) -> Result<Suite, Failure> {
    let runner = tools::wasm_test_runner(project)?;
    let target = ["--target", tools::WASM_TARGET];
    let mut command = project.cargo([
        "test",
        "--package",
        "tickertape-shared",
        "--package",
        "tickertape-session",
        "--lib",
        "--tests",
        "--no-fail-fast",
    ]);
    command.args(target).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    if !tools::has_node() {
        let browser = Browser::set_up(project)?;
        command.env("WASM_BINDGEN_USE_BROWSER", "1").env("CHROMEDRIVER", browser.chromedriver);
    }
    observed(project, WASM, &mut command)
}

/// The whole system: the real program, with the real page, in a real browser.
fn browser(project: &Project) -> Result<Suite, Failure> {
    let browser = Browser::set_up(project)?;
    let tickertape = product::build(project, Profile::Dev)?;
    let mut command = project.cargo(["test", "--package", "e2e", "--no-fail-fast"]);
    command.env("TICKERTAPE_BIN", tickertape).args(["--", "--skip", "aws_topology::"]);
    announce_page(project, browser, &mut command);
    observed(project, BROWSER, &mut command)
}

/// The same system as it is deployed: real functions and tables, in the same browser.
fn topology(project: &Project) -> Result<Suite, Failure> {
    let browser = Browser::set_up(project)?;
    let topology = Topology::build(project, Profile::Dev)?;
    let mut command = project.cargo(["test", "--package", "e2e", "--test", "lambda_local", "--no-fail-fast"]);
    topology.announce(&mut command);
    announce_page(project, browser, &mut command);
    observed(project, TOPOLOGY, &mut command)
}

fn announce_page(project: &Project, browser: Browser, command: &mut Command) {
    command
        .env("TICKERTAPE_SITE", project.dist())
        .env("TICKERTAPE_CHROMIUM", browser.chromium)
        .env("TICKERTAPE_CHROMEDRIVER", browser.chromedriver);
}

/// What the page costs to open: that which [`browser`] has just used.
fn size_of_page(project: &Project) -> Result<Suite, Failure> {
    let began = Instant::now();
    let size = page::check_size(project)?;
    terminal::done(SIZE, &size);
    Ok(Suite::checked(SIZE, 1, began.elapsed()))
}

/// The template, the functions as they are deployed, and a deployment that only says what it would do.
fn deployment(project: &Project) -> Result<Suite, Failure> {
    let began = Instant::now();
    let held = deploy::check_without_account(project)?;
    terminal::done(CLOUD, &format!("{held} checks"));
    Ok(Suite::checked(CLOUD, held, began.elapsed()))
}

fn observed(project: &Project, title: &'static str, command: &mut Command) -> Result<Suite, Failure> {
    let outcome = step::observe(project, title, command)?;
    let suite = Suite::judge(title, outcome.status.success(), &outcome.lines, outcome.took);
    if suite.passed {
        terminal::done(title, &suite.result());
    } else {
        step::show_end(&outcome.lines);
        terminal::failed(title, &suite.result());
    }
    Ok(suite)
}
