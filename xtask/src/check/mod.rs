//! The subcommand `cargo xtask check`, which runs all checks that do not run the code.

mod advisories;
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
use std::path::Path;
use std::time::Instant;

pub use picture::write as draw_picture;

type Check = fn(&Project) -> Result<(), TaskError>;

/// The checks that `check --quick` runs. They do not compile the workspace.
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
/// The further checks that `check` runs. They compile the workspace, or need a tool that may have to be installed
/// first.
const SLOW: [Check; 5] = [linted, linted_for_wasm, documented, licensed, template_checked];

/// Runs all checks of `scope`. It continues after a failure, so that one run shows all violations. Dependencies are
/// compared with the security advisories in the folder `database` or, if it is `None`, in the folder of another tool
/// that has downloaded them.
pub fn check(project: &Project, scope: Scope, database: Option<&Path>) -> Result<(), TaskError> {
    let began = Instant::now();
    tools::components(project)?;
    let slow: &[Check] = match scope {
        Scope::All => {
            tools::wasm_target(project)?;
            &SLOW
        }
        Scope::Quick => &[],
    };
    let failures = QUICK.iter().chain(slow).filter_map(|check| check(project).err());
    let failures: Vec<TaskError> = failures.chain(without_advisories(project, database).err()).collect();
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

/// Lints the crates of the web page a second time for WebAssembly, because some of their code is compiled only for this
/// target.
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
        "--features",
        "frontend/split",
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

/// Checks with cargo-deny that the licences and the sources of all dependencies are allowed, and that no dependency is
/// banned.
fn licensed(project: &Project) -> Result<(), TaskError> {
    let mut deny = tools::cargo_deny(project)?;
    deny.args(["--locked", "check", "licenses", "bans", "sources"]);
    step::run(project, "licences", &mut deny).map(drop)
}

/// Compares the versions in the lock files with the advisories of a RustSec database. The user chooses the database. It
/// is not downloaded here, because then the result could change although the code has not.
fn without_advisories(project: &Project, database: Option<&Path>) -> Result<(), TaskError> {
    let title = "security advisories";
    let found = match database {
        Some(folder) => Some(folder.to_owned()),
        None => advisories::downloaded(),
    };
    let Some(folder) = found else {
        terminal::note(
            "security advisories were not checked, because there is no database: clone https://github.com/rustsec/advisory-db \
             and add --advisories=DIR",
        );
        return Ok(());
    };
    let doing = |path: &Path| TaskError::while_doing(format!("reading {}", path.display()));
    let known = advisories::read(&folder).map_err(doing(&folder))?;
    if known.is_empty() {
        let reason = "it has no advisories below its folder crates".to_owned();
        return Err(TaskError::UnexpectedOutput { what: folder.display().to_string(), reason });
    }
    let mut violations = Vec::new();
    for name in LOCK_FILES {
        let path = project.root.join(name);
        let lock = std::fs::read_to_string(&path).map_err(doing(&path))?;
        violations.extend(advisories::violations(name, &lock, &known));
    }
    report(&format!("{title} ({} known, in {})", known.len(), folder.display()), violations)
}

/// Lock files of all packages that this project builds.
const LOCK_FILES: [&str; 2] = ["Cargo.lock", "xtask/tools/wasm-bindgen/Cargo.lock"];

/// Checks the AWS resources in the SAM template with the linter checkov. If one of its checks does not apply to a
/// resource, the template contains an exception with the reason.
fn template_checked(project: &Project) -> Result<(), TaskError> {
    let mut checkov = tools::checkov(project)?;
    checkov.args(["--file", "infra/template.yaml", "--framework", "cloudformation", "--compact", "--quiet"]);
    // This flag prevents checkov from downloading a newer list of checks.
    step::run(project, "checkov", checkov.arg("--skip-download")).map(drop)
}

/// Checks the manifests of the crates that are published, and creates their packages. The packages are not compiled,
/// because the lints have already compiled the crates.
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
