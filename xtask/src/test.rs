//! The subcommand `cargo xtask test`, which runs all test suites and prints a summary.

use crate::arguments::Scope;
use crate::deploy;
use crate::error::TaskError;
use crate::lambda_local::Topology;
use crate::page;
use crate::product::{self, Profile};
use crate::project::{Priority, Project};
use crate::step;
use crate::terminal;
use crate::tools::{self, Browser, DynamoDbLocal, PageTools};
use ahead::{Ahead, Product};
use report::{Report, Suite};
use std::process::Command;
use std::thread;
use std::time::Instant;

mod ahead;
mod failures;
mod report;

/// A function that runs a suite, with the suite's title.
type Named = (&'static str, fn(&Project) -> Result<Suite, TaskError>);

const QUICK: [Named; 2] = [(NATIVE, native), (STORM, storm)];
/// The load test, which waits for most of its time. A viewer of it has a second to replace a connection, so it has the usual priority.
const LOAD: [Named; 1] = [(STORM, storm)];
/// Suites that run beside the load test at a low priority, and wait for the starts of processes.
const WAITING: [Named; 3] = [(SERVICES, services), (EMULATE, emulate), (TOPOLOGY, topology)];
/// Suites that run beside both at a low priority, and use the processor in the meantime.
const BUSY: [Named; 2] = [(NATIVE_WITH_DYNAMODB, native_with_dynamodb), (WASM, wasm)];
/// Suites that run afterwards. Those in the browser measure times in the page, and leave no time to others.
const AFTERWARDS: [Named; 3] = [(BROWSER, browser), (SIZE, size_of_page), (CLOUD, deployment)];
/// Tests of a suite that run at the same time, for each processor. Most tests wait for most of their time: for a process, a time limit or
/// the browser.
const TESTS_FOR_EACH_PROCESSOR: usize = 2;
/// Environment variable with the number of tests that run at the same time.
const TEST_THREADS: &str = "RUST_TEST_THREADS";
const NATIVE: &str = "tests: native";
const NATIVE_WITH_DYNAMODB: &str = "tests: native and DynamoDB";
const STORM: &str = "tests: crowd over real sockets, with faults";
const SERVICES: &str = "tests: tables and queues of the emulator";
const EMULATE: &str = "tests: apps in the emulator";
const WASM: &str = "tests: shared, session and board model in WebAssembly";
const BROWSER: &str = "tests: whole system in Chromium";
const TOPOLOGY: &str = "tests: AWS topology";
const SIZE: &str = "page: size";
const CLOUD: &str = "AWS: deployment without account";

/// Runs all test suites of `scope`, even if some fail, and prints a summary. Returns an error if one failed.
pub fn test(project: &Project, scope: Scope) -> Result<(), TaskError> {
    let began = Instant::now();
    let report = Report(match scope {
        Scope::All => all(project)?,
        Scope::Quick => in_turn(project, &QUICK, None),
    });
    println!("\n{}", report.summary(began.elapsed()));
    report.verdict()
}

/// Runs all suites. Returns an error if the tests of [`BUSY`] cannot be compiled.
fn all(project: &Project) -> Result<Vec<Suite>, TaskError> {
    install_tools(project);
    let ahead = start_ahead(project);
    // The suites in the background would compile at a low priority, and Cargo would make the others wait for them.
    step::run(project, "tests: compile", native_tests(project).arg("--no-run"))?;
    let background = project.with_priority(Priority::Low);
    let (load, waiting, busy) = thread::scope(|scope| {
        let waiting = scope.spawn(|| in_turn(&background, &WAITING, ahead.as_ref()));
        let busy = scope.spawn(|| in_turn(&background, &BUSY, None));
        (in_turn(project, &LOAD, None), waiting.join(), busy.join())
    });
    let busy = busy.unwrap_or_else(|_| not_started(&BUSY));
    let waiting = waiting.unwrap_or_else(|_| not_started(&WAITING));
    let afterwards = in_turn(project, &AFTERWARDS, ahead.as_ref());
    Ok([busy, load, waiting, afterwards].concat())
}

fn not_started(suites: &[Named]) -> Vec<Suite> {
    suites.iter().map(|(title, _)| Suite::not_started(title)).collect()
}

/// Runs suites one after the other. Each waits until that is built which it needs.
fn in_turn(project: &Project, suites: &[Named], ahead: Option<&Ahead>) -> Vec<Suite> {
    let run_suite = |(title, run): &Named| {
        if let (Some(ahead), Some(product)) = (ahead, needed(title)) {
            ahead.wait_for(product);
        }
        finished(title, run(project))
    };
    suites.iter().map(run_suite).collect()
}

/// Installs the tools that suites need which run at the same time, so that no tool is installed twice at once. If this is
/// impossible, the suites report it.
fn install_tools(project: &Project) {
    let _interpreters = tools::require_interpreters(project);
    let _dynamodb = DynamoDbLocal::set_up(project);
    let _moto = tools::announce_moto(project, &mut project.command("true"));
    let _browser = Browser::set_up(project);
}

/// Starts to build what later suites need. If this is impossible, the suites build it themselves.
fn start_ahead(project: &Project) -> Option<Ahead> {
    match Ahead::start(project) {
        Ok(ahead) => Some(ahead),
        Err(failure) => {
            terminal::error(&failure.to_string());
            None
        }
    }
}

/// Returns the product that is built ahead for a suite. The suites after it need the same.
fn needed(title: &str) -> Option<Product> {
    match title {
        TOPOLOGY => Some(Product::Page),
        CLOUD => Some(Product::Functions),
        _ => None,
    }
}

/// Returns the result of a suite. If the suite could not be started, prints the error and counts the suite as failed.
fn finished(title: &'static str, result: Result<Suite, TaskError>) -> Suite {
    result.unwrap_or_else(|failure| {
        terminal::error(&failure.to_string());
        Suite::not_started(title)
    })
}

/// Runs the unit, integration and doc tests that need neither a browser nor Java. These include the tests of the page's
/// logic.
fn native(project: &Project) -> Result<Suite, TaskError> {
    let mut command = native_tests(project);
    observed(project, NATIVE, command.args(["--exclude", "backend-aws"]))
}

/// Runs the tests of [`native`], and also those of the AWS adapters. The latter are the conformance suites of the ports
/// with DynamoDB Local, and the tests of the management API with our own gateway. If DynamoDB Local cannot be
/// installed, the tests of [`native`] are run and the suite counts as failed.
///
/// One command runs all of them, because Cargo compiles a dependency once for each set of features that the selected
/// crates need. If the adapters were tested by a second command, the AWS SDK would be compiled again.
fn native_with_dynamodb(project: &Project) -> Result<Suite, TaskError> {
    let local = match DynamoDbLocal::set_up(project) {
        Ok(local) => local,
        Err(error) => {
            terminal::error(&error.to_string());
            return native(project).map(Suite::incomplete);
        }
    };
    let mut command = native_tests(project);
    local.announce(&mut command);
    observed(project, NATIVE_WITH_DYNAMODB, &mut command)
}

/// Runs the load tests over real sockets.
fn storm(project: &Project) -> Result<Suite, TaskError> {
    observed(project, STORM, &mut end_to_end(project, "storm"))
}

/// Runs the tests of the emulator's tables, queues and event source mappings, with DynamoDB Local and moto.
fn services(project: &Project) -> Result<Suite, TaskError> {
    let mut command = end_to_end(project, "services");
    DynamoDbLocal::set_up(project)?.announce(&mut command);
    tools::announce_moto(project, &mut command)?;
    observed(project, SERVICES, &mut command)
}

/// Runs the tests of `tickertape emulate` from outside: apps of Node.js and Python, with DynamoDB Local and moto.
fn emulate(project: &Project) -> Result<Suite, TaskError> {
    let tickertape = product::build_without_page(project, Profile::Dev)?;
    let mut command = end_to_end(project, "emulate");
    // The packages of Lambda's runtimes are installed here, and not in the data directory of the person.
    command.env("TICKERTAPE_BIN", tickertape).env("XDG_DATA_HOME", project.target.join("xtask").join("data"));
    DynamoDbLocal::set_up(project)?.announce(&mut command);
    tools::announce_moto(project, &mut command)?;
    tools::require_interpreters(project)?;
    observed(project, EMULATE, &mut command)
}

fn native_tests(project: &Project) -> Command {
    at_once(project.cargo(["test", "--workspace", "--no-fail-fast"]))
}

/// Runs the tests of the crates `shared`, session and board model compiled to WebAssembly, as the browser runs them.
fn wasm(project: &Project) -> Result<Suite, TaskError> {
    let runner = tools::wasm_test_runner(project)?;
    let target = ["--target", tools::WASM_TARGET];
    let mut command = project.cargo([
        "test",
        "--package",
        "tickertape-shared",
        "--package",
        "tickertape-session",
        "--package",
        "board-model",
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

/// Runs the tests of the whole system, that is of the program `tickertape` with its page in a real browser.
fn browser(project: &Project) -> Result<Suite, TaskError> {
    observed(project, BROWSER, &mut browser_tests(project)?)
}

/// Builds the program and the page, and returns the command that runs the tests of the whole system.
pub fn browser_tests(project: &Project) -> Result<Command, TaskError> {
    let browser = Browser::set_up(project)?;
    let tickertape = product::build(project, Profile::Dev)?;
    let mut command = end_to_end(project, "browser");
    command.env("TICKERTAPE_BIN", tickertape);
    announce_page(project, browser, &mut command);
    PageTools::set_up(project)?.announce(&mut command);
    tools::announce_axe(project, &mut command)?;
    page::announce(project, &mut command)?;
    Ok(command)
}

/// Runs the tests of the AWS topology, with the functions as processes, DynamoDB Local and a real browser.
fn topology(project: &Project) -> Result<Suite, TaskError> {
    let browser = Browser::set_up(project)?;
    let topology = Topology::build(project, Profile::Dev)?;
    let mut command = end_to_end(project, "lambda_local");
    topology.announce(project, &mut command)?;
    announce_page(project, browser, &mut command);
    observed(project, TOPOLOGY, &mut command)
}

/// Returns the command that runs one test target that `cargo test` leaves out. It selects the whole workspace, as
/// [`native_tests`] does, so that no dependency is compiled again with fewer features.
fn end_to_end(project: &Project, target: &str) -> Command {
    at_once(project.cargo(["test", "--workspace", "--no-fail-fast", "--test", target]))
}

/// Sets the number of tests that run at the same time, unless the person has set it.
fn at_once(mut command: Command) -> Command {
    if std::env::var_os(TEST_THREADS).is_none() {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        command.env(TEST_THREADS, (TESTS_FOR_EACH_PROCESSOR * processors).to_string());
    }
    command
}

fn announce_page(project: &Project, browser: Browser, command: &mut Command) {
    command
        .env("TICKERTAPE_SITE", project.dist())
        .env("TICKERTAPE_CHROMIUM", browser.chromium)
        .env("TICKERTAPE_CHROMEDRIVER", browser.chromedriver);
}

/// Checks that the page which [`browser`] has built is not too large.
fn size_of_page(project: &Project) -> Result<Suite, TaskError> {
    let began = Instant::now();
    let size = page::check_size(project)?;
    terminal::done(SIZE, &size);
    Ok(Suite::checked(SIZE, 1, began.elapsed()))
}

/// Checks the SAM template, builds the functions for AWS, and runs a deployment as a dry run.
fn deployment(project: &Project) -> Result<Suite, TaskError> {
    let began = Instant::now();
    let held = deploy::check_without_account(project)?;
    terminal::done(CLOUD, &format!("{held} checks"));
    Ok(Suite::checked(CLOUD, held, began.elapsed()))
}

fn observed(project: &Project, title: &'static str, command: &mut Command) -> Result<Suite, TaskError> {
    let outcome = step::observe(project, title, command)?;
    let suite = Suite::judge(title, outcome.status.success(), &outcome.lines, outcome.took);
    if suite.passed {
        terminal::done(title, &suite.result());
    } else {
        show_failure(&suite, &outcome.lines);
        terminal::failed(title, &suite.result());
    }
    Ok(suite)
}

/// Shows what the failed tests of a suite printed. If no test has failed by name, shows the end of the output, which says why the suite
/// did not run.
fn show_failure(suite: &Suite, lines: &[String]) {
    if suite.failures.is_empty() {
        return step::show_end(lines);
    }
    for failure in &suite.failures {
        terminal::note(&failure.name);
        failure.printed.iter().for_each(|line| eprintln!("  {line}"));
    }
}
