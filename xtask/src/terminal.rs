//! How things look: colour only on a terminal, one status line that is redrawn, plain lines elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

const GREEN: &str = "32";
const RED: &str = "31";
const DIM: &str = "2";

/// A step that is finished, with a word on how it went.
pub fn done(title: &str, detail: &str) {
    eprintln!("{} {title}  {}", painted(GREEN, "✓"), painted(DIM, detail));
}

/// A step that went wrong.
pub fn failed(title: &str, detail: &str) {
    eprintln!("{} {title}  {}", painted(RED, "✗"), painted(DIM, detail));
}

/// Something worth knowing that stops nothing.
pub fn note(text: &str) {
    eprintln!("{} {text}", painted(DIM, "·"));
}

/// The last words of a subcommand that failed.
pub fn error(text: &str) {
    eprintln!("{} {text}", painted(RED, "error:"));
}

/// Whether the status line can be redrawn in place.
pub fn is_interactive() -> bool {
    stderr().is_terminal()
}

/// Draws the status line over itself.
pub fn redraw_status(text: &str) {
    let width = columns().saturating_sub(1);
    let line: String = text.chars().take(width).collect();
    eprint!("\r\x1b[2K{}", painted(DIM, &line));
    flush();
}

/// Takes the status line away.
pub fn clear_status() {
    eprint!("\r\x1b[2K");
    flush();
}

/// `0.4 s`, `12 s`, `2 min 05 s`.
pub fn human_duration(duration: Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// `812 B`, `34.5 KB`, `1.2 MB` (powers of 1,000).
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

/// A terminal that went away is no reason to stop working.
fn flush() {
    stderr().flush().unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_precise_as_they_are_short() {
        let shown = [0.42, 12.9, 125.0].map(|seconds| human_duration(Duration::from_secs_f64(seconds)));
        assert_eq!(shown, ["0.4 s", "12 s", "2 min 05 s"]);
    }

    #[test]
    fn sizes_carry_their_unit() {
        assert_eq!([812, 34_512, 1_234_567].map(human_bytes), ["812 B", "34.5 KB", "1.2 MB"]);
    }
}
