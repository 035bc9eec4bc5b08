//! Runs `tickertape save-board`, which saves board documents from files on a server.

use std::path::Path;

use shared::board::{BoardName, Finding, lint};
use tickertape_client::save_board;

use super::check_board::{read, words};
use super::output::Output;
use crate::cli::SaveBoardArgs;
use crate::client;
use crate::error::CliError;

/// Saves board documents. Nothing is saved if one of them has an error.
///
/// # Errors
///
/// An error if a file has an error or cannot be read, the server cannot be reached, or it refuses a board.
pub async fn run(args: SaveBoardArgs) -> Result<(), CliError> {
    let boards: Result<Vec<_>, _> = args.files.iter().map(|file| checked(file)).collect();
    let boards = boards?;
    let target = client::find(&args.client).await?;
    let mut output = Output::open();
    for (name, text) in boards {
        save_board(&target, &name, text, args.replace).await?;
        output.words(&format!("saved {name}"))?;
    }
    output.flush()
}

fn checked(file: &Path) -> Result<(BoardName, String), CliError> {
    let text = read(file)?;
    if let Some(finding) = lint(&text).into_iter().find(Finding::is_error) {
        let hint = "`tickertape check-board` shows all faults";
        return Err(CliError::failed(words(file, &finding)).hint(hint));
    }
    let name = BoardName::new(&file.file_stem().unwrap_or_default().to_string_lossy());
    Ok((name.map_err(|error| CliError::failed(format!("{}: {error}", file.display())))?, text))
}
