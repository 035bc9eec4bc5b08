//! `cargo xtask deploy` and `cargo xtask destroy`: from a checkout to an open board on AWS, and back.
//!
//! Whether there is an account to deploy to is asked first, and everything that needs none (building, checking, linting)
//! is done next, by a dry run too. Whatever AWS is asked is a [call](call::Call) of `aws` or `sam`, which a dry run prints.

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
pub use functions::zip;
pub use options::{Deploy, Destroy};

use crate::failure::Failure;
use crate::page;
use crate::product;
use crate::project::Project;
use crate::terminal;
use crate::tools::PageTools;
use call::Call;
use cloud::Cloud;
use stack::Outputs;
use std::path::Path;

/// Builds what is not built, makes or updates the stack, uploads the page, and says where it is.
pub fn deploy(project: &Project, options: &Deploy) -> Result<(), Failure> {
    options.require_known(&template::parameters(project)?)?;
    let cloud = Cloud::open(project, &options.place, options.dry_run)?;
    cloud.require_account()?;
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
    let cloud = Cloud::open(project, &options.place, true)?;
    cloud.require_account()?;
    release(&cloud, &options)?;
    // And the three before: linted, expanded, shown.
    Ok(artefacts + 3)
}

/// From artefacts to an address.
fn release(cloud: &Cloud, options: &Deploy) -> Result<Outputs, Failure> {
    let secret_version = secret::make_or_keep(cloud, options.rotates_secret)?;
    cloud.run("stack", stack::deploy(cloud, options, &secret_version))?;
    let outputs = Outputs::read(cloud)?;
    site::upload(cloud, &outputs)?;
    Ok(outputs)
}

/// What to do with it. Where an identity provider signs the tokens, whoever opens the board has one.
fn announce(cloud: &Cloud, outputs: &Outputs, tickertape: &Path) -> Result<(), Failure> {
    terminal::done("the board", &outputs.site);
    let token = outputs.is_signed_by_us().then(|| token::to_watch(cloud, tickertape)).transpose()?;
    println!("{}", farewell(cloud, outputs, tickertape, token.as_deref()));
    Ok(())
}

/// Lines that can be typed from the project's root as they are: nobody has installed the program yet.
fn farewell(cloud: &Cloud, outputs: &Outputs, tickertape: &Path, token: Option<&str>) -> String {
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
