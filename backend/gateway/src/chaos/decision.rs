//! The random decisions of fault injection, as pure functions of the settings and of a random generator.

use super::random::SeededRandom;
use super::settings::Chaos;
use super::values::HttpError;

/// The fault that is injected into one post of a frame to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PostFault {
    /// No fault: the frame is posted as usual.
    None,
    /// The post fails with `Gone` (410), as if the connection did not exist.
    Gone,
    /// The post fails with `LimitExceeded` (429), as if the client's buffer were full.
    Throttled,
    /// The post succeeds at once, and its frame is sent `by_ms` milliseconds later.
    Delayed { by_ms: u64 },
    /// The frame is sent at once, and a second time `after_ms` milliseconds later.
    Duplicated { after_ms: u64 },
    /// The connection stops reading and writing before the frame is posted.
    Frozen,
    /// Half of the frame is sent, and then the TCP connection is reset.
    Broken,
}

/// Decides whether a handshake is refused. Returns the status of the refusal, or `None` if it is not refused.
pub(super) fn handshake(chaos: &Chaos, random: &mut SeededRandom) -> Option<HttpError> {
    random.happens(chaos.refuse.probability).then_some(chaos.refuse.status)
}

/// Decides whether a `$disconnect` event is lost. Returns true if it must not be delivered.
pub(super) fn loses_disconnect(chaos: &Chaos, random: &mut SeededRandom) -> bool {
    random.happens(chaos.lost_disconnect)
}

/// Returns the fault for one post to a connection that was opened `age_ms` milliseconds ago.
pub(super) fn post(chaos: &Chaos, age_ms: u64, random: &mut SeededRandom) -> PostFault {
    if age_ms < chaos.gone_ms {
        PostFault::Gone
    } else if random.happens(chaos.throttle.probability) {
        PostFault::Throttled
    } else if random.happens(chaos.cut) {
        PostFault::Broken
    } else if random.happens(chaos.freeze) {
        PostFault::Frozen
    } else if random.happens(chaos.delay.probability) {
        PostFault::Delayed { by_ms: random.uniform(chaos.delay.ms) }
    } else if random.happens(chaos.duplicate.probability) {
        PostFault::Duplicated { after_ms: random.uniform(chaos.duplicate.ms) }
    } else {
        PostFault::None
    }
}
