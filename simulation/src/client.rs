//! A simulated client: a real session, and the simulated program around it (its shell).

use std::collections::BTreeMap;

use shared::Filter;
use tickertape_session::{Now, Session, Settings, SocketId};

use crate::link::LinkId;
use crate::observer::Observer;
use crate::plan::{BEGIN, ClientSetting};

/// A simulated client: a real session, with the state of the program around it (its shell).
#[derive(Debug)]
pub struct Client {
    /// The real session (client state machine) that is tested.
    pub session: Session,
    /// Checks the events of the session.
    pub observer: Observer,
    /// The simulated connection (link) of each socket of the session.
    pub links: BTreeMap<SocketId, LinkId>,
    /// Filters to which the client is subscribed at the moment.
    pub wanted: Vec<Filter>,
    /// True while the client has its session open. False after it has closed the session.
    pub is_open: bool,
    /// Time at which the client next calls the session because of its timer, in milliseconds since the simulated run
    /// began; `None` if the timer is not set.
    pub timer_ms: Option<u64>,
    /// Time at which the timer last expired, and the number of times that it has expired at that same time. A high
    /// number means that the session makes no progress.
    pub timer_runs: (u64, u32),
    /// Time until which the client's machine sleeps, in milliseconds since the simulated run began.
    pub asleep_until_ms: u64,
    /// Time until which the client has no network, in milliseconds since the simulated run began.
    pub unplugged_until_ms: u64,
    /// True if the session has been told that the client has no network, and not yet that it has one again.
    pub unplug_notified: bool,
    /// Time at which the client passes the next token to its session, in milliseconds since the simulated run began.
    pub token_due_ms: Option<u64>,
    /// True if the session has requested a new token and has not got it yet.
    pub awaits_token: bool,
    /// True for a browser, which does not learn why a handshake was refused: see [`ClientSetting::is_browser`].
    pub is_browser: bool,
    skew_ms: i64,
    clock_stopped: bool,
    stood_still_ms: u64,
}

/// Time of the client's monotonic clock at the beginning of a simulated run, in milliseconds. It is not 0, because a
/// real monotonic clock may begin at any time.
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

    /// Puts the client's machine to sleep until `until_ms`. Its monotonic clock stands still for `stands_still_ms` of
    /// that time, which is either all of it or 0.
    pub fn sleep(&mut self, until_ms: u64, stands_still_ms: u64) {
        self.asleep_until_ms = until_ms;
        self.clock_stopped = stands_still_ms > 0;
        self.stood_still_ms += stands_still_ms;
    }

    /// Ends the sleep of the client's machine at `now_ms`, before its planned end.
    pub fn wake(&mut self, now_ms: u64) {
        let early_ms = self.asleep_until_ms.saturating_sub(now_ms);
        self.asleep_until_ms = now_ms;
        self.stood_still_ms -= if self.clock_stopped { early_ms } else { 0 };
    }

    /// Returns the times of the client's monotonic clock and wall clock at `now_ms`, which is in milliseconds since the
    /// simulated run began.
    pub fn now(&self, now_ms: u64) -> Now {
        let wall_ms = BEGIN.saturating_add_unsigned(now_ms).saturating_add(self.skew_ms);
        Now { mono_ms: MONO_MS + now_ms - self.stood_still_ms, wall_ms }
    }

    /// Returns the time at which the session wants to be called next, in milliseconds since the simulated run began.
    pub fn due_ms(&self) -> Option<u64> {
        let mono_ms = self.session.poll_timeout()?;
        Some((mono_ms + self.stood_still_ms).saturating_sub(MONO_MS))
    }
}
