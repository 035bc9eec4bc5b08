//! A client: a session, and the state that its shell keeps.

use std::collections::BTreeMap;

use shared::Filter;
use tickertape_session::{Now, Session, Settings, SocketId};

use crate::link::LinkId;
use crate::observer::Observer;
use crate::plan::{BEGIN, ClientSetting};

/// A session with the state of its shell.
#[derive(Debug)]
pub struct Client {
    /// The real session.
    pub session: Session,
    /// The observer that checks its events.
    pub observer: Observer,
    /// The links of its sockets.
    pub links: BTreeMap<SocketId, LinkId>,
    /// Filters that it is subscribed to.
    pub wanted: Vec<Filter>,
    /// True if its session is open.
    pub is_open: bool,
    /// Time for which its timer is set.
    pub timer_ms: Option<u64>,
    /// A time, and the number of runs of its timer at that time.
    pub timer_runs: (u64, u32),
    /// Time until which its machine sleeps.
    pub asleep_until_ms: u64,
    /// Time until which it has no network.
    pub unplugged_until_ms: u64,
    /// True if it notices the loss of its network at once.
    pub unplug_notified: bool,
    /// Time at which its shell sets the next token.
    pub token_due_ms: Option<u64>,
    /// True if the session has asked for that token.
    pub awaits_token: bool,
    /// The same as in [`ClientSetting`].
    pub is_browser: bool,
    skew_ms: i64,
    clock_stopped: bool,
    stood_still_ms: u64,
}

/// Monotonic time at which a schedule begins, in milliseconds. Monotonic clocks begin anywhere.
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

    /// Puts its machine to sleep. Its monotonic clock stands still for the last `stands_still_ms` of that time.
    pub fn sleep(&mut self, until_ms: u64, stands_still_ms: u64) {
        self.asleep_until_ms = until_ms;
        self.clock_stopped = stands_still_ms > 0;
        self.stood_still_ms += stands_still_ms;
    }

    /// Ends the sleep of the client's machine before its time.
    pub fn wake(&mut self, now_ms: u64) {
        let early_ms = self.asleep_until_ms.saturating_sub(now_ms);
        self.asleep_until_ms = now_ms;
        self.stood_still_ms -= if self.clock_stopped { early_ms } else { 0 };
    }

    /// The simulated client's monotonic and wall-clock time.
    pub fn now(&self, now_ms: u64) -> Now {
        let wall_ms = BEGIN.saturating_add_unsigned(now_ms).saturating_add(self.skew_ms);
        Now { mono_ms: MONO_MS + now_ms - self.stood_still_ms, wall_ms }
    }

    /// Time at which its session has to be called, by the world's clock.
    pub fn due_ms(&self) -> Option<u64> {
        let mono_ms = self.session.poll_timeout()?;
        Some((mono_ms + self.stood_still_ms).saturating_sub(MONO_MS))
    }
}
