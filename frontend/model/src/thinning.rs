//! Decides whether the server should leave out publications, because there are more than the page can show.

/// Number of publications a second from which the server is asked to leave some out. Drawing so many changes nothing on a screen.
const MOST_A_SECOND: u64 = 1_000;
/// Number of publications a second below which all of them are asked for again.
const FEW_A_SECOND: u64 = 500;
/// Number of seconds for which there must be few publications before all of them are asked for again.
const CALM_S: u32 = 10;
/// Number of seconds for which the effect of a rate is awaited before a lower one is asked for.
const PATIENCE_S: u32 = 5;
/// Number of times a second at which each topic is to be sent: the usual one first, then those for a page that is still too slow.
const RATES_HZ: [u32; 3] = [20, 5, 1];

/// Counts and facts about the connection at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Number of publications that were received since the page was opened, without those of the past.
    pub received: u64,
    /// Number of publications that the server has left out.
    pub left_out: u64,
    /// True if the page is too slow for the data that arrives.
    pub is_behind: bool,
    /// Maximum rate that the server offers, in times a second; `None` if it leaves out nothing.
    pub highest_hz: Option<u32>,
}

/// Decides whether the server should leave out publications.
#[derive(Clone, Debug, Default)]
pub struct Thinning {
    before: Load,
    /// Time of the last call.
    before_ms: Option<u64>,
    /// Index of the rate in [`RATES_HZ`] that is asked for; `None` if all publications are.
    rate: Option<usize>,
    max_hz: Option<u32>,
    /// Number of seconds since the rate was changed.
    since_s: u32,
    /// Number of seconds for which there have been few publications.
    calm_s: u32,
    left_out_percent: u64,
}

impl Thinning {
    /// Adds what has happened since the last call. `now_ms` is the present time by the monotonic clock. It is called once a second as a
    /// rule, and less often while the page is hidden.
    pub fn tick(&mut self, load: Load, now_ms: u64) {
        let elapsed_s = self.before_ms.map_or(1, |before_ms| now_ms.saturating_sub(before_ms) / 1_000).max(1);
        self.before_ms = Some(now_ms);
        let received = load.received.saturating_sub(self.before.received);
        let left_out = load.left_out.saturating_sub(self.before.left_out);
        let all = received.saturating_add(left_out);
        self.before = load;
        // So many publications that their hundredfold overflows are all but those that were received.
        let hundredfold = left_out.checked_mul(100);
        self.left_out_percent = hundredfold.map_or(100, |left_out| left_out.checked_div(all).unwrap_or(0));
        let a_second = all / elapsed_s;
        self.since_s += 1;
        self.calm_s = if load.is_behind || a_second > FEW_A_SECOND { 0 } else { self.calm_s + 1 };
        match self.rate {
            None if load.is_behind || a_second > MOST_A_SECOND => self.choose(Some(0)),
            Some(rate) if load.is_behind && self.since_s > PATIENCE_S => {
                self.choose(Some((rate + 1).min(RATES_HZ.len() - 1)));
            }
            Some(_) if self.calm_s >= CALM_S => self.choose(None),
            Some(_) | None => {}
        }
        if load.highest_hz.is_none() {
            self.rate = None;
        }
        let chosen = self.rate.and_then(|rate| RATES_HZ.get(rate).copied());
        self.max_hz = chosen.zip(load.highest_hz).map(|(hz, highest_hz)| hz.min(highest_hz));
    }

    /// Returns the number of times a second at which the server is to send each topic; `None` if it is to send every publication.
    pub fn max_hz(&self) -> Option<u32> {
        self.max_hz
    }

    /// Returns the share of the publications since the call before the last that the server left out, in percent.
    pub fn left_out_percent(&self) -> u64 {
        self.left_out_percent
    }

    fn choose(&mut self, rate: Option<usize>) {
        (self.rate, self.since_s) = (rate, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    struct Page {
        thinning: Thinning,
        load: Load,
        now_ms: u64,
    }

    impl Page {
        fn new() -> Self {
            let load = Load { highest_hz: Some(60), ..Load::default() };
            Self { thinning: Thinning::default(), load, now_ms: 5_000 }
        }

        fn seconds(&mut self, count: u32, received: u64, left_out: u64, is_behind: bool) -> Option<u32> {
            for _ in 0..count {
                self.load.received += received;
                self.load.left_out += left_out;
                self.load.is_behind = is_behind;
                self.now_ms += 1_000;
                self.thinning.tick(self.load, self.now_ms);
            }
            self.thinning.max_hz()
        }
    }

    #[test]
    fn all_publications_are_wanted_while_the_page_can_show_them() {
        let mut page = Page::new();
        assert_eq!((page.seconds(60, 900, 0, false), page.thinning.left_out_percent()), (None, 0));
    }

    #[test]
    fn a_flood_is_thinned_out_until_it_has_been_over_for_a_while() {
        let mut page = Page::new();
        assert_eq!(page.seconds(1, 10_000, 0, false), Some(20));
        assert_eq!((page.seconds(60, 600, 9_400, false), page.thinning.left_out_percent()), (Some(20), 94));
        assert_eq!(page.seconds(9, 200, 0, false), Some(20));
        assert_eq!(page.seconds(1, 600, 9_400, false), Some(20));
        assert_eq!(page.seconds(9, 200, 0, false), Some(20));
        assert_eq!(page.seconds(1, 200, 0, false), None);
    }

    #[test]
    fn a_hidden_page_that_is_called_once_a_minute_wants_all_publications() {
        let mut page = Page::new();
        page.seconds(1, 20, 0, false);
        for _ in 0..5 {
            page.now_ms += 59_000;
            assert_eq!(page.seconds(1, 60 * 20, 0, false), None);
        }
        page.now_ms += 59_000;
        assert_eq!(page.seconds(1, 60 * 2_000, 0, false), Some(20));
    }

    #[test]
    fn a_page_that_falls_behind_asks_for_less_and_less() {
        let mut page = Page::new();
        assert_eq!(page.seconds(1, 300, 0, true), Some(20));
        assert_eq!(page.seconds(5, 300, 0, true), Some(20));
        assert_eq!(page.seconds(1, 300, 0, true), Some(5));
        assert_eq!(page.seconds(60, 300, 0, true), Some(1));
        assert_eq!(page.seconds(20, 300, 0, false), None);
    }

    #[test]
    fn a_share_of_any_number_is_at_most_all() {
        for left_out in [u64::MAX, u64::MAX / 2, u64::MAX / 100] {
            let mut page = Page::new();
            page.seconds(1, 1, left_out, false);
            assert!((99..=100).contains(&page.thinning.left_out_percent()), "{left_out}");
        }
    }

    #[test]
    fn a_server_that_leaves_out_nothing_is_not_asked() {
        let mut page = Page::new();
        page.load.highest_hz = None;
        assert_eq!(page.seconds(10, 10_000, 0, true), None);
        page.load.highest_hz = Some(10);
        assert_eq!(page.seconds(1, 10_000, 0, false), Some(10));
    }
}
