//! The queue of publish requests. A request stays in it until its outcome is known.

use std::collections::VecDeque;
use std::fmt::Debug;

use super::constants::PUBLISHES_IN_FLIGHT;
use super::{DropReason, Event, Ticket};
use shared::client::{Producer, Publish, RequestId};
use shared::publication::Item;
use shared::{ClientMessage, Topic, TopicMeta};

/// A publish request to pass to [`Session::publish`](crate::Session::publish).
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Topic to publish to.
    pub topic: Topic,
    /// Publications to append, at least one. The server appends all of them or none.
    pub items: Vec<Item>,
    /// Metadata of the topic to change. Fields that are absent keep their value.
    pub meta: Option<TopicMeta>,
    /// True to give the request a sequence number. The request is then sent again until it is acknowledged, and is
    /// still appended only once. Idempotent requests to the same topic are sent one after the other, because the server
    /// refuses a number that is lower than the last one.
    pub idempotent: bool,
    /// True if the program publishes nothing more to this topic. The server then remembers the producer of an idempotent
    /// request for 30 seconds instead of ten minutes. It refuses new producers of a topic while it remembers too many.
    pub done: bool,
}

#[derive(Debug)]
struct Entry {
    ticket: Ticket,
    outgoing: Outgoing,
    /// Sequence number of this request; `None` if it is not idempotent.
    seq: Option<u64>,
    queued_ms: u64,
    on_its_way: bool,
    /// True if the request was sent before and it is not known if it was appended.
    in_doubt: bool,
    /// Moment before which the request must not be sent, in milliseconds of the monotonic clock.
    not_before_ms: Option<u64>,
}

/// The queue of publish requests, as the rest of the session uses it. A session that has not published anything has [`NoQueue`] instead of an
/// [`Outbox`]. In a program that never publishes, such as the board, the linker then leaves out the code of the latter.
pub(super) trait Queue: Debug + Send + Sync {
    /// Returns the queue itself; `None` if it is [`NoQueue`].
    fn outbox(&mut self) -> Option<&mut Outbox> {
        None
    }

    /// Returns the number of requests whose outcome is not known yet.
    fn len(&self) -> usize {
        0
    }

    /// Returns the number of requests that were dropped.
    fn dropped(&self) -> u64 {
        0
    }

    /// Returns the text of the message that sends the queued request `ticket`, with the request number `id`.
    fn text(&self, _ticket: Ticket, _id: RequestId) -> Option<String> {
        None
    }

    /// Marks the next request that may be sent at `now_ms` as sent, and returns its ticket.
    fn send_next(&mut self, _now_ms: u64) -> Option<Ticket> {
        None
    }

    /// Removes a request whose outcome is known. Returns false if it is not in the queue.
    fn settle(&mut self, _ticket: Ticket) -> bool {
        false
    }

    /// Drops a refused request if it was also sent before, and returns the event that reports its outcome as unknown.
    /// The earlier transmission may have been appended, so the refusal does not prove that the request is not in the
    /// log.
    fn drop_in_doubt(&mut self, _ticket: Ticket) -> Option<Event> {
        None
    }

    /// Holds back a request, which was refused temporarily and not appended, until `until_ms`.
    fn hold(&mut self, _ticket: Ticket, _until_ms: u64) {}

    /// Handles the loss of a socket on which these requests were sent. Idempotent requests are queued again. The others
    /// are dropped, and the event that reports this is returned.
    fn lose(&mut self, _tickets: &[Ticket]) -> Option<Event> {
        None
    }

    /// Allows requests to be sent again whose waiting time has ended, and drops those that have been queued for too
    /// long. Returns the events that report the dropped ones.
    fn pass_time(&mut self, _now_ms: u64) -> Vec<Event> {
        Vec::new()
    }

    /// Drops every request, because the session is closed. Returns the events that report this.
    fn clear(&mut self) -> Vec<Event> {
        Vec::new()
    }

    /// Returns the moment at which [`Queue::pass_time`] has to be called next, in milliseconds of the monotonic clock;
    /// `None` if nothing waits.
    fn due(&self) -> Option<u64> {
        None
    }
}

/// The queue of a session that has not published anything.
#[derive(Debug)]
pub(super) struct NoQueue;

impl Queue for NoQueue {}

/// The settings of a queue.
#[derive(Debug, Clone)]
pub(super) struct QueueSettings {
    /// Name under which idempotent requests are sent.
    pub(super) producer: String,
    /// Maximum number of requests in the queue.
    pub(super) limit: usize,
    /// Maximum time that a request waits in the queue, in milliseconds; `None` for no limit.
    pub(super) age_ms: Option<u64>,
}

#[derive(Debug)]
pub(super) struct Outbox {
    producer: String,
    limit: usize,
    age_ms: Option<u64>,
    entries: VecDeque<Entry>,
    tickets: u64,
    dropped: u64,
}

impl Outbox {
    pub(super) fn new(settings: &QueueSettings) -> Self {
        let QueueSettings { producer, limit, age_ms } = settings.clone();
        Self { producer, limit: limit.max(1), age_ms, entries: VecDeque::new(), tickets: 0, dropped: 0 }
    }

    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.limit.saturating_sub(self.entries.len())
    }

    pub(super) fn new_ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Adds a publish request to the queue. If the queue was full, drops the oldest unsent request and returns the
    /// event that reports this.
    pub(super) fn push(&mut self, ticket: Ticket, outgoing: Outgoing, now_ms: u64) -> Option<Event> {
        let seq = outgoing.idempotent.then_some(ticket.0);
        self.entries.push_back(Entry {
            ticket,
            outgoing,
            seq,
            queued_ms: now_ms,
            on_its_way: false,
            in_doubt: false,
            not_before_ms: None,
        });
        if self.entries.len() <= self.limit {
            return None;
        }
        let oldest = self.entries.iter().position(|entry| !entry.on_its_way)?;
        let entry = self.entries.remove(oldest)?;
        let why = if entry.in_doubt { DropReason::OutcomeUnknown } else { DropReason::QueueFull };
        Some(self.drop_entries(vec![entry], why))
    }

    /// Returns the size of the message that would send `outgoing`, in bytes. The numbers of which the number of digits
    /// is not known yet are counted with their maximum length.
    pub(super) fn size_bytes(&self, outgoing: &Outgoing) -> usize {
        let seq = outgoing.idempotent.then_some(u64::MAX);
        self.message(outgoing, seq, u64::MAX).to_json().len()
    }

    /// Creates the message that sends `outgoing`. `seq` is the sequence number of the request, if it is idempotent.
    fn message(&self, outgoing: &Outgoing, seq: Option<u64>, id: RequestId) -> ClientMessage {
        let Outgoing { topic, mut items, meta, idempotent: _, done } = outgoing.clone();
        let producer = seq.map(|seq| Producer { id: self.producer.clone(), seq, done });
        let single = if items.len() == 1 { items.pop() } else { None };
        let (data, ts) = single.map_or((None, None), |item| (Some(item.data), item.ts));
        ClientMessage::Publish(Box::new(Publish { id, topic, data, ts, items, producer, meta }))
    }

    /// Returns the index of the oldest request that may be sent. A request has to wait while an older one of the same
    /// topic is held back, or is idempotent and not answered yet. Returns `None` if all requests have to wait or too
    /// many are unanswered.
    fn sendable(&self, now_ms: u64) -> Option<usize> {
        if self.entries.iter().filter(|entry| entry.on_its_way).count() >= PUBLISHES_IN_FLIGHT {
            return None;
        }
        let mut taken = Vec::new();
        self.entries.iter().position(|entry| {
            let held = entry.not_before_ms.is_some_and(|at_ms| at_ms > now_ms);
            if entry.on_its_way && entry.seq.is_none() {
                return false;
            }
            let topic = &entry.outgoing.topic;
            let is_free = !entry.on_its_way && !held && !taken.contains(&topic);
            taken.push(topic);
            is_free
        })
    }

    fn drop_where(&mut self, is_dropped: impl Fn(&Entry) -> bool, why: DropReason) -> Option<Event> {
        let (gone, kept): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.entries).into_iter().partition(is_dropped);
        self.entries = kept;
        (!gone.is_empty()).then(|| self.drop_entries(gone, why))
    }

    fn drop_entries(&mut self, gone: impl IntoIterator<Item = Entry>, why: DropReason) -> Event {
        let tickets: Vec<Ticket> = gone.into_iter().map(|entry| entry.ticket).collect();
        self.dropped += tickets.len() as u64;
        Event::Dropped { tickets, why }
    }
}

impl Queue for Outbox {
    fn outbox(&mut self) -> Option<&mut Outbox> {
        Some(self)
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn dropped(&self) -> u64 {
        self.dropped
    }

    fn text(&self, ticket: Ticket, id: RequestId) -> Option<String> {
        let entry = self.entries.iter().find(|entry| entry.ticket == ticket)?;
        Some(self.message(&entry.outgoing, entry.seq, id).to_json())
    }

    fn send_next(&mut self, now_ms: u64) -> Option<Ticket> {
        let index = self.sendable(now_ms)?;
        let entry = self.entries.get_mut(index)?;
        entry.on_its_way = true;
        entry.not_before_ms = None;
        Some(entry.ticket)
    }

    fn settle(&mut self, ticket: Ticket) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.ticket != ticket);
        self.entries.len() < before
    }

    fn drop_in_doubt(&mut self, ticket: Ticket) -> Option<Event> {
        self.drop_where(|entry| entry.ticket == ticket && entry.in_doubt, DropReason::OutcomeUnknown)
    }

    fn hold(&mut self, ticket: Ticket, until_ms: u64) {
        for entry in self.entries.iter_mut().filter(|entry| entry.ticket == ticket) {
            entry.on_its_way = false;
            entry.not_before_ms = Some(until_ms);
        }
    }

    fn lose(&mut self, tickets: &[Ticket]) -> Option<Event> {
        let is_lost = |entry: &Entry| entry.on_its_way && tickets.contains(&entry.ticket);
        for entry in self.entries.iter_mut().filter(|entry| is_lost(entry) && entry.seq.is_some()) {
            entry.on_its_way = false;
            entry.in_doubt = true;
        }
        self.drop_where(is_lost, DropReason::OutcomeUnknown)
    }

    fn pass_time(&mut self, now_ms: u64) -> Vec<Event> {
        for entry in &mut self.entries {
            entry.not_before_ms.take_if(|at_ms| *at_ms <= now_ms);
        }
        let Some(age_ms) = self.age_ms else {
            return Vec::new();
        };
        let is_old = |entry: &Entry| !entry.on_its_way && entry.queued_ms.saturating_add(age_ms) <= now_ms;
        let in_doubt = self.drop_where(|entry| is_old(entry) && entry.in_doubt, DropReason::OutcomeUnknown);
        let old = self.drop_where(is_old, DropReason::TooOld);
        in_doubt.into_iter().chain(old).collect()
    }

    fn clear(&mut self) -> Vec<Event> {
        let sent = self.drop_where(|entry| entry.on_its_way || entry.in_doubt, DropReason::OutcomeUnknown);
        let waiting = self.drop_where(|_| true, DropReason::Closed);
        sent.into_iter().chain(waiting).collect()
    }

    fn due(&self) -> Option<u64> {
        let waiting = self.entries.iter().filter(|entry| !entry.on_its_way);
        waiting
            .flat_map(|entry| {
                [entry.not_before_ms, self.age_ms.map(|age_ms| entry.queued_ms.saturating_add(age_ms))]
            })
            .flatten()
            .min()
    }
}
