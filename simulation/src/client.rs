//! One client: a session, and what its shell keeps.

use std::collections::BTreeMap;

use shared::Filter;
use tickertape_session::{Now, Session, Settings, SocketId};

use crate::observer::Observer;
use crate::plan::ClientSetting;
use crate::wire::WireId;
use crate::world::BEGIN;

/// See the [module](self).
#[derive(Debug)]
pub struct Client {
    /// The real thing.
    pub session: Session,
    /// Who watches it.
    pub observer: Observer,
    /// Where its sockets lead.
    pub wires: BTreeMap<SocketId, WireId>,
    /// What it wants to watch.
    pub wanted: Vec<Filter>,
    /// Whether it wants to be connected.
    pub is_open: bool,
    /// When its timer is set for.
    pub timer_ms: Option<u64>,
    /// How often its timer ran at this moment.
    pub timer_runs: (u64, u32),
    /// Its machine sleeps until then.
    pub asleep_until_ms: u64,
    /// It has no network until then.
    pub unplugged_until_ms: u64,
    /// How the unplugging shows: an error at once, or nothing at all.
    pub unplugged_told: bool,
    /// When its shell hands it the next token.
    pub token_due_ms: Option<u64>,
    /// Whether that is because the session asked for one.
    pub awaits_token: bool,
    /// See [`ClientSetting`].
    pub is_browser: bool,
    skew_ms: i64,
    clock_stopped: bool,
    stood_still_ms: u64,
}

/// Monotonic clocks begin anywhere.
const MONO_MS: u64 = 10_000_000;

impl Client {
    /// Not opened yet.
    pub fn new(setting: &ClientSetting, seed: u64) -> Self {
        let settings = Settings::default().with_queue_messages(setting.queue_messages);
        Self {
            session: Session::new(settings, seed),
            observer: Observer::default(),
            wires: BTreeMap::new(),
            wanted: Vec::new(),
            is_open: false,
            timer_ms: None,
            timer_runs: (0, 0),
            asleep_until_ms: 0,
            unplugged_until_ms: 0,
            unplugged_told: false,
            token_due_ms: None,
            awaits_token: false,
            is_browser: setting.is_browser,
            skew_ms: setting.skew_ms,
            clock_stopped: false,
            stood_still_ms: 0,
        }
    }

    /// Its machine sleeps, and its monotonic clock stands still for the last `stands_still_ms` of it.
    pub fn sleep(&mut self, until_ms: u64, stands_still_ms: u64) {
        self.asleep_until_ms = until_ms;
        self.clock_stopped = stands_still_ms > 0;
        self.stood_still_ms += stands_still_ms;
    }

    /// Its machine wakes before its time.
    pub fn wake(&mut self, now_ms: u64) {
        let early_ms = self.asleep_until_ms.saturating_sub(now_ms);
        self.asleep_until_ms = now_ms;
        self.stood_still_ms -= if self.clock_stopped { early_ms } else { 0 };
    }

    /// Its clocks.
    pub fn now(&self, now_ms: u64) -> Now {
        let wall_ms = BEGIN.saturating_add_unsigned(now_ms).saturating_add(self.skew_ms);
        Now { mono_ms: MONO_MS + now_ms - self.stood_still_ms, wall_ms }
    }

    /// When its session wants to be called, on the world's clock.
    pub fn due_ms(&self) -> Option<u64> {
        let mono_ms = self.session.poll_timeout()?;
        Some((mono_ms + self.stood_still_ms).saturating_sub(MONO_MS))
    }
}
