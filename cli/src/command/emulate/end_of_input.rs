//! Waits for the end of standard input.

use std::io::{self, Read};

use tokio::sync::oneshot;

/// Returns a future that resolves when standard input ends. A thread of its own reads standard input, because a read cannot be
/// cancelled once it has begun.
pub fn end_of_input() -> impl Future<Output = ()> {
    let (ended, has_ended) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut bytes = [0; 256];
        while matches!(io::stdin().read(&mut bytes), Ok(1..)) {}
        drop(ended);
    });
    // The sender is only dropped, which resolves the receiver.
    async move { drop(has_ended.await) }
}
