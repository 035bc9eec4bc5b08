//! Runs a service as a process that ends with the emulator.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::error::DataError;
use super::observer::DataObserver;

/// Time limit of the start. Java and Python take a second or two, and longer on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Number of lines of a service that are shown if it does not start.
const SHOWN_LINES: usize = 10;

/// A running service. Dropping it kills the process and all of its children.
pub(super) struct Process {
    service: &'static str,
    child: Child,
    readers: Vec<JoinHandle<()>>,
    #[cfg(unix)]
    group: Group,
}

/// The last lines that a service has printed.
type LastLines = Arc<Mutex<VecDeque<String>>>;

impl Drop for Process {
    fn drop(&mut self) {
        #[cfg(unix)]
        self.group.kill();
        // An error means that the process has exited.
        let _ = self.child.start_kill();
        self.readers.iter().for_each(JoinHandle::abort);
    }
}

impl Process {
    /// Starts a service that will listen at 127.0.0.1 and `port`, and waits until it accepts connections.
    ///
    /// # Errors
    ///
    /// [`DataError::NotStarted`] if it exits or does not listen within a minute.
    pub async fn start(
        service: &'static str,
        mut command: Command,
        port: u16,
        observer: &Arc<dyn DataObserver>,
    ) -> Result<Self, DataError> {
        let failed = |reason: String| DataError::NotStarted { service, reason };
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        // A terminal sends Ctrl-C to a whole group, and functions still use the service while the emulator stops.
        #[cfg(unix)]
        command.process_group(0);
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        let mut child = command.spawn().map_err(|error| failed(format!("{program}: {error}")))?;
        let last = LastLines::default();
        let mut readers = Vec::new();
        readers.extend(
            child.stdout.take().map(|out| tokio::spawn(read(service, out, last.clone(), observer.clone()))),
        );
        readers.extend(
            child.stderr.take().map(|out| tokio::spawn(read(service, out, last.clone(), observer.clone()))),
        );
        #[cfg(unix)]
        let group = Group::of(&child);
        let mut process = Self {
            service,
            child,
            readers,
            #[cfg(unix)]
            group,
        };
        process.listens(port).await.map_err(|reason| failed(format!("{reason}{}", shown(&last))))?;
        Ok(process)
    }

    /// Waits until the process has ended by itself.
    pub async fn ended(&mut self) -> DataError {
        let status = match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        DataError::Ended { service: self.service, status }
    }

    async fn listens(&mut self, port: u16) -> Result<(), String> {
        let deadline = Instant::now() + START_LIMIT;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                // Its last lines are read by other tasks.
                sleep(Duration::from_millis(100)).await;
                return Err(format!("it ended with {status}"));
            }
            if TcpStream::connect(address).await.is_ok() {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(format!("it does not listen after {} s", START_LIMIT.as_secs()));
            }
            sleep(Duration::from_millis(25)).await;
        }
    }
}

/// Returns a port of 127.0.0.1 that is free at the moment. The services cannot choose one themselves.
pub(super) async fn free_port(service: &'static str) -> Result<u16, DataError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let address = listener.and_then(|listener| listener.local_addr());
    address
        .map(|address| address.port())
        .map_err(|error| DataError::NotStarted { service, reason: error.to_string() })
}

async fn read(
    service: &'static str,
    output: impl AsyncRead + Unpin,
    last: LastLines,
    observer: Arc<dyn DataObserver>,
) {
    let mut lines = BufReader::new(output).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        observer.line(service, &line);
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        last.push_back(line);
        if last.len() > SHOWN_LINES {
            last.pop_front();
        }
    }
}

fn shown(last: &LastLines) -> String {
    let last = last.lock().unwrap_or_else(PoisonError::into_inner);
    last.iter().map(|line| format!("\n  {line}")).collect()
}

/// The process group of a service, and a guard: a shell that kills the group when the emulator ends without stopping the service,
/// even by SIGKILL. The guard waits for the end of its standard input, which the operating system closes.
#[cfg(unix)]
struct Group {
    leader: Option<rustix::process::Pid>,
    guard: Option<std::process::Child>,
}

#[cfg(unix)]
impl Group {
    /// Returns the group of a process, which has to be the leader of a new group.
    fn of(leader: &Child) -> Self {
        let id = leader.id().and_then(|id| i32::try_from(id).ok());
        let guard = id.and_then(|id| {
            let mut guard = std::process::Command::new("sh");
            guard.arg("-c").arg(format!("read _; kill -KILL -{id}"));
            guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            std::os::unix::process::CommandExt::process_group(&mut guard, 0);
            // Without a shell there is no guard, and everything else works.
            guard.spawn().ok()
        });
        Self { leader: id.and_then(rustix::process::Pid::from_raw), guard }
    }

    fn kill(&mut self) {
        if let Some(leader) = self.leader {
            // An error only means that all processes of the group have exited.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
        if let Some(mut guard) = self.guard.take() {
            let _ = guard.kill();
            let _ = guard.wait();
        }
    }
}
