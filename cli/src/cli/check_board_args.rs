//! The arguments of `check-board` and `save-board`.

use std::path::PathBuf;

use clap::Args;

use super::ClientArgs;

/// Arguments of [`super::Command::CheckBoard`].
#[derive(Debug, Args)]
pub struct CheckBoardArgs {
    /// Files with board documents, such as boards/shop-floor.json
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Fail for warnings too, such as a field that has no effect
    #[arg(long)]
    pub strict: bool,
    /// Print each fault as a JSON object with the fields file, line, column, severity, path and message
    #[arg(long)]
    pub json: bool,
}

/// Arguments of [`super::Command::SaveBoard`].
#[derive(Debug, Args)]
pub struct SaveBoardArgs {
    /// Files with board documents, such as boards/shop-floor.json, which is saved as shop-floor
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Replace boards that the server already has, whoever has saved them
    #[arg(long)]
    pub replace: bool,
    #[command(flatten, next_help_heading = "Connection")]
    #[allow(missing_docs, reason = "the options are described in their own type")]
    pub client: ClientArgs,
}
