//! A simulated client: a real session, and the state of the program around it (its shell).

use std::collections::BTreeMap;

use shared::Filter;
use tickertape_session::{Now, Session, Settings, SocketId};

use crate::link::LinkId;
use crate::observer::Observer;
use crate::plan::{BEGIN, ClientSetting};

/// A simulated client: a session with the state of its shell.
#[derive(Debug)]
pub struct Client {
    /// The session under test.
    pub session: Session,
    /// Checks the events of the session.
    pub observer: Observer,
    /// The simulated network link of each socket of the session.
    pub links: BTreeMap<SocketId, LinkId>,
    /// Filters to which the client is subscribed.
    pub wanted: Vec<Filter>,
    /// True if the session is open.
    pub is_open: bool,
    /// Time for which the shell's timer is set.
    pub timer_ms: Option<u64>,
    /// Time at which the timer last ran, and the number of times that it ran at that time.
    pub timer_runs: (u64, u32),
    /// Time until which the client's machine sleeps.
    pub asleep_until_ms: u64,
    /// Time until which the client has no network.
    pub unplugged_until_ms: u64,
    /// True if the session is told at once when the client's network is lost.
    pub unplug_notified: bool,
    /// Time at which the shell sets the next token.
    pub token_due_ms: Option<u64>,
    /// True if the session has asked for the token that is set at `token_due_ms`.
    pub awaits_token: bool,
    /// The same as [`ClientSetting::is_browser`].
    pub is_browser: bool,
    skew_ms: i64,
    clock_stopped: bool,
    stood_still_ms: u64,
}

/// Time of the monotonic clock at which a schedule begins, in milliseconds. It is not 0, because a monotonic clock may begin at
/// any time.
const MONO_MS: u64 = 10_000_000;

impl Client {
    /// Creates a client whose session is not open yet.
    pub fn new(setting: &ClientSetting, seed: u64) -> Self {
        let settings = Settings::default().with_queue_messages(setting.queue_messages);
        Self {
            session: Session::new(settings, seed),
            observer: Observer::default(),
            links: BTreeMap::new(),
            wanted: Vec::new(),
            is_open: false,
            timer_ms: None,
            timer_runs: (0, 0),
            asleep_until_ms: 0,
            unplugged_until_ms: 0,
            unplug_notified: false,
            token_due_ms: None,
            awaits_token: false,
            is_browser: setting.is_browser,
            skew_ms: setting.skew_ms,
            clock_stopped: false,
            stood_still_ms: 0,
        }
    }

    /// Puts the client's machine to sleep. Its monotonic clock stands still for the last `stands_still_ms` of that time.
    pub fn sleep(&mut self, until_ms: u64, stands_still_ms: u64) {
        self.asleep_until_ms = until_ms;
        self.clock_stopped = stands_still_ms > 0;
        self.stood_still_ms += stands_still_ms;
    }

    /// Ends the sleep of the client's machine early.
    pub fn wake(&mut self, now_ms: u64) {
        let early_ms = self.asleep_until_ms.saturating_sub(now_ms);
        self.asleep_until_ms = now_ms;
        self.stood_still_ms -= if self.clock_stopped { early_ms } else { 0 };
    }

    /// Returns the times of the client's monotonic clock and wall clock.
    pub fn now(&self, now_ms: u64) -> Now {
        let wall_ms = BEGIN.saturating_add_unsigned(now_ms).saturating_add(self.skew_ms);
        Now { mono_ms: MONO_MS + now_ms - self.stood_still_ms, wall_ms }
    }

    /// Returns the time at which the session has to be called, in milliseconds since the schedule began.
    pub fn due_ms(&self) -> Option<u64> {
        let mono_ms = self.session.poll_timeout()?;
        Some((mono_ms + self.stood_still_ms).saturating_sub(MONO_MS))
    }
}
