//! Notifications about trouble: one when it begins, and one when it has ended.

use std::collections::BTreeMap;

use shared::Millis;
use shared::freshness::short_duration;

use super::{CONNECTION, Trouble};

/// Time in milliseconds for which trouble has to be gone before its end is told. Trouble that returns within it is the same.
const CALM_MS: Millis = 5_000;
/// Maximum number of notifications at a time. More are told in one.
const MOST_AT_ONCE: usize = 3;
/// Maximum number of names in a notification that tells several.
const MOST_NAMES: usize = 5;

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Text that identifies the trouble. A notification replaces an earlier one of the same trouble.
    pub tag: String,
    /// First line of the notification.
    pub title: String,
    /// The rest of the notification.
    pub body: String,
}

/// Trouble that was told, or that was there before the watch began.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    since: Millis,
    /// Time at which it was seen last.
    seen: Millis,
    /// True if its beginning was told, so that its end is told too.
    is_told: bool,
}

/// Follows the trouble of the board, and finds out what is to be told. Trouble that is there at the beginning is not told.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    known: BTreeMap<String, Known>,
    has_begun: bool,
}

impl Watch {
    /// Forgets the trouble of topics for which `is_watched` is false, because nothing is known of them any more, so that its end is not
    /// told. `troubles` are kept, because the page still shows them.
    pub fn forget_unwatched(&mut self, troubles: &[Trouble], is_watched: impl Fn(&str) -> bool) {
        let is_shown = |name: &str| troubles.iter().any(|trouble| trouble.name == name);
        self.known.retain(|name, _| name == CONNECTION || is_watched(name) || is_shown(name));
    }

    /// Returns the notifications about the trouble at the time `now`. Until `is_complete`, the data of older topics is still arriving, so
    /// their trouble counts as that of the beginning. Without a connection, topics cannot be seen, so their trouble neither begins nor
    /// ends.
    pub fn step(&mut self, now: Millis, is_complete: bool, troubles: &[Trouble]) -> Vec<Notice> {
        let is_cut_off = troubles.iter().any(|trouble| trouble.name == CONNECTION);
        let is_first = !(std::mem::replace(&mut self.has_begun, is_complete) && is_complete);
        let mut begun = Vec::new();
        for trouble in troubles {
            let known = self.known.entry(trouble.name.clone());
            let mut is_new = false;
            let known = known.or_insert_with(|| {
                is_new = true;
                Known { since: now, seen: now, is_told: !is_first }
            });
            known.seen = now;
            if is_new && !is_first {
                begun.push(begin(trouble));
            }
        }
        if is_cut_off {
            let topics = self.known.iter_mut().filter(|(name, _)| *name != CONNECTION);
            topics.for_each(|(_, known)| known.seen = now);
        }
        let over = |known: &Known| now - known.seen >= CALM_MS;
        let ended = self.known.iter().filter(|(_, known)| over(known) && known.is_told);
        let ended: Vec<Notice> = ended.map(|(name, known)| end(name, known)).collect();
        self.known.retain(|_, known| !over(known));
        together(begun, "in trouble").into_iter().chain(together(ended, "out of trouble")).collect()
    }
}

fn name_of(name: &str) -> &str {
    if name == CONNECTION { "The server" } else { name }
}

fn begin(trouble: &Trouble) -> Notice {
    let title = format!("{}: {}", name_of(&trouble.name), trouble.words);
    Notice { tag: trouble.name.clone(), title, body: String::new() }
}

fn end(name: &str, known: &Known) -> Notice {
    // Trouble is looked for once a second, so it has lasted about a second if it was seen once.
    let lasted = short_duration((known.seen - known.since).max(1_000).unsigned_abs());
    let title = format!("{}: no longer in trouble", name_of(name));
    Notice { tag: name.to_owned(), title, body: format!("It lasted {lasted}.") }
}

/// Makes one notification of many.
fn together(notices: Vec<Notice>, words: &str) -> Vec<Notice> {
    if notices.len() <= MOST_AT_ONCE {
        return notices;
    }
    let names: Vec<&str> = notices.iter().take(MOST_NAMES).map(|notice| name_of(&notice.tag)).collect();
    let more = notices.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let body = names.join(", ") + &more;
    vec![Notice { tag: words.to_owned(), title: format!("{} panels {words}", notices.len()), body }]
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn troubles(names: &[&str]) -> Vec<Trouble> {
        let trouble = |name: &&str| Trouble { name: (*name).to_owned(), words: "stale, 20 s".to_owned() };
        names.iter().map(trouble).collect()
    }

    /// Returns the titles of the notifications at each time.
    fn told(watch: &mut Watch, at: Millis, names: &[&str]) -> Vec<String> {
        watch.step(at, true, &troubles(names)).into_iter().map(|notice| notice.title).collect()
    }

    #[test]
    fn the_beginning_and_the_end_are_told_once() {
        let mut watch = Watch::default();
        assert_eq!(told(&mut watch, 0, &[]), [""; 0]);
        assert_eq!(told(&mut watch, 1_000, &["host/cpu"]), ["host/cpu: stale, 20 s"]);
        for at in 2..60 {
            assert_eq!(told(&mut watch, at * 1_000, &["host/cpu"]), [""; 0], "it is not repeated");
        }
        assert_eq!(told(&mut watch, 60_000, &[]), [""; 0], "it may return");
        let ended = watch.step(65_000, true, &[]);
        assert_eq!(ended[0].title, "host/cpu: no longer in trouble");
        assert_eq!((ended[0].tag.as_str(), ended[0].body.as_str()), ("host/cpu", "It lasted 58 s."));
        assert_eq!(told(&mut watch, 99_000, &["host/cpu"]).len(), 1, "the next trouble is another one");
    }

    #[test]
    fn trouble_that_was_there_before_is_not_told_and_neither_is_its_end() {
        let mut watch = Watch::default();
        assert_eq!(told(&mut watch, 0, &["host/cpu"]), [""; 0]);
        assert_eq!(told(&mut watch, 10_000, &[]), [""; 0]);
    }

    #[test]
    fn trouble_of_topics_whose_data_arrives_later_was_there_before() {
        let mut watch = Watch::default();
        let before: [(Millis, &[&str]); 3] =
            [(0, &[]), (1_000, &["host/cpu"]), (2_000, &["host/cpu", "shop/log"])];
        for (at, names) in before {
            assert!(watch.step(at, false, &troubles(names)).is_empty(), "{at}");
        }
        assert_eq!(
            told(&mut watch, 3_000, &["host/cpu", "shop/log", "last"]),
            [""; 0],
            "the first whole look"
        );
        assert_eq!(told(&mut watch, 4_000, &["shop/log", "last", "new"]), ["new: stale, 20 s"]);
        assert_eq!(told(&mut watch, 9_000, &["last", "new"]), [""; 0], "their ends are not told either");
        // Another token allows more topics.
        assert!(watch.step(10_000, false, &troubles(&["last", "new", "more"])).is_empty());
        assert_eq!(told(&mut watch, 11_000, &["last", "more", "new"]), [""; 0]);
        assert_eq!(told(&mut watch, 16_000, &["more"]), ["new: no longer in trouble"]);
    }

    #[test]
    fn the_end_of_trouble_is_told_only_of_topics_that_are_still_watched() {
        let mut watch = Watch::default();
        told(&mut watch, 0, &[]);
        told(&mut watch, 1_000, &["host/cpu", "shop/log"]);
        let is_of_the_shop = |name: &str| name.starts_with("shop/");
        watch.forget_unwatched(&troubles(&["host/cpu"]), is_of_the_shop);
        let both = told(&mut watch, 2_000, &["host/cpu", "shop/log"]);
        assert_eq!(both, [""; 0], "what is still shown is not new");
        watch.forget_unwatched(&[], is_of_the_shop);
        assert_eq!(told(&mut watch, 3_000, &[]), [""; 0]);
        assert_eq!(told(&mut watch, 8_000, &[]), ["shop/log: no longer in trouble"]);

        told(&mut watch, 9_000, &[CONNECTION]);
        watch.forget_unwatched(&[], |_| false);
        assert_eq!(told(&mut watch, 10_000, &[]), [""; 0]);
        assert_eq!(told(&mut watch, 14_000, &[]), ["The server: no longer in trouble"]);
    }

    #[test]
    fn trouble_that_comes_and_goes_is_told_once() {
        let mut watch = Watch::default();
        told(&mut watch, 0, &[]);
        let mut count = 0;
        for at in 1..30 {
            let names: &[&str] = if at % 3 == 0 { &[] } else { &["host/cpu"] };
            count += told(&mut watch, at * 1_000, names).len();
        }
        assert_eq!(count, 1);
    }

    #[test]
    fn much_trouble_at_a_time_is_one_notification() {
        let mut watch = Watch::default();
        told(&mut watch, 0, &[]);
        let notices = watch.step(1_000, true, &troubles(&["a", "b", "c", "d", "e", "f", "g"]));
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].title, "7 panels in trouble");
        assert_eq!(notices[0].body, "a, b, c, d, e and 2 more");
    }

    #[test]
    fn without_a_connection_only_that_is_told() {
        let mut watch = Watch::default();
        told(&mut watch, 0, &[]);
        told(&mut watch, 1_000, &["host/cpu"]);
        assert_eq!(told(&mut watch, 2_000, &[CONNECTION]), ["The server: stale, 20 s"]);
        assert_eq!(told(&mut watch, 60_000, &[CONNECTION]), [""; 0], "the end of the first is not known");
        assert_eq!(told(&mut watch, 61_000, &["host/cpu"]), [""; 0]);
        assert_eq!(told(&mut watch, 66_000, &["host/cpu"]), ["The server: no longer in trouble"]);
    }
}
