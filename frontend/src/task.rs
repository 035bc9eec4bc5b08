//! Work that goes on while the page waits for something.

use std::future::Future;
use std::pin::Pin;

/// Runs a future. The page goes on at once. All futures have one type, because the code that runs them is generated for every type.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    fn start(future: Pin<Box<dyn Future<Output = ()>>>) {
        leptos::task::spawn_local(future);
    }
    start(Box::pin(future));
}
