//! Tests of stopping `tickertape emulate`. A function of a custom runtime and the package manager are shell scripts, so that these
//! tests need no other program.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::{PROGRAM, TIMEOUT};

const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: prod
      RouteSelectionExpression: $request.body.action
      Routes: { $default: { FunctionArn: !GetAtt Endless.Arn } }
  Endless:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: endless, Runtime: RUNTIME, Handler: index.handler, CodeUri: code/ }
";
/// A program that tells its id and then ignores everything.
const FUNCTION: &str = "#!/bin/sh\ntrap '' INT TERM\necho \"process $$\"\nexec sleep 600\n";
/// A program that writes its id to a file and then ignores everything.
const NPM: &str = "#!/bin/sh\ntrap '' INT TERM\necho $$ > \"$TMPDIR/../npm\"\nexec sleep 600\n";

/// A running `tickertape emulate`, and the folder of its app, its data directory and its temporary files.
struct Emulate {
    child: Child,
    folder: TempDir,
    lines: mpsc::Receiver<String>,
}

impl Emulate {
    /// Runs an app of one function, `endless`, whose only file has this name and text.
    fn start(runtime: &str, file: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["app/code", "bin", "temporary"] {
            fs::create_dir_all(path(name)).unwrap();
        }
        fs::write(path("app/template.yaml"), TEMPLATE.replace("RUNTIME", runtime)).unwrap();
        write_script(&path("app/code").join(file), text);
        write_script(&path("bin/npm"), NPM);
        let mut child = Command::new(PROGRAM)
            .args(["emulate", "--json", "--no-board", "--listen", "127.0.0.1:0", "--data-dir"])
            .args([path("data"), path("app")])
            .env("PATH", format!("{}:/usr/bin:/bin", path("bin").display()))
            .env("TMPDIR", path("temporary"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let streams: [Box<dyn BufRead + Send>; 2] = [
            Box::new(BufReader::new(child.stdout.take().unwrap())),
            Box::new(BufReader::new(child.stderr.take().unwrap())),
        ];
        for stream in streams {
            let sender = sender.clone();
            thread::spawn(move || {
                stream.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
            });
        }
        Self { child, folder, lines }
    }

    /// Waits for a line that contains `part`, and returns what follows it.
    fn after(&self, part: &str) -> String {
        let began = Instant::now();
        loop {
            let line = self.lines.recv_timeout(TIMEOUT.saturating_sub(began.elapsed()));
            let line = line.unwrap_or_else(|error| panic!("{part:?} is missing: {error}"));
            if let Some((_, rest)) = line.split_once(part) {
                return rest.trim().to_owned();
            }
        }
    }

    fn signal(&self, name: &str) {
        assert!(
            Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap().success()
        );
    }

    /// Waits until the program has ended, and returns its exit code.
    fn code(&mut self) -> Option<i32> {
        let mut code = None;
        until("the program goes on", || {
            let status = self.child.try_wait().unwrap();
            code = status.and_then(|status| status.code());
            status.is_some()
        });
        code
    }

    /// Returns the names of the temporary files that there are.
    fn temporary_files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("temporary")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Drop for Emulate {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_second_interrupt_ends_a_function_that_never_ends_and_leaves_no_file() {
    let mut emulate = Emulate::start("provided.al2023", "bootstrap", FUNCTION);
    let address = emulate.after("\"lambda\":\"http://");
    let _caller = begin_invocation(address.split('"').next().unwrap());
    let function = emulate.after("process ");
    emulate.signal("INT");
    emulate.after("Ctrl-C again");
    assert!(!has_ended(&function));
    emulate.signal("INT");
    assert_eq!(emulate.code(), Some(130));
    // The process that was started ahead may not have been the only one.
    let others: Vec<String> = emulate.lines.iter().collect();
    let others = others.iter().filter_map(|line| line.split_once("process ")).map(|(_, id)| id.trim());
    for function in others.chain([function.as_str()]) {
        until("a function goes on", || has_ended(function));
    }
    assert_eq!(emulate.temporary_files(), [""; 0]);
}

#[test]
fn a_signal_while_packages_are_installed_ends_the_installation_and_leaves_no_file() {
    for signal in ["INT", "TERM"] {
        let mut emulate = Emulate::start("nodejs22.x", "index.mjs", "import '@aws-sdk/client-sqs';\n");
        emulate.after("installing");
        let npm = emulate.folder.path().join("npm");
        until("npm does not start", || fs::read_to_string(&npm).is_ok_and(|text| text.ends_with('\n')));
        let npm = fs::read_to_string(npm).unwrap();
        assert_ne!(emulate.temporary_files(), [""; 0]);
        emulate.signal(signal);
        assert_eq!(emulate.code(), Some(0));
        until("npm goes on", || has_ended(npm.trim()));
        assert_eq!(emulate.temporary_files(), [""; 0]);
    }
}

/// Invokes the function, and waits until the request is being handled. The caller waits for the answer until the stream is dropped.
fn begin_invocation(address: &str) -> TcpStream {
    let mut caller = TcpStream::connect(address).unwrap();
    let head = format!("POST /2015-03-31/functions/endless/invocations HTTP/1.1\r\nHost: {address}\r\n");
    caller.write_all(format!("{head}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n").as_bytes()).unwrap();
    let mut answer = [0; 12];
    caller.read_exact(&mut answer).unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 100");
    caller.write_all(b"{}").unwrap();
    caller
}

/// Returns true if there is no such process, or if it only waits for its parent.
fn has_ended(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_none_or(|rest| rest.is_empty() || rest.starts_with('Z'))
}

fn until(otherwise: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < TIMEOUT, "{otherwise}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn write_script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
