//! Posts a frame to a connection with the fault that fault injection has chosen for this post.

use std::sync::Arc;
use std::time::Duration;

use crate::chaos::PostFault;
use crate::connection::Connection;
use crate::environment::Environment;
use crate::frame::Frame;
use crate::limits::Limits;
use crate::post_error::PostError;

/// Posts `frame` with the given fault. If the fault delays or duplicates the frame, this must be called within a tokio
/// runtime.
pub(crate) fn post(
    fault: PostFault,
    connection: Arc<Connection>,
    frame: &Frame,
    limits: &Limits,
    environment: &Arc<dyn Environment>,
    monotonic_ms: u64,
) -> Result<(), PostError> {
    match fault {
        PostFault::None => connection.post(frame, limits, monotonic_ms),
        PostFault::Gone => Err(PostError::Gone),
        PostFault::Throttled => Err(PostError::LimitExceeded),
        PostFault::Delayed { by_ms } => {
            post_later(connection, frame, limits, environment, by_ms);
            Ok(())
        }
        PostFault::Duplicated { after_ms } => {
            connection.post(frame, limits, monotonic_ms)?;
            post_later(connection, frame, limits, environment, after_ms);
            Ok(())
        }
        PostFault::Frozen => {
            connection.freeze();
            connection.post(frame, limits, monotonic_ms)
        }
        PostFault::Broken => {
            connection.break_mid_frame(frame);
            Ok(())
        }
    }
}

/// Posts a frame after a delay. Errors are ignored, because the caller has already been told that the frame was
/// accepted. On AWS, the caller does not learn of such errors either.
fn post_later(
    connection: Arc<Connection>,
    frame: &Frame,
    limits: &Limits,
    environment: &Arc<dyn Environment>,
    in_ms: u64,
) {
    let (frame, limits, environment) = (frame.clone(), limits.clone(), environment.clone());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(in_ms)).await;
        let _ = connection.post(&frame, &limits, environment.monotonic_ms());
    });
}
