//! `cargo xtask deploy` and `cargo xtask destroy`: from a checkout to an open board on AWS, and back.
//!
//! What needs no account (building, checking, linting) is done first and by a dry run too; from there on everything is
//! a [`Call`] of `aws` or `sam`, which a dry run prints instead.

mod call;
mod cloud;
mod destroy;
mod functions;
mod options;
mod secret;
mod site;
mod stack;
mod template;

pub use destroy::destroy;
pub use options::{Deploy, Destroy};

use crate::failure::Failure;
use crate::page;
use crate::project::Project;
use crate::terminal;
use crate::tools::PageTools;
use cloud::Cloud;
use stack::Outputs;

/// Builds what is not built, makes or updates the stack, and uploads the page.
pub fn deploy(project: &Project, options: &Deploy) -> Result<(), Failure> {
    let parameters = template::parameters(project)?;
    options.require_known(&parameters)?;
    let cloud = Cloud::open(project, &options.place, options.dry_run)?;
    page::build(project, &PageTools::set_up(project)?)?;
    functions::build(project)?;
    template::lint(project)?;
    release(&cloud, options)
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
    Ok(artefacts + 3)
}

/// From artefacts to an address.
fn release(cloud: &Cloud, options: &Deploy) -> Result<(), Failure> {
    cloud.run("AWS account", cloud.aws(["sts", "get-caller-identity"]))?;
    let secret_version = secret::make_or_keep(cloud, options.rotates_secret)?;
    cloud.run("stack", stack::deploy(cloud, options, &secret_version))?;
    let outputs = Outputs::read(cloud)?;
    site::upload(cloud, &outputs)?;
    announce(cloud, &outputs);
    Ok(())
}

/// What to do with it, in the order in which one does it.
fn announce(cloud: &Cloud, outputs: &Outputs) {
    let show = secret::show(cloud).shown();
    terminal::done("the board", &outputs.site);
    println!(
        "\nA token to watch with, for a day, and one to publish with:\n
    {show} > tickertape.secret
    tickertape token --auth-secret-file tickertape.secret --subscribe '*'
    tickertape token --auth-secret-file tickertape.secret --publish '*'\n
The board asks for the first at {site}. With the second:\n
    curl -H \"Authorization: Bearer $TOKEN\" -d 21.5 {ingest}/topics/kitchen/temp
    tickertape host --url {websocket} --token $TOKEN\n",
        site = outputs.site,
        ingest = outputs.ingest(),
        websocket = outputs.websocket,
    );
}

#[cfg(test)]
mod tests;
