//! The program `record PROGRAM FOLDER [NAME…]`. It performs all conversations, or those that are named, with the
//! `tickertape` at PROGRAM, and records them in FOLDER. See the README of this crate.

mod conversations;
mod proxy;
mod stage;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use compatibility::Line;

use stage::{Result, Stage};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, folder, names @ ..] = arguments.as_slice() else {
        eprintln!("usage: record PROGRAM FOLDER, such as record target/debug/tickertape compatibility/0.1.0");
        return ExitCode::from(2);
    };
    match record(Path::new(program), Path::new(folder), names) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn record(program: &Path, folder: &Path, names: &[String]) -> Result<()> {
    fs::create_dir_all(folder.join("store"))?;
    let is_wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    for (name, play) in conversations::ALL.iter().filter(|(name, _)| is_wanted(name)) {
        eprintln!("recording {name}");
        let mut stage = Stage::new(program)?;
        play(&mut stage).map_err(|error| format!("{name}: {error}"))?;
        if *name == "store" {
            stage.stop()?;
            fs::copy(stage.path("data/tickertape.redb"), folder.join("store/tickertape.redb"))?;
        }
        write(&folder.join(format!("conversation-{name}.jsonl")), &stage.finish()?)?;
    }
    Ok(())
}

fn write(path: &Path, lines: &[Line]) -> Result<()> {
    let lines: std::result::Result<Vec<String>, _> = lines.iter().map(serde_json::to_string).collect();
    Ok(fs::write(path, lines?.join("\n") + "\n")?)
}
