//! The registry of open WebSocket connections. Callers in the same process use it for the operations of the management
//! API: post, get and delete.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use crate::audience::LastAudience;
use crate::caller::{Caller, LastCaller};
use crate::chaos::{FaultInjector, HttpError};
use crate::close_status::CloseStatus;
use crate::connection::Connection;
use crate::environment::{Environment, Moment, SystemEnvironment};
use crate::faulty_post;
use crate::frame::Frame;
use crate::id::ConnectionId;
use crate::id_hasher::Ids;
use crate::limits::Limits;
use crate::lock::{Mutex, RwLock};
use crate::observer::Observer;
use crate::post_error::{Gone, PostError};
use crate::shares::Shares;

const SHARDS: usize = 64;
/// Number of deliveries after which a broadcast yields to other tasks. They take about one millisecond, at five
/// microseconds each.
const DELIVERIES_BETWEEN_YIELDS: usize = 256;
/// Number of connections whose memory is read before the first of them is posted to. The processor reads that of several
/// at the same time, but not if there is a system call in between, which itself needs more memory than the cache has.
const FETCHED_AT_ONCE: usize = 16;

/// A handle to the connections of a gateway, with which functions in the same process post to them. All clones refer to
/// the same connections. The handle is created before the gateway, so that it can be passed to the functions.
#[derive(Clone)]
pub struct Connections(Arc<Registry>);

struct Registry {
    shards: [RwLock<HashMap<ConnectionId, Arc<Connection>, Ids>>; SHARDS],
    count: AtomicUsize,
    /// Number of open connections with queued bytes, as of the last sweep.
    with_queue: AtomicUsize,
    emptied: Notify,
    shutting_down: AtomicBool,
    limits: Limits,
    shares: Arc<Shares>,
    last_caller: Mutex<LastCaller>,
    last_audience: LastAudience,
    environment: Arc<dyn Environment>,
    faults: FaultInjector,
    observer: Option<Arc<dyn Observer>>,
}

/// The times, address and user agent of an open connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionInfo {
    /// Time of the handshake, in milliseconds since the Unix epoch.
    pub connected_at_ms: u64,
    /// Time of the last message in either direction, in milliseconds since the Unix epoch.
    pub last_active_at_ms: u64,
    /// Address of the client.
    pub source_ip: IpAddr,
    /// The `User-Agent` header of the handshake.
    pub user_agent: Option<String>,
}

/// The default is an empty registry with the default limits and the clocks of this machine.
impl Default for Connections {
    fn default() -> Self {
        Self::new(&Limits::default(), Arc::new(SystemEnvironment::default()))
    }
}

impl Connections {
    /// Creates an empty registry of connections. Its limits are those of the gateway that uses it.
    pub fn new(limits: &Limits, environment: Arc<dyn Environment>) -> Self {
        Self::create(limits, environment, None)
    }

    /// Creates an empty registry of connections. `observer` is told what happens to them.
    pub fn observed(limits: &Limits, environment: Arc<dyn Environment>, observer: Arc<dyn Observer>) -> Self {
        Self::create(limits, environment, Some(observer))
    }

    fn create(
        limits: &Limits,
        environment: Arc<dyn Environment>,
        observer: Option<Arc<dyn Observer>>,
    ) -> Self {
        Self(Arc::new(Registry {
            shards: std::array::from_fn(|_| RwLock::default()),
            count: AtomicUsize::new(0),
            with_queue: AtomicUsize::new(0),
            emptied: Notify::new(),
            shutting_down: AtomicBool::new(false),
            limits: limits.clone(),
            shares: Arc::default(),
            last_caller: Mutex::default(),
            last_audience: LastAudience::default(),
            environment,
            faults: FaultInjector::default(),
            observer,
        }))
    }

    /// Sends a frame to one connection. Returns as soon as the frame is written to the socket or queued, and never
    /// waits for the client.
    ///
    /// # Errors
    ///
    /// [`PostError`] if the connection does not exist, its queue is full, or the frame is too large.
    pub fn post(&self, id: &ConnectionId, frame: &Frame) -> Result<(), PostError> {
        let posted = self
            .check_size(frame)
            .and_then(|()| self.post_at(self.find(id).as_ref(), frame, self.monotonic_ms()));
        self.observe_post(id, frame, posted);
        posted
    }

    /// Sends one frame to many connections. Returns the connections that it was not sent to, each with the reason, in
    /// the order of `ids`. Never waits for a client: if a queue is full, the result is `LimitExceeded`, and the post is
    /// not tried again.
    ///
    /// A delivery costs one system call, which takes about five microseconds. The task yields after every 256
    /// deliveries, so that a post to many thousand connections does not block the other tasks of its thread. The frames
    /// of two concurrent calls may therefore reach two connections in different orders. To keep the order, await one
    /// call before the next.
    pub async fn post_to_all<'a, I>(&self, ids: I, frame: &Frame) -> Vec<(ConnectionId, PostError)>
    where
        I: IntoIterator<Item = &'a ConnectionId, IntoIter: Send>,
    {
        let ids: Vec<ConnectionId> = ids.into_iter().copied().collect();
        let audience = self.0.last_audience.get(&ids, |id| self.find(id));
        let size = self.check_size(frame);
        let (mut failed, mut is_first) = (Vec::new(), true);
        for some in audience.groups(DELIVERIES_BETWEEN_YIELDS) {
            if !std::mem::take(&mut is_first) {
                tokio::task::yield_now().await;
            }
            let now_ms = self.monotonic_ms();
            for few in some.chunks(FETCHED_AT_ONCE) {
                few.iter().filter_map(|(_, connection)| connection.as_ref()).for_each(|found| found.fetch());
                for (id, connection) in few {
                    let posted = size.and_then(|()| self.post_at(connection.as_ref(), frame, now_ms));
                    self.observe_post(id, frame, posted);
                    failed.extend(posted.err().map(|error| (*id, error)));
                }
            }
        }
        failed
    }

    /// Returns the times, address and user agent of an open connection.
    ///
    /// # Errors
    ///
    /// [`Gone`] if there is no such connection or if it is being closed.
    pub fn get(&self, id: &ConnectionId) -> Result<ConnectionInfo, Gone> {
        let connection = self.find(id).filter(|connection| connection.is_open()).ok_or(Gone)?;
        Ok(ConnectionInfo {
            connected_at_ms: connection.caller.connected_at_ms,
            last_active_at_ms: connection.last_active_at_ms(),
            source_ip: connection.caller.source_ip,
            user_agent: connection.caller.user_agent.as_deref().map(str::to_owned),
        })
    }

    /// Closes a connection with code 1000 and reason "Connection Closed Normally".
    ///
    /// # Errors
    ///
    /// [`Gone`] if there is no such connection or if it is already being closed.
    pub fn delete(&self, id: &ConnectionId) -> Result<(), Gone> {
        let connection = self.find(id).filter(|connection| connection.is_open()).ok_or(Gone)?;
        connection.close(CloseStatus::deleted(), self.monotonic_ms(), false);
        Ok(())
    }

    /// Sends a last frame to a connection and closes the connection with code 1000 and reason "Connection Closed
    /// Normally". All other frames in its queue are discarded, except a frame that is partly sent.
    ///
    /// # Errors
    ///
    /// [`Gone`] if there is no such connection or if it is already being closed.
    pub fn delete_with(&self, id: &ConnectionId, last: &Frame) -> Result<(), Gone> {
        let connection = self.find(id).filter(|connection| connection.is_open()).ok_or(Gone)?;
        connection.close_with(last, CloseStatus::deleted(), self.monotonic_ms());
        Ok(())
    }

    /// Returns the ids of the connections whose clients have read none of their queued bytes for at least this time.
    /// The time is measured to about a second.
    pub fn stalled(&self, at_least: Duration) -> Vec<ConnectionId> {
        let (now_ms, mut ids) = (self.monotonic_ms(), Vec::new());
        if self.0.with_queue.load(SeqCst) == 0 {
            return ids;
        }
        self.for_each(|connection| {
            let stalled_ms = connection.stalled_ms(now_ms);
            if stalled_ms > 0 && u128::from(stalled_ms) >= at_least.as_millis() && connection.is_open() {
                ids.push(connection.caller.id);
            }
        });
        ids
    }

    /// Closes every open connection with this close code and reason.
    pub fn close_all(&self, code: u16, reason: &str) {
        let now_ms = self.monotonic_ms();
        self.for_each(|connection| connection.close(CloseStatus::new(code, reason), now_ms, false));
    }

    /// Returns the number of connections. A connection counts until its `$disconnect` function has returned.
    pub fn count(&self) -> usize {
        self.0.count.load(SeqCst)
    }

    /// Returns the ids of the open connections, in no particular order.
    pub fn ids(&self) -> Vec<ConnectionId> {
        let mut ids = Vec::with_capacity(self.count());
        self.for_each(|connection| {
            if connection.is_open() {
                ids.push(connection.caller.id);
            }
        });
        ids
    }

    /// Waits until there are no connections left.
    pub async fn wait_until_empty(&self) {
        loop {
            let emptied = self.0.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            if self.count() == 0 {
                return;
            }
            emptied.await;
        }
    }

    pub(crate) fn faults(&self) -> &FaultInjector {
        &self.0.faults
    }

    /// Decides whether fault injection refuses this handshake. Returns the status of the refusal, or `None` if it is
    /// not refused.
    pub(crate) fn injected_refusal(&self) -> Option<HttpError> {
        self.0.faults.handshake(|| self.0.environment.random())
    }

    /// Decides whether fault injection suppresses the `$disconnect` event of this connection. Returns true if it must
    /// not be delivered.
    pub(crate) fn loses_disconnect(&self, connection: &Connection) -> bool {
        self.0.faults.loses_disconnect(connection.number, || self.0.environment.random())
    }

    pub(crate) fn observer(&self) -> Option<&dyn Observer> {
        self.0.observer.as_deref()
    }

    fn observe_post(&self, id: &ConnectionId, frame: &Frame, posted: Result<(), PostError>) {
        if let Some(observer) = self.observer() {
            observer.post(id, frame.payload(), posted);
        }
    }

    pub(crate) fn shares(&self) -> &Arc<Shares> {
        &self.0.shares
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment { now_ms: self.0.environment.now_ms(), random: self.0.environment.random() }
    }

    pub(crate) fn monotonic_ms(&self) -> u64 {
        self.0.environment.monotonic_ms()
    }

    /// Lets a new caller share the memory of the last one, as far as both have the same values.
    pub(crate) fn share(&self, caller: &mut Caller) {
        self.0.last_caller.lock().share_with(caller);
    }

    /// Adds a connection. Its `$connect` function must have returned.
    pub(crate) fn insert(&self, connection: Arc<Connection>) {
        self.0.count.fetch_add(1, SeqCst);
        self.shard(&connection.caller.id).write().insert(connection.caller.id, connection);
        self.0.last_audience.forget();
    }

    /// Removes a connection. Its `$disconnect` function must have returned.
    pub(crate) fn remove(&self, id: &ConnectionId) {
        let removed = self.shard(id).write().remove(id);
        self.0.last_audience.forget();
        if removed.is_some() && self.0.count.fetch_sub(1, SeqCst) == 1 {
            self.0.emptied.notify_waiters();
        }
    }

    pub(crate) fn begin_shut_down(&self) {
        self.0.shutting_down.store(true, SeqCst);
    }

    pub(crate) fn is_shutting_down(&self) -> bool {
        self.0.shutting_down.load(SeqCst)
    }

    /// Returns a future that closes connections that have exceeded their idle or life limit. The caller runs it as a
    /// task. It ends when the last handle to the connections is dropped. All connections share one timer, so that a
    /// connection needs none of its own. A connection is therefore closed up to one period of the timer late.
    pub(crate) fn sweep(&self) -> impl Future<Output = ()> + Send + 'static {
        let registry = Arc::downgrade(&self.0);
        let mut timer = tokio::time::interval(sweep_period(&self.0.limits));
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        async move {
            while let Some(connections) = upgrade(&registry) {
                connections.expire();
                drop(connections);
                timer.tick().await;
            }
        }
    }

    fn expire(&self) {
        let (now_ms, mut with_queue) = (self.monotonic_ms(), 0);
        self.for_each(|connection| with_queue += usize::from(connection.inspect(&self.0.limits, now_ms)));
        self.0.with_queue.store(with_queue, SeqCst);
    }

    fn check_size(&self, frame: &Frame) -> Result<(), PostError> {
        let (size_bytes, limit_bytes) = (frame.payload_bytes(), self.0.limits.message_bytes as usize);
        if size_bytes > limit_bytes {
            Err(PostError::PayloadTooLarge { size_bytes, limit_bytes })
        } else {
            Ok(())
        }
    }

    fn post_at(
        &self,
        connection: Option<&Arc<Connection>>,
        frame: &Frame,
        monotonic_ms: u64,
    ) -> Result<(), PostError> {
        let Registry { limits, faults, environment, .. } = &*self.0;
        let connection = connection.ok_or(PostError::Gone)?;
        if !faults.is_on() {
            return connection.post(frame, limits, monotonic_ms);
        }
        let (number, age_ms) = (connection.count_post(), connection.age_ms(monotonic_ms));
        let fault = faults.post(connection.number, number, age_ms, monotonic_ms, || environment.random());
        faulty_post::post(fault, connection.clone(), frame, limits, environment, monotonic_ms)
    }

    pub(crate) fn find(&self, id: &ConnectionId) -> Option<Arc<Connection>> {
        self.shard(id).read().get(id).cloned()
    }

    fn shard(&self, id: &ConnectionId) -> &RwLock<HashMap<ConnectionId, Arc<Connection>, Ids>> {
        // The table of the shard uses other bits of the hash.
        &self.0.shards[(Ids::default().hash_one(id) >> 40) as usize % SHARDS]
    }

    fn for_each(&self, mut act: impl FnMut(&Connection)) {
        for shard in &self.0.shards {
            shard.read().values().for_each(|connection| act(connection));
        }
    }
}

fn upgrade(registry: &Weak<Registry>) -> Option<Connections> {
    registry.upgrade().map(Connections)
}

/// Returns the interval at which connections are checked for exceeded limits. It is a tenth of the shortest of the
/// limits for idle time, life and closing, but at least ten milliseconds and at most one second.
fn sweep_period(limits: &Limits) -> Duration {
    let shortest = limits.idle.min(limits.life).min(limits.close);
    (shortest / 10).clamp(Duration::from_millis(10), Duration::from_secs(1))
}
