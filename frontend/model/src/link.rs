//! The state of the connection to the server in words. Depends on the session's state.

use shared::freshness::short_duration;
use shared::{Filter, Millis};
use tickertape_session::words::state_words;
use tickertape_session::{Banner, Latency, SessionFailure, State, Stats};

use crate::chart::clock::LocalClock;
use crate::delay::Delay;
use crate::view::Tense;

/// Facts about the connection that the board shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// State of the session, which is the client's side of the protocol.
    pub state: State,
    /// Message about a problem of the connection that is shown across the page; `None` if there is no problem to
    /// show.
    pub banner: Option<Banner>,
    /// Number of connected viewers as the server reports it; `None` while it is not known.
    pub viewers: Option<u64>,
    /// Time that publications take from the server to the page; `None` while there is no measurement.
    pub latency: Option<Latency>,
    /// Time for which the server may collect publications before it sends them, in milliseconds.
    pub frame_every_ms: u64,
    /// Share of the publications that the server leaves out, in percent, because the page cannot show all of them.
    pub left_out_percent: u64,
    /// True if the session sends a token to the server.
    pub has_token: bool,
    /// Counters of the session, such as the numbers of publications and of lost connections.
    pub stats: Stats,
    /// Time at which the last data arrived, by this machine's clock; `None` if none has arrived.
    pub last_data_at: Option<Millis>,
    /// Time since which nothing has arrived from the server, by the server's clock. It is `None` while the connection
    /// works, and while the interruption is too short to be shown.
    pub cut_off_since: Option<Millis>,
}

/// Severity of the connection's state, which the header shows by a shape and a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The connection works, and data arrives.
    Good,
    /// No data arrives, but the page will probably connect again without help.
    Waiting,
    /// No data arrives. A person has to act, or the interruption is long.
    Down,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            state: State::Idle,
            banner: None,
            viewers: None,
            latency: None,
            frame_every_ms: 0,
            left_out_percent: 0,
            has_token: false,
            stats: Stats::default(),
            last_data_at: None,
            cut_off_since: None,
        }
    }
}

impl Link {
    /// Returns the severity of the connection's state.
    pub fn tone(&self) -> Tone {
        match self.state {
            State::Connected | State::Rotating => Tone::Good,
            State::Idle | State::Connecting | State::Handshaking | State::Waiting | State::Closing => {
                Tone::Waiting
            }
            State::Suspended | State::Offline | State::Failed | State::Closed => Tone::Down,
        }
    }

    /// Returns the connection's state in one or two words, for the header.
    pub fn word(&self) -> String {
        match self.state {
            State::Failed if self.wants_token() => "Signed out".to_owned(),
            State::Connected | State::Rotating => "Live".to_owned(),
            other => capitalised(state_words(other)),
        }
    }

    /// Returns the state that the header shows: a CSS class, and words such as `Live` or `Behind by 5 s`. The board
    /// is called live only if it is connected, not paused, shows the present, and its data is not delayed. `tense` is the
    /// position of the stretch that the board shows instead of live data; `None` for live data. A board that shows such a
    /// stretch says so also while the page is cut off.
    pub fn headline(
        &self,
        paused_at: Option<Millis>,
        tense: Option<Tense>,
        delay: Delay,
        clock: LocalClock,
    ) -> (&'static str, String) {
        let stretch = tense.map(Tense::words);
        if self.tone() != Tone::Good {
            let cut_off = stretch.filter(|_| self.cut_off_since.is_some());
            let words = cut_off.map_or_else(|| self.word(), |words| format!("{words}, cut off"));
            return (self.tone().class(), words);
        }
        match (paused_at, delay.behind_ms, delay.late_ms) {
            (Some(at), ..) => ("is-paused", format!("Paused at {}", clock.seconds(at))),
            _ if stretch.is_some() => ("is-past", stretch.unwrap_or_default().to_owned()),
            (None, Some(ms), _) => ("is-behind", format!("Behind by {}", short_duration(ms))),
            (None, None, Some(ms)) => (Tone::Waiting.class(), format!("Late by {}", short_duration(ms))),
            (None, None, None) if self.left_out_percent > 0 => {
                (Tone::Good.class(), format!("{}, {} % left out", self.word(), self.left_out_percent))
            }
            (None, None, None) => (Tone::Good.class(), self.word()),
        }
    }

    /// Returns the number of viewers as text, such as `3 viewers`; empty while it is unknown.
    pub fn viewers_text(&self) -> String {
        match self.viewers.filter(|_| self.tone() == Tone::Good) {
            Some(1) => "1 viewer".to_owned(),
            Some(viewers) => format!("{viewers} viewers"),
            None => String::new(),
        }
    }

    /// Returns the latency as text, such as `24 ms` or `1.8 s`. The text is empty while there is no measurement.
    pub fn latency_text(&self) -> String {
        match self.latency.filter(|_| self.tone() == Tone::Good).map(|latency| latency.p50_ms) {
            None => String::new(),
            Some(ms @ 0..1_000) => format!("{ms} ms"),
            Some(ms) => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        }
    }

    /// Returns the text of the banner in two parts: first what has happened (`Connection lost, last data 10:42:07.`),
    /// and then what will happen next (`Reconnecting…`). Returns `None` if no banner is necessary. `now` is the present time.
    pub fn news(&self, now: Millis, clock: LocalClock) -> Option<(String, String)> {
        let banner = self.banner?;
        let (news, rest) = banner.words().split_once(". ").unwrap_or((banner.words(), ""));
        let last = self.last_data_at.filter(|_| banner.failure.is_none());
        let last =
            last.map(|at| [", last data ", &clock.seconds_beside(at, now)].concat()).unwrap_or_default();
        let cause = banner.cause.filter(|_| banner.failure.is_none()).map(|cause| capitalised(cause.words()));
        let cause = cause.map(|cause| format!(" {cause}.")).unwrap_or_default();
        let end = if news.ends_with(['.', '…']) { "" } else { "." };
        Some((format!("{news}{last}{end}"), format!("{rest}{cause}").trim_start().to_owned()))
    }

    /// Returns true if the banner has the button "Try now". It also has the button during an attempt to connect, so
    /// that the button does not appear and disappear repeatedly.
    pub fn can_retry(&self) -> bool {
        self.banner.is_some() && self.state.is_down() && !self.wants_token()
    }

    /// Returns true if the server has sent anything since the page was opened. The board then has data that it can
    /// continue to show.
    pub fn has_heard(&self) -> bool {
        self.banner.is_none_or(|banner| banner.last_heard_at.is_some())
    }

    /// Returns the text beside the input field for a token. It says why a token is needed, or that signing in is in
    /// progress.
    pub fn token_words(&self) -> &'static str {
        match (self.wants_token(), self.has_token, self.has_heard()) {
            (false, _, _) => "Signing in…",
            (true, false, _) => "Whoever runs it has one for you, or makes one: tickertape token",
            (true, true, false) => {
                "The server did not take that one. Is it whole, of this server, and not too old?"
            }
            (true, true, true) => "The last one has run out, or is not this server's. What you see is old.",
        }
    }

    /// Returns true if the server refuses the session because it has no valid token.
    pub fn wants_token(&self) -> bool {
        self.banner.is_some_and(|banner| banner.failure == Some(SessionFailure::SignIn))
    }
}

impl Tone {
    /// Returns the CSS class that determines shape and colour.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "is-good",
            Self::Waiting => "is-waiting",
            Self::Down => "is-down",
        }
    }
}

/// Returns a sentence about the topics that a board shows if the reader's token allows only these filters: `Your token allows
/// shop/*. Other topics are not shown.`
pub fn allowed_words(allowed: &[Filter]) -> String {
    let filters: Vec<String> = allowed.iter().map(Filter::to_string).collect();
    format!("Your token allows {}. Other topics are not shown.", filters.join(", "))
}

fn capitalised(words: &str) -> String {
    // These words begin with ASCII letters. Converting the case of any letter requires a table of fourteen kilobytes.
    let (first, rest) = words.split_at_checked(1).unwrap_or(("", words));
    first.to_ascii_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use tickertape_session::Cause;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn link(state: State, cause: Option<Cause>, failure: Option<SessionFailure>) -> Link {
        let banner = Banner { state, cause, failure, last_heard_at: Some(1), retry_at_mono_ms: None };
        Link { state, banner: Some(banner), last_data_at: Some(38_527_000), ..Link::default() }
    }

    fn news(link: &Link) -> (String, String) {
        link.news(38_530_000, LocalClock::default()).unwrap()
    }

    #[test]
    fn a_lost_connection_tells_the_time_of_the_last_data_and_why() {
        let lost = link(State::Waiting, Some(Cause::Unreachable), None);
        assert_eq!(
            news(&lost),
            (
                "Connection lost, last data 10:42:07.".to_owned(),
                "Reconnecting… The server cannot be reached.".to_owned()
            )
        );
        assert!(lost.can_retry());
        let next_day = lost.news(38_530_000 + 86_400_000, LocalClock::default()).unwrap();
        assert_eq!(next_day.0, "Connection lost, last data Thu 1 Jan, 10:42:07.");
    }

    #[test]
    fn a_refusal_says_what_a_person_should_do() {
        let refused = link(State::Failed, None, Some(SessionFailure::SignIn));
        assert_eq!(
            news(&refused),
            ("You are signed out.".to_owned(), "Sign in again to see live data.".to_owned())
        );
        assert!(refused.wants_token() && !refused.can_retry());
        assert_eq!(refused.word(), "Signed out");
    }

    #[test]
    fn the_question_for_a_token_says_what_is_wrong_with_the_last_one() {
        let asked = |has_token, last_heard_at| {
            let mut link = Link { has_token, ..link(State::Failed, None, Some(SessionFailure::SignIn)) };
            link.banner = link.banner.map(|banner| Banner { last_heard_at, ..banner });
            link.token_words()
        };
        assert!(asked(false, None).contains("tickertape token"));
        assert!(asked(true, None).contains("did not take that one"));
        assert!(asked(true, Some(1)).contains("has run out"));
        assert_eq!(link(State::Connecting, None, None).token_words(), "Signing in…");
    }

    #[test]
    fn a_standing_connection_is_no_news() {
        let fine = Link { state: State::Connected, viewers: Some(1), ..Link::default() };
        assert_eq!(fine.news(38_530_000, LocalClock::default()), None);
        assert_eq!(
            (fine.word().as_str(), fine.viewers_text().as_str(), fine.tone()),
            ("Live", "1 viewer", Tone::Good)
        );
    }

    #[test]
    fn a_board_that_is_paused_or_behind_is_not_called_live() {
        let live = Link { state: State::Connected, ..Link::default() };
        let words = |paused_at, delay| live.headline(paused_at, None, delay, LocalClock::default()).1;
        let behind = Delay { behind_ms: Some(6_000), late_ms: None };
        assert_eq!(words(None, Delay::default()), "Live");
        assert_eq!(words(Some(38_527_000), behind), "Paused at 10:42:07");
        assert_eq!(words(None, behind), "Behind by 6 s");
        assert_eq!(words(None, Delay { behind_ms: None, late_ms: Some(4_000) }), "Late by 4 s");
        let down = Link { state: State::Offline, ..Link::default() };
        assert_ne!(
            down.headline(Some(1), Some(Tense::Past), Delay::default(), LocalClock::default()).1,
            "Paused at 00:00:00"
        );
        assert_eq!(live.headline(None, Some(Tense::Past), behind, LocalClock::default()).1, "Past");
        assert_eq!(live.headline(None, Some(Tense::Future), behind, LocalClock::default()).1, "Future");
        let cut_off = Link { cut_off_since: Some(1), ..down };
        assert_eq!(
            cut_off.headline(None, Some(Tense::Past), behind, LocalClock::default()).1,
            "Past, cut off"
        );
        assert_eq!(cut_off.headline(None, None, behind, LocalClock::default()).1, cut_off.word());
    }

    #[test]
    fn a_token_for_some_topics_says_which() {
        let filters: Vec<Filter> =
            ["shop/*", "kitchen/temp"].iter().map(|filter| filter.parse().unwrap()).collect();
        assert_eq!(
            allowed_words(&filters),
            "Your token allows shop/*, kitchen/temp. Other topics are not shown."
        );
    }

    #[test]
    fn every_state_has_a_word() {
        for state in State::ALL {
            assert!(!Link { state: *state, ..Link::default() }.word().is_empty(), "{state}");
        }
    }
}
