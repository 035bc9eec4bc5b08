//! Signals that stop the program.

use std::io::{self, Read};

use tokio::sync::oneshot;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals, which are received from the moment this is created.
pub struct Signals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
    /// Completes when standard input ends; `None` if that does not matter.
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

    /// Waits for the next signal.
    #[cfg(unix)]
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = reached(&mut self.eof) => {}
        }
    }

    /// Waits for the next signal.
    #[cfg(not(unix))]
    pub async fn next(&mut self) {
        tokio::select! {
            // If Ctrl-C cannot be received, closing the window ends the program.
            _ = tokio::signal::ctrl_c() => {}
            () = reached(&mut self.eof) => {}
        }
    }
}

async fn reached(eof: &mut Option<oneshot::Receiver<()>>) {
    match eof {
        // If the reading thread is gone, it has read to the end too.
        Some(eof) => drop(eof.await),
        None => std::future::pending().await,
    }
}

/// Returns a receiver that completes at the end of standard input. A thread of its own reads it, because a read that
/// has begun cannot be cancelled.
fn end_of_input() -> oneshot::Receiver<()> {
    let (ended, eof) = oneshot::channel();
    std::thread::spawn(move || {
        let mut byte = [0];
        while matches!(io::stdin().read(&mut byte), Ok(1)) {}
        ended.send(())
    });
    eof
}
