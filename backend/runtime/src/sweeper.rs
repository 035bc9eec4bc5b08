//! Ends processes that have left the process group of the function that has started them, as `setsid` and `detached: true` of
//! Node.js do. On Lambda they end with the execution environment.
//!
//! Such a process is found by its parent as long as that lives, and afterwards by a variable of its environment that is different
//! for each process of a function. A process with neither is not found: one that was started without this variable, and whose
//! parent has ended. Only Linux tells the children and the environment of a process; elsewhere nothing is found.

#[cfg(target_os = "linux")]
mod proc;

use std::sync::mpsc;

use tokio::sync::oneshot;

#[cfg(target_os = "linux")]
pub(crate) use proc::{Handle, descendants};

/// Name of the variable by which processes are found. Its value is different for each process of a function.
pub(crate) const VARIABLE: &str = "AWS_LAMBDA_LOG_STREAM_NAME";

/// Ends processes in a thread of its own, since the whole list of processes has to be read. All clones are the same.
#[derive(Clone)]
pub(crate) struct Sweeper(mpsc::Sender<Request>);

enum Request {
    /// A process of a function has ended, which had this value of the variable.
    Ended(String),
    /// Everything that was requested before is to be done.
    Finish(oneshot::Sender<()>),
}

impl Sweeper {
    /// Starts the thread, which ends when the last clone is dropped.
    pub fn start() -> Self {
        let (sender, requests) = mpsc::channel();
        // Without the thread, requests are dropped, and everything else works.
        let _ = std::thread::Builder::new().name("sweeper".to_owned()).spawn(move || run(&requests));
        Self(sender)
    }

    /// Ends what a process of a function has left, which had this value of [`VARIABLE`].
    pub fn sweep(&self, value: &str) {
        let _ = self.0.send(Request::Ended(value.to_owned()));
    }

    /// Waits until everything is done that was requested before.
    pub async fn finish(&self) {
        let (done, is_done) = oneshot::channel();
        if self.0.send(Request::Finish(done)).is_ok() {
            // An error means that the thread could not be started.
            let _ = is_done.await;
        }
    }
}

fn run(requests: &mpsc::Receiver<Request>) {
    while let Ok(first) = requests.recv() {
        // All that have ended meanwhile are looked for together.
        let (mut values, mut waiting) = (Vec::new(), Vec::new());
        for request in std::iter::once(first).chain(requests.try_iter()) {
            match request {
                Request::Ended(value) => values.push(format!("{VARIABLE}={value}")),
                Request::Finish(done) => waiting.push(done),
            }
        }
        #[cfg(target_os = "linux")]
        proc::kill_with(&values);
        drop(values);
        for done in waiting {
            let _ = done.send(());
        }
    }
}
