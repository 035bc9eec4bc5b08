//! Records the times at which a topic's publications arrived. The freshness of the topic is determined from them.
//! Depends on [`super::order`] and [`super::rhythm`].

use shared::freshness::{Evidence, REPLAYED_MARK_MS};
use shared::publication::Publication;
use shared::{Freshness, Millis};

use super::kind::Kind;
use super::order::Order;
use super::rhythm::Rhythm;

/// Records the times at which a topic's publications arrived at the server, in order to determine the freshness of
/// the topic. Times are by the server's clock, in milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    rhythm: Rhythm,
    /// Time at which the server received the most recent publication, and the sequence number of that publication.
    received: Option<(Millis, u64)>,
    /// Place of the newest publication in the order of the topic's publications, and its time stamp.
    newest: Option<(Order, Millis)>,
    replayed_at: Option<Millis>,
    /// True if [`Arrival::turns_late`] has returned true since the most recent arrival.
    silence_noticed: bool,
}

/// Facts about the board, the connection and the panel that influence the state of every panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Present time, by the server's clock.
    pub now: Millis,
    /// Time since which the page is cut off from the server, by the server's clock; `None` while it is connected.
    pub cut_off_since: Option<Millis>,
    /// Time at which the reader paused the board, by the server's clock; `None` while the board is not paused.
    pub paused_at: Option<Millis>,
    /// Number of milliseconds by which the page is behind the live data, because it is too slow to handle it; `None`
    /// if it is fast enough.
    pub behind_ms: Option<u64>,
    /// True if the data comes from a recording, so that no panel is live.
    pub is_recording: bool,
    /// Time for which the server may collect publications before it sends them, in milliseconds.
    pub frame_every_ms: u64,
    /// True if thresholds are not judged, because the panel of several topics does that for the series that it shows.
    pub is_unjudged: bool,
}

impl Conditions {
    /// Returns the conditions at the time up to which the page has handled the live data, by which the freshness of topics is
    /// judged. A page that is too slow has newer data that it has not handled, so topics are not silent because of it.
    pub fn as_handled(self) -> Self {
        let behind_ms = Millis::try_from(self.behind_ms.unwrap_or(0)).unwrap_or(0);
        Self { now: self.now - behind_ms, ..self }
    }
}

impl Arrival {
    /// Adds a publication. Live and replayed publications may be added in any order.
    pub fn observe(&mut self, order: Order, publication: &Publication) {
        self.rhythm.observe(publication.received_at);
        let received = Some((publication.received_at, order.sequence()));
        if self.received < received {
            self.received = received;
            self.silence_noticed = false;
        }
        if self.newest.is_none_or(|(newest, _)| newest < order) {
            self.newest = Some((order, publication.ts));
        }
    }

    /// Records that missed publications were replayed at `now`. The panel shows this for some seconds.
    pub fn mark_replayed(&mut self, now: Millis) {
        self.replayed_at = Some(now);
    }

    /// Returns true if the topic has become late: it has had no publication for longer than its usual interval,
    /// `cadence_ms`. After it has returned true, it returns false until the next publication.
    pub fn turns_late(&mut self, cadence_ms: Option<u64>, conditions: Conditions) -> bool {
        let is_silent = match self.evidence(cadence_ms, 0, conditions).freshness() {
            Freshness::Late | Freshness::Stale => true,
            Freshness::Live | Freshness::Gap | Freshness::Replayed => false,
        };
        is_silent && !std::mem::replace(&mut self.silence_noticed, true)
    }

    /// Returns true if missed publications were replayed and the panel has shown its mark for this long enough
    /// ([`REPLAYED_MARK_MS`]).
    pub fn replay_is_over(&self, now: Millis) -> bool {
        self.replayed_at.is_some_and(|at| now.abs_diff(at) >= REPLAYED_MARK_MS)
    }

    /// Returns the time stamp of the newest publication, by its publisher's clock.
    pub fn last_ts(&self) -> Option<Millis> {
        self.newest.map(|(_, ts)| ts)
    }

    /// Returns the place of the newest publication in the order of the topic's publications.
    pub fn newest(&self) -> Option<Order> {
        self.newest.map(|(order, _)| order)
    }

    /// Returns the time at which the server received the most recent publication, by the server's clock.
    pub fn last_received(&self) -> Option<Millis> {
        self.received.map(|(received_at, _)| received_at)
    }

    /// Returns the expected time between two publications, in milliseconds. This is the interval that the publisher
    /// has declared, or else the interval learned from the arrivals. Nothing is learned for events and states,
    /// because they have no usual interval.
    pub fn cadence_ms(&self, declared: Option<u64>, kind: Kind) -> Option<u64> {
        let learned = match kind {
            Kind::State | Kind::Timeline | Kind::Log => None,
            _ => self.rhythm.interval_ms(),
        };
        declared.or(learned)
    }

    /// Returns the facts from which the freshness of the topic is determined: its age, its expected interval, and the
    /// times of losses, replays and interruptions.
    pub fn evidence(&self, cadence_ms: Option<u64>, lost_ms: u64, conditions: Conditions) -> Evidence {
        let since = |at: Millis| u64::try_from(conditions.now - at).unwrap_or(0);
        Evidence {
            age_ms: self.last_received().map_or(0, since),
            cadence_ms,
            lost_ms,
            replayed_ago_ms: self.replayed_at.map(since),
            cut_off_ms: conditions.cut_off_since.map(since),
            frame_every_ms: conditions.frame_every_ms,
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn observe(arrival: &mut Arrival, publication: Publication) {
        arrival.observe(Order::of(&publication, 0), &publication);
    }

    fn received(times: &[Millis]) -> Arrival {
        let mut arrival = Arrival::default();
        for (index, at) in times.iter().enumerate() {
            let offset = index as u64 + 1;
            observe(&mut arrival, Publication { offset, ts: *at - 7, received_at: *at, data: 1.into() });
        }
        arrival
    }

    fn at(now: Millis) -> Conditions {
        Conditions { now, ..Conditions::default() }
    }

    fn freshness(arrival: &Arrival, kind: Kind, now: Millis) -> Freshness {
        arrival.evidence(arrival.cadence_ms(None, kind), 0, at(now)).freshness()
    }

    #[test]
    fn a_learned_cadence_makes_a_silent_line_stale_but_not_a_silent_log() {
        let arrival = received(&[0, 1_000, 2_000, 3_000]);
        assert_eq!(freshness(&arrival, Kind::Line, 60_000), Freshness::Stale);
        assert_eq!(freshness(&arrival, Kind::Log, 60_000), Freshness::Live);
    }

    #[test]
    fn a_promise_outranks_what_was_learned() {
        let arrival = received(&[0, 1_000, 2_000, 3_000]);
        assert_eq!(arrival.cadence_ms(Some(60_000), Kind::Line), Some(60_000));
        assert_eq!(arrival.cadence_ms(Some(500), Kind::Log), Some(500));
    }

    #[test]
    fn each_silence_is_noticed_once() {
        let mut arrival = received(&[0, 1_000, 2_000, 3_000]);
        let turns_late = |arrival: &mut Arrival, now| arrival.turns_late(Some(1_000), at(now));
        assert!(!turns_late(&mut arrival, 4_000));
        assert!(turns_late(&mut arrival, 5_500));
        assert!(!turns_late(&mut arrival, 9_500));
        observe(&mut arrival, Publication { offset: 5, ts: 10_000, received_at: 10_000, data: 1.into() });
        assert!(!turns_late(&mut arrival, 10_500));
        assert!(turns_late(&mut arrival, 13_000));
    }

    #[test]
    fn older_data_filled_in_later_does_not_make_a_topic_older() {
        let arrival = received(&[5_000, 1_000]);
        assert_eq!(arrival.last_ts(), Some(4_993));
        assert_eq!(arrival.evidence(None, 0, at(6_000)).age_ms, 1_000);
    }

    #[test]
    fn a_clock_that_is_behind_makes_no_negative_age() {
        assert_eq!(received(&[5_000]).evidence(None, 0, at(4_000)).age_ms, 0);
    }

    #[test]
    fn the_mark_of_a_replay_goes_after_a_moment() {
        let mut arrival = received(&[0]);
        arrival.mark_replayed(10);
        assert!(!arrival.replay_is_over(1_000));
        assert!(arrival.replay_is_over(10 + 5_000));
    }
}
