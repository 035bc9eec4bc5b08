//! `cargo xtask deploy` and `cargo xtask destroy`: from a checkout to an open board on AWS, and back.
//!
//! What needs no account (building, checking, linting) is done first and by a dry run too; from there on everything is
//! a [call](call::Call) of `aws` or `sam`, which a dry run prints instead.

mod call;
mod cloud;
mod destroy;
mod functions;
mod options;
mod secret;
mod site;
mod stack;
mod template;
mod token;

pub use destroy::destroy;
pub use options::{Deploy, Destroy};

use crate::failure::Failure;
use crate::page;
use crate::product;
use crate::project::Project;
use crate::terminal;
use crate::tools::PageTools;
use cloud::Cloud;
use stack::Outputs;
use std::path::Path;

/// Builds what is not built, makes or updates the stack, uploads the page, and says where it is.
pub fn deploy(project: &Project, options: &Deploy) -> Result<(), Failure> {
    options.require_known(&template::parameters(project)?)?;
    let cloud = Cloud::open(project, &options.place, options.dry_run)?;
    page::build(project, &PageTools::set_up(project)?)?;
    functions::build(project)?;
    template::lint(project)?;
    if options.dry_run {
        return release(&cloud, options).map(drop);
    }
    let tickertape = product::build_without_page(project)?;
    let outputs = release(&cloud, options)?;
    announce(&cloud, &outputs, &tickertape)
}

/// All of it that needs no account, checked: how many things hold.
pub fn check_without_account(project: &Project) -> Result<u32, Failure> {
    template::lint(project)?;
    template::check_expanded(project)?;
    let artefacts = functions::build(project)?;
    page::build(project, &PageTools::set_up(project)?)?;
    let options = Deploy::dry_run_of("test");
    options.require_known(&template::parameters(project)?)?;
    release(&Cloud::open(project, &options.place, true)?, &options)?;
    // And the three before: linted, expanded, shown.
    Ok(artefacts + 3)
}

/// From artefacts to an address.
fn release(cloud: &Cloud, options: &Deploy) -> Result<Outputs, Failure> {
    cloud.run("AWS account", cloud.aws(["sts", "get-caller-identity"]))?;
    let secret_version = secret::make_or_keep(cloud, options.rotates_secret)?;
    cloud.run("stack", stack::deploy(cloud, options, &secret_version))?;
    let outputs = Outputs::read(cloud)?;
    site::upload(cloud, &outputs)?;
    Ok(outputs)
}

/// What to do with it. Where an identity provider signs the tokens, whoever opens the board has one.
fn announce(cloud: &Cloud, outputs: &Outputs, tickertape: &Path) -> Result<(), Failure> {
    terminal::done("the board", &outputs.site);
    if outputs.is_signed_by_us() {
        let token = token::to_watch(cloud, tickertape)?;
        println!("\nOpen the board, for a day:\n\n    {}#token={token}", outputs.site);
        println!("\nA token to publish with, and a publication:\n");
        println!("    export TICKERTAPE_TOKEN=$({} |", secret::show(cloud).shown());
        println!("        tickertape token --auth-secret-file - --publish '*')");
    } else {
        println!("\nWith a token of your identity provider:\n");
    }
    println!(
        "    curl -H \"Authorization: Bearer $TICKERTAPE_TOKEN\" -d 21.5 {}/topics/kitchen/temp
    tickertape host --url {}\n",
        outputs.ingest(),
        outputs.websocket
    );
    Ok(())
}

#[cfg(test)]
mod tests;
