//! `cargo xtask test`: every test there is, and what came of them.

use crate::arguments::Scope;
use crate::failure::Failure;
use crate::page;
use crate::project::Project;
use crate::step::{self, Outcome};
use crate::tally::Tally;
use crate::terminal::{self, human_duration};
use crate::tools::{self, Browser, PageTools, program};
use std::process::Command;
use std::time::{Duration, Instant};

/// Sets up what `scope` needs, runs all of it even when something fails, and ends with the count.
pub fn test(project: &Project, scope: Scope) -> Result<(), Failure> {
    let began = Instant::now();
    let mut report = Report::default();
    report.add(native(project)?);
    if scope == Scope::All {
        report.add(wasm(project)?);
        report.add(browser(project)?);
    }
    report.print(began.elapsed());
    report.verdict()
}

/// Unit, integration and doc tests of everything that needs no browser; the page's logic among it.
fn native(project: &Project) -> Result<Suite, Failure> {
    let mut command = project.cargo(["test", "--workspace", "--exclude", "e2e", "--no-fail-fast"]);
    Suite::run(project, "tests: native", &mut command)
}

/// The tests of `shared` once more, compiled to what the browser runs.
fn wasm(project: &Project) -> Result<Suite, Failure> {
    let runner = tools::wasm_test_runner(project)?;
    let target = ["--target", tools::WASM_TARGET];
    let mut command = project.cargo(["test", "--package", "shared", "--lib", "--tests", "--no-fail-fast"]);
    command.args(target).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    if !tools::has_node() {
        let browser = Browser::set_up(project)?;
        command.env("WASM_BINDGEN_USE_BROWSER", "1").env("CHROMEDRIVER", browser.chromedriver);
    }
    Suite::run(project, "tests: shared in WebAssembly", &mut command)
}

/// The whole system: the real program, with the real page, in a real browser.
fn browser(project: &Project) -> Result<Suite, Failure> {
    let page_tools = PageTools::set_up(project)?;
    let browser = Browser::set_up(project)?;
    page::build(project, &page_tools)?;
    let build = ["build", "--package", "tickertape", "--features", "site"];
    step::run(project, "tickertape for tests", &mut project.cargo(build))?;
    let mut command = project.cargo(["test", "--package", "e2e", "--no-fail-fast"]);
    command
        .env("TICKERTAPE_SITE", project.dist())
        .env("TICKERTAPE_BIN", project.target.join("debug").join(program("tickertape")))
        .env("TICKERTAPE_CHROMIUM", browser.chromium)
        .env("TICKERTAPE_CHROMEDRIVER", browser.chromedriver);
    Suite::run(project, "tests: whole system in Chromium", &mut command)
}

/// One run of a test program and its result.
struct Suite {
    title: &'static str,
    tally: Tally,
    took: Duration,
    /// It ended well, and did run something: a runner that finds no tests is content, we are not.
    passed: bool,
}

impl Suite {
    fn run(project: &Project, title: &'static str, command: &mut Command) -> Result<Self, Failure> {
        let outcome = step::observe(project, title, command)?;
        let suite = Self::judge(title, &outcome);
        if suite.passed {
            terminal::done(title, &suite.result());
        } else {
            step::show_end(&outcome.lines);
            terminal::failed(title, &suite.result());
        }
        Ok(suite)
    }

    fn judge(title: &'static str, outcome: &Outcome) -> Self {
        let tally = Tally::of(outcome.lines.iter().map(String::as_str));
        let passed = outcome.status.success() && tally.failed == 0 && tally.passed > 0;
        Self { title, tally, took: outcome.took, passed }
    }

    fn result(&self) -> String {
        let why = match (self.passed, self.tally) {
            (false, Tally { passed: 0, failed: 0, .. }) => " (ran no test)",
            (false, Tally { failed: 0, .. }) => " (did not run to the end)",
            _ => "",
        };
        format!("{}{why}  {}", self.tally, human_duration(self.took))
    }
}

#[derive(Default)]
struct Report(Vec<Suite>);

impl Report {
    fn add(&mut self, suite: Suite) {
        self.0.push(suite);
    }

    fn total(&self) -> Tally {
        let mut total = Tally::default();
        for suite in &self.0 {
            total += suite.tally;
        }
        total
    }

    /// The last line is the count alone, for whoever reads only that.
    fn print(&self, took: Duration) {
        println!();
        for suite in &self.0 {
            let mark = if suite.passed { "✓" } else { "✗" };
            println!("{mark} {:34} {}", suite.title, suite.result());
        }
        println!("  everything, set-up included         {}", human_duration(took));
        println!("{}", self.total());
    }

    fn verdict(&self) -> Result<(), Failure> {
        let failed: Vec<&str> =
            self.0.iter().filter(|suite| !suite.passed).map(|suite| suite.title).collect();
        if failed.is_empty() {
            return Ok(());
        }
        Err(Failure::Faults { summary: format!("failed: {}", failed.join("; ")) })
    }
}
