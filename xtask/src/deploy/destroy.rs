//! The subcommand `cargo xtask destroy`, which deletes a deployment on AWS.

use super::call::Call;
use super::cloud::Cloud;
use super::options::Destroy;
use super::resources::Resources;
use super::secret;
use super::stack;
use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal;
use std::io::{IsTerminal, stdin};

/// Errors of S3 and DynamoDB about a bucket or a table that does not exist.
const NOT_THERE: [&str; 2] = ["NoSuchBucket", "ResourceNotFoundException"];

/// Asks the user to confirm, deletes the deployment with its data, and prints the resources that remain.
pub fn destroy(project: &Project, options: &Destroy) -> Result<(), TaskError> {
    let cloud = Cloud::open(project, &options.place, options.dry_run)?;
    cloud.require_account()?;
    if !options.dry_run && !options.yes {
        confirm(&options.place.stage)?;
    }
    delete(&cloud)
}

/// Deletes a deployment, also one that failed when it was created: removes the page's files, removes the tables' protection against
/// deletion, then deletes the stack.
pub fn delete(cloud: &Cloud) -> Result<(), TaskError> {
    let resources = Resources::read(cloud)?;
    if let Some(bucket) = resources.bucket {
        // AWS does not delete a bucket that contains files.
        let files = format!("s3://{bucket}");
        run_if_there(cloud, "page", cloud.aws(["s3", "rm", &files, "--recursive", "--only-show-errors"]))?;
    }
    for table in &resources.protected_tables {
        if run_if_there(cloud, "protection of a table", stack::unprotect(cloud, table))? {
            cloud.run("change of a table", stack::wait_for(cloud, table))?;
        }
    }
    cloud.run("stack", stack::delete(cloud))?;
    println!(
        "\nThe following remains, at no cost:\n
  * the secret, so that tokens stay valid if you deploy again. To delete it as well:
    {}
  * for 35 days, a backup of each table (DynamoDB makes it, because point-in-time recovery is on)
  * the bucket and the stack of sam (aws-sam-cli-managed-default), which all deployments by sam share\n",
        secret::remove(cloud).shown(),
    );
    Ok(())
}

/// Makes a call that changes a resource, and returns true. Returns false if the resource does not exist: CloudFormation also names those
/// that it could not create.
fn run_if_there(cloud: &Cloud, title: &str, call: Call) -> Result<bool, TaskError> {
    let is_missing = |line: &String| NOT_THERE.iter().any(|code| line.contains(code));
    match cloud.observe(title, call, "")? {
        None => Ok(true),
        Some(outcome) if outcome.status.success() => {
            terminal::done(title, &terminal::human_duration(outcome.took));
            Ok(true)
        }
        Some(outcome) if outcome.lines.iter().any(is_missing) => Ok(false),
        Some(outcome) => Err(step::failed(title, outcome)),
    }
}

/// Asks the user to type the name of the deployment's stage as confirmation.
///
/// # Errors
///
/// If the user types something else, or if the standard input is not a terminal.
fn confirm(stage: &str) -> Result<(), TaskError> {
    if !stdin().is_terminal() {
        return Err(TaskError::Failed { summary: "the standard input is not a terminal, so this cannot be confirmed: add --yes to delete without confirmation".to_owned() });
    }
    terminal::note(&format!("this deletes the stage {stage:?} with all its topics and their history"));
    terminal::note(&format!("type {stage} to confirm:"));
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(TaskError::while_doing("reading your answer"))?;
    if answer.trim() == stage {
        return Ok(());
    }
    Err(TaskError::Failed {
        summary: "the answer is not the name of the stage, so nothing was deleted".to_owned(),
    })
}
