//! Checks the events of one session: the publications that were delivered, and the outcomes of its publish requests.

use std::collections::BTreeMap;

use super::server::Server;
use crate::{DropReason, Event, Ticket};
use shared::{Epoch, Topic};

#[derive(Debug)]
struct Shown {
    epoch: Epoch,
    /// The lowest offset that was delivered or reported as lost.
    first: u64,
    last: u64,
}

#[derive(Debug, Default)]
pub struct Viewer {
    shown: BTreeMap<Topic, Shown>,
    outcomes: BTreeMap<Ticket, &'static str>,
    gaps: Vec<(Topic, Epoch, u64, u64)>,
}

impl Viewer {
    /// Checks an event against all earlier events, and against everything that has ever been in a log of the server.
    pub fn see(&mut self, event: Event, server: &Server) {
        match event {
            Event::Publications { topic, epoch, items, .. } => {
                assert!(!items.is_empty(), "an empty part of {topic}");
                let first = items[0].offset;
                let shown = self.shown_of(&topic, &epoch, first);
                for item in items {
                    assert_eq!(item.offset, shown.last + 1, "{topic}: not in order");
                    assert_eq!(item, server.ever[&(topic.clone(), epoch.clone())][shown.last as usize]);
                    shown.last = item.offset;
                }
            }
            Event::Gap { topic, from, to, .. } => {
                assert!(to.offset > from.offset, "{topic}: a gap of nothing");
                let shown = self.shown_of(&topic, &from.epoch, from.offset + 1);
                assert_eq!(shown.last, from.offset, "{topic}: a gap elsewhere");
                shown.last = to.offset;
                self.gaps.push((topic, from.epoch, from.offset, to.offset));
            }
            Event::EpochChanged { topic, last, start } => {
                if let Some(shown) = self.shown.get(&topic) {
                    assert_eq!((&last.epoch, last.offset), (&shown.epoch, shown.last), "{topic}");
                }
                self.shown.insert(topic, Shown { epoch: start.epoch, first: 1, last: start.offset });
            }
            Event::Published { ticket, .. } => self.conclude(ticket, "published"),
            Event::PublishRefused { ticket, .. } => self.conclude(ticket, "refused"),
            Event::Dropped { tickets, why } => {
                let outcome = if why == DropReason::OutcomeUnknown { "unknown" } else { "dropped" };
                tickets.into_iter().for_each(|ticket| self.conclude(ticket, outcome));
            }
            Event::Failed { failure } => panic!("gave up: {failure:?}"),
            _ => {}
        }
    }

    /// Checks, at the end of a schedule, that everything up to the end of each log was delivered, and that the
    /// publications that were reported as lost can no longer be read. If `watched_all_along` is true, every log must
    /// have been delivered from its first publication.
    pub fn judge(&self, server: &Server, watched_all_along: bool) {
        for (topic, shown) in &self.shown {
            let log = &server.logs[topic];
            assert_eq!((&shown.epoch, shown.last), (&log.epoch, log.head()), "{topic} is not up to date");
            assert!(!watched_all_along || shown.first == 1, "{topic} was shown from {}", shown.first);
        }
        let unseen =
            server.logs.iter().find(|(topic, log)| log.head() > 0 && !self.shown.contains_key(topic));
        assert!(!watched_all_along || unseen.is_none(), "{unseen:?} was never shown");
        for (topic, epoch, from, to) in &self.gaps {
            let log = &server.logs[topic];
            assert!(*to < log.oldest || *epoch != log.epoch, "{topic} {from}-{to} could have been fetched");
        }
    }

    pub fn outcomes(&self) -> &BTreeMap<Ticket, &'static str> {
        &self.outcomes
    }

    fn conclude(&mut self, ticket: Ticket, outcome: &'static str) {
        assert_eq!(self.outcomes.insert(ticket, outcome), None, "{ticket:?} came out twice");
    }

    fn shown_of(&mut self, topic: &Topic, epoch: &Epoch, first: u64) -> &mut Shown {
        let start = || Shown { epoch: epoch.clone(), first, last: first - 1 };
        let shown = self.shown.entry(topic.clone()).or_insert_with(start);
        assert_eq!(shown.epoch, *epoch, "{topic}: another log without a word");
        shown
    }
}
