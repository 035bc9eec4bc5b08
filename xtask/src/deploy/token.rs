//! Creates the token in the link to the board that a deployment prints, and the one with which it saves boards.

use super::cloud::Cloud;
use super::secret;
use crate::error::TaskError;
use std::path::Path;
use std::process::{Output, Stdio};

/// Creates a token that permits watching every topic for 24 hours.
pub fn to_watch(cloud: &Cloud, tickertape: &Path) -> Result<String, TaskError> {
    make(cloud, tickertape, ["--subscribe", "*", "--ttl", "24h"])
}

/// Creates a token that permits saving boards for ten minutes.
pub fn to_edit(cloud: &Cloud, tickertape: &Path) -> Result<String, TaskError> {
    make(cloud, tickertape, ["--edit", "*", "--ttl", "10m"])
}

/// Creates a token by running `tickertape token`. The secret is passed from `aws` to `tickertape` through a pipe, so that it is
/// never logged.
fn make(cloud: &Cloud, tickertape: &Path, permission: [&str; 4]) -> Result<String, TaskError> {
    let doing = || TaskError::while_doing("making a token");
    let mut show = cloud.command(&secret::show(cloud));
    let mut shown = show.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(doing())?;
    let mut mint = cloud.project.command(tickertape);
    mint.args(["token", "--auth-secret-file", "-", "--sub", "deployer"]).args(permission);
    if let Some(secret) = shown.stdout.take() {
        mint.stdin(secret);
    }
    let minted = mint.output().map_err(doing())?;
    shown.wait().map_err(doing())?;
    read(&minted)
}

fn read(minted: &Output) -> Result<String, TaskError> {
    if minted.status.success() {
        return Ok(String::from_utf8_lossy(&minted.stdout).trim().to_owned());
    }
    let reason = String::from_utf8_lossy(&minted.stderr).trim().to_owned();
    Err(TaskError::UnexpectedOutput { what: "the secret".to_owned(), reason })
}
