//! The wish to stop.

use std::io::{self, Read};

use tokio::sync::oneshot;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Heard from the moment this is made.
pub struct Signals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
    /// Ready when standard input is at its end; never, if nobody looks.
    eof: Option<oneshot::Receiver<()>>,
}

impl Signals {
    /// Ctrl-C, SIGTERM where there is such a thing, and perhaps the end of standard input.
    pub fn listen(until_eof: bool) -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            eof: until_eof.then(end_of_input),
        })
    }

    /// Waits for the next one.
    #[cfg(unix)]
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = reached(&mut self.eof) => {}
        }
    }

    /// Waits for the next one.
    #[cfg(not(unix))]
    pub async fn next(&mut self) {
        tokio::select! {
            // Where Ctrl-C cannot be heard, the window is closed.
            _ = tokio::signal::ctrl_c() => {}
            () = reached(&mut self.eof) => {}
        }
    }
}

async fn reached(eof: &mut Option<oneshot::Receiver<()>>) {
    match eof {
        // A reader that is gone has read to the end too.
        Some(eof) => drop(eof.await),
        None => std::future::pending().await,
    }
}

/// Read on a thread that nobody waits for: a read that is under way cannot be taken back.
fn end_of_input() -> oneshot::Receiver<()> {
    let (ended, eof) = oneshot::channel();
    std::thread::spawn(move || {
        let mut byte = [0];
        while matches!(io::stdin().read(&mut byte), Ok(1)) {}
        ended.send(())
    });
    eof
}
