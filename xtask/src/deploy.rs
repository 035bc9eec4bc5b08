//! The subcommands `cargo xtask deploy` and `cargo xtask destroy`. They create, update and delete a deployment on AWS.
//!
//! A deployment first checks that an AWS account can be used, because building takes minutes. Then it builds and lints
//! everything, which needs no account. All requests to AWS are made by the programs `aws` and `sam`. A dry run builds
//! and lints too, but prints the [calls](call::Call) of these programs instead of making them.

mod boards;
mod call;
mod cloud;
mod destroy;
mod functions;
mod options;
mod resources;
mod secret;
mod site;
mod stack;
mod template;
mod token;

pub use destroy::destroy;
pub use functions::zip;
pub use options::{Deploy, Destroy};
pub use site::addresses;

use crate::error::TaskError;
use crate::page;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::terminal;
use crate::tools::PageTools;
use call::Call;
use cloud::Cloud;
use functions::Optimisation;
use stack::Outputs;
use std::path::{Path, PathBuf};

/// Deploys to AWS: builds the page and the functions, creates or updates the CloudFormation stack, uploads the page,
/// prints the address of the page, and saves the boards of a repository if there are any.
pub fn deploy(project: &Project, options: &Deploy) -> Result<(), TaskError> {
    options.require_known(&template::parameters(project)?)?;
    let cloud = Cloud::open(project, &options.place, options.dry_run)?;
    let boards = options.boards.as_deref().map(boards::files).transpose()?.unwrap_or_default();
    cloud.require_account()?;
    page::build(project, &PageTools::set_up(project)?)?;
    functions::build(project, Optimisation::Full)?;
    template::lint(project)?;
    let tickertape = product::build_without_page(project, Profile::Dev)?;
    if !boards.is_empty() {
        boards::check(project, &tickertape, &boards)?;
    }
    let outputs = release(&cloud, options)?;
    finish(&cloud, &outputs, &tickertape, &boards)
}

/// Runs every step of a deployment that needs no AWS account, for the tests. Returns the number of checks that passed.
pub fn check_without_account(project: &Project) -> Result<u32, TaskError> {
    template::lint(project)?;
    template::check_expanded(project)?;
    let artefacts = build_functions_for_tests(project)?;
    page::build(project, &PageTools::set_up(project)?)?;
    let options = Deploy::dry_run_of("test");
    options.require_known(&template::parameters(project)?)?;
    let cloud = Cloud::open(project, &options.place, true)?;
    cloud.require_account()?;
    release(&cloud, &options)?;
    // The three other checks: the template was linted and expanded, and the calls were printed.
    Ok(artefacts + 3)
}

/// Builds the functions for AWS as the tests need them, and returns their number.
pub fn build_functions_for_tests(project: &Project) -> Result<u32, TaskError> {
    functions::build(project, Optimisation::Little)
}

/// Creates or updates the secret and the CloudFormation stack, and uploads the page. The caller must have built
/// everything before.
fn release(cloud: &Cloud, options: &Deploy) -> Result<Outputs, TaskError> {
    let secret_version = secret::make_or_keep(cloud, options.rotates_secret)?;
    cloud.run("stack", stack::deploy(cloud, options, &secret_version))?;
    let outputs = Outputs::read(cloud)?;
    site::upload(cloud, &outputs)?;
    Ok(outputs)
}

/// Prints the address of the board, then saves the boards of a repository. The address comes first, because the deployment can be
/// used even if its boards cannot be saved.
fn finish(cloud: &Cloud, outputs: &Outputs, tickertape: &Path, boards: &[PathBuf]) -> Result<(), TaskError> {
    if !cloud.is_dry {
        announce(cloud, outputs, tickertape)?;
    }
    if boards.is_empty() { Ok(()) } else { boards::save(cloud, outputs, tickertape, boards) }
}

/// Prints the address of the board, and the commands that open it and publish to it. If an identity provider signs the
/// tokens, no token is created, because viewers get theirs from that provider.
fn announce(cloud: &Cloud, outputs: &Outputs, tickertape: &Path) -> Result<(), TaskError> {
    terminal::done("the board", &outputs.site);
    let token = outputs.is_signed_by_us().then(|| token::to_watch(cloud, tickertape)).transpose()?;
    println!("{}", closing_text(cloud, outputs, tickertape, token.as_deref()));
    Ok(())
}

/// Returns the text that a deployment prints at its end. The commands in it call the program that was just built,
/// because `tickertape` need not be installed. They must be run in the root folder of the project.
fn closing_text(cloud: &Cloud, outputs: &Outputs, tickertape: &Path, token: Option<&str>) -> String {
    let tickertape = tickertape.strip_prefix(&cloud.project.root).unwrap_or(tickertape);
    let make_token = Call::new(tickertape, ["token", "--auth-secret-file", "-", "--publish", "*"]);
    let first = match token {
        Some(token) => format!(
            "\nOpen the board, for a day:\n\n    {site}#token={token}\n
A token to publish with, and a publication:\n
    export TICKERTAPE_TOKEN=$({secret} |
        {make_token})",
            site = outputs.site,
            secret = secret::show(cloud).shown(),
            make_token = make_token.shown_with_path(),
        ),
        None => format!(
            "\nOpen the board with a token of your identity provider: {}\nPublish with one:\n",
            outputs.site
        ),
    };
    format!(
        "{first}
    curl -H \"Authorization: Bearer $TICKERTAPE_TOKEN\" -d 21.5 {}/topics/kitchen/temp
    {}\n",
        outputs.ingest(),
        Call::new(tickertape, ["host", "--url", outputs.websocket.as_str()]).shown_with_path(),
    )
}

#[cfg(test)]
mod tests;
