//! Receives the signals that stop the program.

use std::io::{self, Read};

use tokio::sync::oneshot;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A receiver of signals. Signals are received from the moment when it is created.
pub struct Signals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
    /// Completes when standard input ends. It is `None` if the end of standard input does not stop the program.
    eof: Option<oneshot::Receiver<()>>,
}

impl Signals {
    /// Starts to receive Ctrl-C, SIGTERM on Unix, and the end of standard input if `until_eof` is true.
    pub fn listen(until_eof: bool) -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            eof: until_eof.then(end_of_input),
        })
    }

    /// Waits for the next signal, or for the end of standard input.
    #[cfg(unix)]
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = reached(&mut self.eof) => {}
        }
    }

    /// Waits for the next signal, or for the end of standard input.
    #[cfg(not(unix))]
    pub async fn next(&mut self) {
        tokio::select! {
            // An error of `ctrl_c` also ends the program. Closing the window ends it in any case.
            _ = tokio::signal::ctrl_c() => {}
            () = reached(&mut self.eof) => {}
        }
    }
}

async fn reached(eof: &mut Option<oneshot::Receiver<()>>) {
    match eof {
        // If the reading thread no longer exists, it has also reached the end of the input.
        Some(eof) => drop(eof.await),
        None => std::future::pending().await,
    }
}

/// Returns a receiver that completes at the end of standard input. A separate thread reads standard input, because a read cannot
/// be cancelled once it has begun.
fn end_of_input() -> oneshot::Receiver<()> {
    let (ended, eof) = oneshot::channel();
    std::thread::spawn(move || {
        let mut byte = [0];
        while matches!(io::stdin().read(&mut byte), Ok(1)) {}
        ended.send(())
    });
    eof
}
