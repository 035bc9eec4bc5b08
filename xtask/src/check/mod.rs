//! `cargo xtask check`: all checks that do not run the code.

mod commands;
mod cycles;
mod dependencies;
mod names;
mod openings;
mod packages;
mod paths;
mod picture;
mod promised;
mod purity;
mod sources;

use crate::arguments::Scope;
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use crate::tools;
use std::time::Instant;

pub use picture::write as draw_picture;

type Check = fn(&Project) -> Result<(), TaskError>;

/// Checks that do not compile the workspace.
const QUICK: [Check; 11] = [
    formatted,
    forbidden_names,
    commands_in_documents,
    paths_in_documents,
    openings_of_comments,
    dependency_directions,
    promised_technology,
    module_cycles,
    picture_of_crates,
    pure_crates,
    packaged,
];
/// Checks that compile the workspace, or need a tool that has to be installed.
const SLOW: [Check; 4] = [linted, linted_for_wasm, documented, licensed];

/// Runs all checks of `scope`, even if one fails, so that one run shows all violations.
pub fn check(project: &Project, scope: Scope) -> Result<(), TaskError> {
    let began = Instant::now();
    tools::components(project)?;
    let slow: &[Check] = match scope {
        Scope::All => {
            tools::wasm_target(project)?;
            &SLOW
        }
        Scope::Quick => &[],
    };
    let failures: Vec<TaskError> =
        QUICK.iter().chain(slow).filter_map(|check| check(project).err()).collect();
    if failures.is_empty() {
        terminal::done("all checks", &terminal::human_duration(began.elapsed()));
        return Ok(());
    }
    let summary: Vec<String> = failures.iter().map(TaskError::to_string).collect();
    Err(TaskError::Failed { summary: summary.join("\n       ") })
}

fn formatted(project: &Project) -> Result<(), TaskError> {
    let fmt = ["fmt", "--all", "--check", "--", "--color", "never"];
    step::run(project, "format", &mut project.cargo(fmt)).map(drop)
}

fn linted(project: &Project) -> Result<(), TaskError> {
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    step::run(project, "lints", &mut project.cargo(clippy)).map(drop)
}

/// Lints the crates of the page once more for the browser, because some of their code is compiled only there.
fn linted_for_wasm(project: &Project) -> Result<(), TaskError> {
    let packages = [
        "clippy",
        "--package",
        "frontend",
        "--package",
        "tickertape-shared",
        "--package",
        "tickertape-session",
        "--package",
        "board-model",
        "--locked",
    ];
    let rest = ["--target", tools::WASM_TARGET, "--", "-D", "warnings"];
    step::run(project, "lints for WebAssembly", &mut project.cargo(packages.into_iter().chain(rest)))
        .map(drop)
}

fn documented(project: &Project) -> Result<(), TaskError> {
    let mut doc = project.cargo(["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
    step::run(project, "docs", doc.env("RUSTDOCFLAGS", "-D warnings")).map(drop)
}

/// Checks the licences and sources of dependencies. Security advisories are not checked: they need the network at every run, and
/// can change while the code does not.
fn licensed(project: &Project) -> Result<(), TaskError> {
    let mut deny = tools::cargo_deny(project)?;
    deny.args(["--locked", "check", "licenses", "bans", "sources"]);
    step::run(project, "licences", &mut deny).map(drop)
}

/// Creates the packages of the published crates. They are not compiled again, because the lints have compiled them.
fn packaged(project: &Project) -> Result<(), TaskError> {
    report("published crates", packages::violations(&project.metadata()?))?;
    let mut package = project.cargo(["package", "--no-verify", "--allow-dirty", "--locked"]);
    package.args(packages::PUBLISHED.iter().flat_map(|name| ["--package", name]));
    package.arg("--target-dir").arg(project.target.join("xtask").join("packages"));
    step::run(project, "packages", &mut package).map(drop)
}

fn dependency_directions(project: &Project) -> Result<(), TaskError> {
    report("dependency directions", dependencies::violations(&project.metadata()?))
}

fn promised_technology(project: &Project) -> Result<(), TaskError> {
    let violations = promised::violations(&sources::tracked(project)?, &project.metadata()?, tools::TRUNK);
    report("promised technology", violations)
}

fn module_cycles(project: &Project) -> Result<(), TaskError> {
    let sources = sources::tracked(project)?;
    report("import cycles", cycles::violations(&sources, &project.root_files(&project.metadata()?)))
}

fn picture_of_crates(project: &Project) -> Result<(), TaskError> {
    report("picture of crates", picture::violations(&sources::tracked(project)?, &project.metadata()?))
}

fn forbidden_names(project: &Project) -> Result<(), TaskError> {
    report("forbidden names", names::violations(&sources::tracked(project)?))
}

fn commands_in_documents(project: &Project) -> Result<(), TaskError> {
    report("commands in documents", commands::violations(&sources::tracked(project)?))
}

fn paths_in_documents(project: &Project) -> Result<(), TaskError> {
    let exists = |path: &str| project.root.join(path).exists();
    report("paths in documents", paths::violations(&sources::tracked(project)?, exists))
}

fn openings_of_comments(project: &Project) -> Result<(), TaskError> {
    report("openings of doc comments", openings::violations(&sources::tracked(project)?))
}

fn pure_crates(project: &Project) -> Result<(), TaskError> {
    report("pure crates", purity::violations(&sources::tracked(project)?))
}

fn report(title: &str, violations: Vec<String>) -> Result<(), TaskError> {
    if violations.is_empty() {
        terminal::done(title, "no violations");
        return Ok(());
    }
    step::show_end(&violations);
    terminal::failed(title, &format!("{} violations", violations.len()));
    Err(TaskError::Failed { summary: format!("{title}: {} violations, listed above", violations.len()) })
}
