//! `cargo xtask destroy`.

use super::cloud::Cloud;
use super::options::Destroy;
use super::secret;
use super::stack::{self, Outputs};
use crate::failure::Failure;
use crate::project::Project;
use crate::terminal;
use std::io::{IsTerminal, stdin};

/// Takes a deployment away, its data with it, and says what remains.
pub fn destroy(project: &Project, options: &Destroy) -> Result<(), Failure> {
    let cloud = Cloud::open(project, &options.place, options.dry_run)?;
    cloud.require_account()?;
    if !options.dry_run && !options.yes {
        confirm(&options.place.stage)?;
    }
    take_away(&cloud)
}

/// The page, then the stack.
pub fn take_away(cloud: &Cloud) -> Result<(), Failure> {
    let outputs = Outputs::read(cloud)?;
    // A bucket that holds anything cannot be deleted.
    let bucket = format!("s3://{}", outputs.bucket);
    cloud.run("page", cloud.aws(["s3", "rm", &bucket, "--recursive", "--only-show-errors"]))?;
    cloud.run("stack", stack::delete(cloud))?;
    println!(
        "\nWhat remains, at no cost:\n
  * the secret, so that tokens still hold if you deploy again. To take it away as well:
    {}
  * for 35 days, a backup that DynamoDB makes of each table with point-in-time recovery
  * sam's own bucket and stack (aws-sam-cli-managed-default), which all its deployments share\n",
        secret::remove(cloud).shown(),
    );
    Ok(())
}

/// Somebody has to type the stage's name.
fn confirm(stage: &str) -> Result<(), Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::Faults { summary: "nobody is here to confirm this; add --yes".to_owned() });
    }
    terminal::note(&format!("this deletes the stage {stage:?} with all its topics and their history"));
    terminal::note(&format!("type {stage} to go on:"));
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(Failure::while_doing("reading your answer"))?;
    if answer.trim() == stage {
        return Ok(());
    }
    Err(Failure::Faults { summary: "nothing was deleted".to_owned() })
}
