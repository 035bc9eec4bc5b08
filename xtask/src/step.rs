//! One step of a subcommand: it says what it does, shows that it lives, keeps its output, and says how
//! long it took.

use crate::failure::Failure;
use crate::project::Project;
use crate::terminal;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often the status line moves.
const TICK: Duration = Duration::from_millis(100);
/// How often a step reports in a log file, where nothing can be redrawn.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How long to wait for the last lines after the program ended: a grandchild may hold the pipe open.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How much of a failed step is shown; the rest is in its log.
const SHOWN_LINES: usize = 150;

/// What a finished program said, and whether it was content.
pub struct Outcome {
    pub status: ExitStatus,
    pub lines: Vec<String>,
    pub took: Duration,
    pub log: PathBuf,
}

/// Runs `command` and demands success: on failure the end of its output is shown.
pub fn run(project: &Project, title: &str, command: &mut Command) -> Result<Outcome, Failure> {
    let outcome = observe(project, title, command)?;
    if outcome.status.success() {
        terminal::done(title, &terminal::human_duration(outcome.took));
        return Ok(outcome);
    }
    Err(refused(title, outcome))
}

/// Runs `command` and leaves the judgement to the caller.
pub fn observe(project: &Project, title: &str, command: &mut Command) -> Result<Outcome, Failure> {
    observe_with(project, title, command, "")
}

/// The same with something on its standard input, which no log and no list of processes shows.
pub fn observe_with(
    project: &Project,
    title: &str,
    command: &mut Command,
    input: &str,
) -> Result<Outcome, Failure> {
    let began = Instant::now();
    let log = project.log(title);
    let mut transcript = Transcript::create(log.clone())?;
    let mut child = spawn(command, input)?;
    let lines = listen(&mut child);
    let status = follow(title, began, &mut child, &lines, &mut transcript)?;
    Ok(Outcome { status, lines: transcript.lines, took: began.elapsed(), log })
}

/// Shows what a failed program said, and makes it a failure.
pub fn refused(title: &str, outcome: Outcome) -> Failure {
    show_end(&outcome.lines);
    terminal::failed(title, &terminal::human_duration(outcome.took));
    Failure::Refused { step: title.to_owned(), log: outcome.log }
}

/// The last lines of a program's output.
pub fn show_end(lines: &[String]) {
    let skipped = lines.len().saturating_sub(SHOWN_LINES);
    if skipped > 0 {
        terminal::note(&format!("({skipped} earlier lines are in the log)"));
    }
    for line in &lines[skipped..] {
        eprintln!("  {line}");
    }
}

fn spawn(command: &mut Command, input: &str) -> Result<Child, Failure> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(Failure::while_doing(format!("starting {program}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that ends without having read it says why by its exit.
        stdin.write_all(input.as_bytes()).unwrap_or_default();
    }
    Ok(child)
}

/// Both streams of the child as lines, in the order they came.
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
    began: Instant,
    child: &mut Child,
    lines: &Receiver<String>,
    transcript: &mut Transcript,
) -> Result<ExitStatus, Failure> {
    let mut status_line = StatusLine::start(title, began);
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => transcript.record(line),
            Err(RecvTimeoutError::Timeout) => {}
            // Both streams are closed: nothing left but the exit status.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(TICK),
        }
        status_line.show(began.elapsed(), transcript.last());
        if let Some(status) =
            child.try_wait().map_err(Failure::while_doing(format!("waiting for {title}")))?
        {
            while let Ok(line) = lines.recv_timeout(LAST_WORDS) {
                transcript.record(line);
            }
            status_line.finish();
            return Ok(status);
        }
    }
}

/// What the program said so far, in memory and on disk.
struct Transcript {
    file: File,
    lines: Vec<String>,
}

impl Transcript {
    fn create(path: PathBuf) -> Result<Self, Failure> {
        let file =
            File::create(&path).map_err(Failure::while_doing(format!("creating {}", path.display())))?;
        Ok(Self { file, lines: Vec::new() })
    }

    /// A full disk loses the log, not the step.
    fn record(&mut self, line: String) {
        writeln!(self.file, "{line}").unwrap_or_default();
        self.lines.push(line);
    }

    fn last(&self) -> &str {
        self.lines.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty()).unwrap_or_default()
    }
}

/// Redrawn in place on a terminal, a line now and then elsewhere.
struct StatusLine<'a> {
    title: &'a str,
    next: Duration,
}

impl<'a> StatusLine<'a> {
    fn start(title: &'a str, began: Instant) -> Self {
        let status_line = Self { title, next: began.elapsed() + HEARTBEAT };
        if !terminal::is_interactive() {
            terminal::note(&format!("{title} …"));
        }
        status_line
    }

    fn show(&mut self, elapsed: Duration, last: &str) {
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
