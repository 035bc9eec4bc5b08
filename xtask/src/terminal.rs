//! Prints output for people to the standard error. Colours and a status line that is redrawn are used only on a
//! terminal.

use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

const GREEN: &str = "32";
const RED: &str = "31";
const DIM: &str = "2";

/// Prints the title of a step that succeeded, with a detail such as its duration.
pub fn done(title: &str, detail: &str) {
    // A step in the background ends while the status line of another is shown.
    if is_interactive() {
        clear_status();
    }
    eprintln!("{} {title}  {}", painted(GREEN, "✓"), painted(DIM, detail));
}

/// Prints the title of a step that failed, with a detail such as its duration.
pub fn failed(title: &str, detail: &str) {
    eprintln!("{} {title}  {}", painted(RED, "✗"), painted(DIM, detail));
}

/// Prints a remark for the user.
pub fn note(text: &str) {
    eprintln!("{} {text}", painted(DIM, "·"));
}

/// Prints the error that ended a subcommand.
pub fn error(text: &str) {
    eprintln!("{} {text}", painted(RED, "error:"));
}

/// Returns true if the standard error is a terminal, where the status line can be redrawn.
pub fn is_interactive() -> bool {
    stderr().is_terminal()
}

/// Draws the status line in place of the previous one.
pub fn redraw_status(text: &str) {
    let width = columns().saturating_sub(1);
    let line: String = text.chars().take(width).collect();
    eprint!("\r\x1b[2K{}", painted(DIM, &line));
    flush();
}

/// Removes the status line from the terminal.
pub fn clear_status() {
    eprint!("\r\x1b[2K");
    flush();
}

/// Formats a duration for people, such as `0.4 s`, `12 s` or `2 min 05 s`.
pub fn human_duration(duration: Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// Formats a number of bytes for people, in powers of 1,000, such as `812 B`, `34.5 KB` or `1.2 MB`.
pub fn human_bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        1_000_000.. => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn painted(colour: &str, text: &str) -> String {
    if is_interactive() && std::env::var_os("NO_COLOR").is_none() {
        format!("\x1b[{colour}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

fn columns() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(80)
}

/// Flushes the standard error. An IO error is ignored, because the work continues if the terminal was closed.
fn flush() {
    stderr().flush().unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_durations_are_shown_more_precisely() {
        let shown = [0.42, 12.9, 125.0].map(|seconds| human_duration(Duration::from_secs_f64(seconds)));
        assert_eq!(shown, ["0.4 s", "12 s", "2 min 05 s"]);
    }

    #[test]
    fn sizes_are_shown_with_their_unit() {
        assert_eq!([812, 34_512, 1_234_567].map(human_bytes), ["812 B", "34.5 KB", "1.2 MB"]);
    }
}
