//! Runs a program as one step of a subcommand. Shows the title of the step, its progress and its duration, and writes
//! the program's output to a log file.

use crate::error::TaskError;
use crate::project::{Priority, Project};
use crate::terminal;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Interval at which the status line is redrawn on a terminal.
const TICK: Duration = Duration::from_millis(100);
/// Interval at which a running step prints a line if the output is not a terminal.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// Maximum time to wait for further output after the program has ended. The wait is limited, because a child of the
/// program may keep the pipe open for ever.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(500);
/// Maximum number of output lines that are shown of a failed step. The log contains all lines.
const SHOWN_LINES: usize = 150;

/// The exit status and the output of a program that has ended.
pub struct Outcome {
    pub status: ExitStatus,
    pub lines: Vec<String>,
    pub took: Duration,
    pub log: PathBuf,
}

/// Runs `command` as a step. If it fails, shows the end of its output and returns [`TaskError::CommandFailed`].
pub fn run(project: &Project, title: &str, command: &mut Command) -> Result<Outcome, TaskError> {
    let outcome = observe(project, title, command)?;
    if outcome.status.success() {
        terminal::done(title, &terminal::human_duration(outcome.took));
        return Ok(outcome);
    }
    if project.is_in_background() {
        return Err(TaskError::CommandFailed { step: title.to_owned(), log: outcome.log });
    }
    Err(failed(title, outcome))
}

/// Runs `command` as a step, and returns its outcome even if it failed. An error means that it could not be started or
/// watched.
pub fn observe(project: &Project, title: &str, command: &mut Command) -> Result<Outcome, TaskError> {
    observe_with(project, title, command, "")
}

/// Runs `command` as [`observe`] does, with `input` as its standard input. The input appears neither in the log nor in
/// the list of processes, so it may be a secret.
pub fn observe_with(
    project: &Project,
    title: &str,
    command: &mut Command,
    input: &str,
) -> Result<Outcome, TaskError> {
    let began = Instant::now();
    let log = project.log(title);
    let mut transcript = Transcript::create(log.clone())?;
    let mut child = match niceness(project.priority) {
        Some(niceness) => spawn(&mut at_lower_priority(command, niceness), input)?,
        None => spawn(command, input)?,
    };
    let lines = listen(&mut child);
    let status_line = (!project.is_in_background()).then(|| StatusLine::start(title, began));
    let status = follow(title, status_line, &mut child, &lines, &mut transcript)?;
    Ok(Outcome { status, lines: transcript.lines, took: began.elapsed(), log })
}

/// Runs `command` without showing its progress, because several of them run at once. If it fails, writes its output to the log of `title` and
/// returns [`TaskError::CommandFailed`].
pub fn run_quietly(project: &Project, title: &str, command: &mut Command) -> Result<(), TaskError> {
    let starting = TaskError::while_doing(format!("starting {title}"));
    let output = match niceness(project.priority) {
        Some(niceness) => at_lower_priority(command, niceness).output(),
        None => command.output(),
    };
    let output = output.map_err(starting)?;
    if output.status.success() {
        return Ok(());
    }
    let log = project.log(title);
    fs::write(&log, [output.stdout, output.stderr].concat())
        .map_err(TaskError::while_doing(format!("writing {}", log.display())))?;
    Err(TaskError::CommandFailed { step: title.to_owned(), log })
}

/// Returns an error if `program`, which was not run as a step, has ended with an error.
pub fn require_success(program: &str, status: ExitStatus) -> Result<(), TaskError> {
    if status.success() {
        return Ok(());
    }
    Err(TaskError::Failed { summary: format!("{program} ended with {status}") })
}

/// Shows the end of the output of a program that failed, and returns the error for its step.
pub fn failed(title: &str, outcome: Outcome) -> TaskError {
    show_end(&outcome.lines);
    terminal::failed(title, &terminal::human_duration(outcome.took));
    TaskError::CommandFailed { step: title.to_owned(), log: outcome.log }
}

/// Prints the last [`SHOWN_LINES`] of `lines`.
pub fn show_end(lines: &[String]) {
    let skipped = lines.len().saturating_sub(SHOWN_LINES);
    if skipped > 0 {
        terminal::note(&format!("({skipped} earlier lines are in the log)"));
    }
    for line in &lines[skipped..] {
        eprintln!("  {line}");
    }
}

fn spawn(command: &mut Command, input: &str) -> Result<Child, TaskError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(TaskError::while_doing(format!("starting {program}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        // An error means that the program has ended without reading its input. Its exit status shows the reason.
        stdin.write_all(input.as_bytes()).unwrap_or_default();
    }
    Ok(child)
}

/// Returns the niceness of a priority, or `None` for the usual one.
fn niceness(priority: Priority) -> Option<&'static str> {
    match priority {
        Priority::Usual => None,
        Priority::Low => Some("5"),
        Priority::Lowest => Some("19"),
    }
}

/// Returns a command that does the same as `command` at a lower priority. On other systems than Unix, the priority is the
/// usual one.
#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has `nice`"))]
fn at_lower_priority(command: &Command, niceness: &str) -> Command {
    #[cfg(unix)]
    let mut low = {
        let mut low = Command::new("nice");
        low.args(["-n", niceness]).arg(command.get_program());
        low
    };
    #[cfg(not(unix))]
    let mut low = Command::new(command.get_program());
    low.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => low.env(name, value),
            None => low.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        low.current_dir(folder);
    }
    low
}

/// Starts threads that read standard output and standard error of the child. Returns a channel that receives the lines
/// of both, in the order of their arrival.
fn listen(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(stdout) = child.stdout.take() {
        forward(stdout, sender.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        forward(stderr, sender);
    }
    receiver
}

fn forward(stream: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        let lines = BufReader::new(stream).split(b'\n').map_while(Result::ok);
        for line in lines {
            if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
        }
    });
}

fn follow(
    title: &str,
    mut status_line: Option<StatusLine<'_>>,
    child: &mut Child,
    lines: &Receiver<String>,
    transcript: &mut Transcript,
) -> Result<ExitStatus, TaskError> {
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => transcript.record(line),
            Err(RecvTimeoutError::Timeout) => {}
            // Both streams are closed, but the program has not exited yet.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(TICK),
        }
        if let Some(line) = &mut status_line {
            line.show(transcript.last());
        }
        if let Some(status) =
            child.try_wait().map_err(TaskError::while_doing(format!("waiting for {title}")))?
        {
            while let Ok(line) = lines.recv_timeout(DRAIN_TIMEOUT) {
                transcript.record(line);
            }
            status_line.iter().for_each(StatusLine::finish);
            return Ok(status);
        }
    }
}

/// The output of a running program so far, in memory and in the log file.
struct Transcript {
    file: File,
    lines: Vec<String>,
}

impl Transcript {
    fn create(path: PathBuf) -> Result<Self, TaskError> {
        let file =
            File::create(&path).map_err(TaskError::while_doing(format!("creating {}", path.display())))?;
        Ok(Self { file, lines: Vec::new() })
    }

    /// Adds a line to the output. If it cannot be written to the log file, for example because the disk is full, the
    /// step continues without it.
    fn record(&mut self, line: String) {
        writeln!(self.file, "{line}").unwrap_or_default();
        self.lines.push(line);
    }

    fn last(&self) -> &str {
        self.lines.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty()).unwrap_or_default()
    }
}

/// Shows the progress of a step. On a terminal it redraws one line. Otherwise it prints a new line every [`HEARTBEAT`].
struct StatusLine<'a> {
    title: &'a str,
    began: Instant,
    next: Duration,
}

impl<'a> StatusLine<'a> {
    fn start(title: &'a str, began: Instant) -> Self {
        let status_line = Self { title, began, next: began.elapsed() + HEARTBEAT };
        if !terminal::is_interactive() {
            terminal::note(&format!("{title} …"));
        }
        status_line
    }

    fn show(&mut self, last: &str) {
        let elapsed = self.began.elapsed();
        let text = format!("  {}  {}  {last}", self.title, terminal::human_duration(elapsed));
        if terminal::is_interactive() {
            if elapsed >= TICK {
                terminal::redraw_status(&text);
            }
        } else if elapsed >= self.next {
            self.next = elapsed + HEARTBEAT;
            terminal::note(&text);
        }
    }

    fn finish(&self) {
        if terminal::is_interactive() {
            terminal::clear_status();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_step_in_the_background_has_a_lower_priority_and_everything_else_of_its_command() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $(nice) $GREETING $PWD ${HOME-none}"]).current_dir("/");
        command.env("GREETING", "hello").env_remove("HOME");
        // The tests may have a low priority themselves.
        let own = Command::new("nice").output().unwrap().stdout;
        let own: u8 = String::from_utf8_lossy(&own).trim().parse().unwrap();
        for (priority, added) in [(Priority::Low, 5), (Priority::Lowest, 19)] {
            let output = at_lower_priority(&command, niceness(priority).unwrap()).output().unwrap();
            let expected = format!("{} hello / none\n", (own + added).min(19));
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
        }
    }
}
