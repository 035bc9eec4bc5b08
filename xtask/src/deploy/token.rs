//! A token, so that a new board need not be asked how to open it.

use super::cloud::Cloud;
use super::secret;
use crate::failure::Failure;
use std::path::Path;
use std::process::{Output, Stdio};

/// For whoever deployed: to watch everything, for a day. The secret goes from `aws` to `tickertape` by a pipe, past every
/// log.
pub fn to_watch(cloud: &Cloud, tickertape: &Path) -> Result<String, Failure> {
    let doing = || Failure::while_doing("making a token");
    let mut show = cloud.command(&secret::show(cloud));
    let mut shown = show.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(doing())?;
    let mut mint = cloud.project.command(tickertape);
    mint.args(["token", "--auth-secret-file", "-", "--sub", "deployer", "--subscribe", "*", "--ttl", "24h"]);
    if let Some(secret) = shown.stdout.take() {
        mint.stdin(secret);
    }
    let minted = mint.output().map_err(doing())?;
    shown.wait().map_err(doing())?;
    read(&minted)
}

fn read(minted: &Output) -> Result<String, Failure> {
    if minted.status.success() {
        return Ok(String::from_utf8_lossy(&minted.stdout).trim().to_owned());
    }
    let reason = String::from_utf8_lossy(&minted.stderr).trim().to_owned();
    Err(Failure::Unreadable { what: "the secret".to_owned(), reason })
}
