//! Names of the series of several topics. Depends on `shared` and on [`crate::chart::length`].

use shared::{Millis, Topic};

use crate::chart::length;

/// Names of times before the present, in milliseconds.
const AGO: [(Millis, &str); 4] = [
    (60_000, "a minute ago"),
    (3_600_000, "an hour ago"),
    (86_400_000, "a day ago"),
    (604_800_000, "a week ago"),
];

/// Returns a name for each topic: as many of its last segments as distinguish it from the others. Topics that are equal have equal
/// names. If there is only one topic, its name is empty.
pub fn topic_names(topics: &[&Topic]) -> Vec<String> {
    let is_one = topics.windows(2).all(|pair| pair[0] == pair[1]);
    let name = |topic: &&Topic| {
        let others = || topics.iter().filter(|other| *other != topic);
        let mut ends = topic.as_str().rmatch_indices('/').map(|(slash, _)| &topic.as_str()[slash + 1..]);
        let is_alone = |end: &&str| {
            others().all(|other| {
                let rest = other.as_str().strip_suffix(*end);
                rest.is_none_or(|rest| !rest.is_empty() && !rest.ends_with('/'))
            })
        };
        ends.find(is_alone).unwrap_or(topic.as_str()).to_owned()
    };
    topics.iter().map(|topic| if is_one { String::new() } else { name(topic) }).collect()
}

/// Returns the name of a series: `cpu: user`. `topic` is the name of its topic, which is empty if there is no other topic. Data that is
/// a single value has the name of its topic.
pub fn series_name(topic: &str, series: &str, is_single_value: bool) -> String {
    match (topic.is_empty(), is_single_value) {
        (true, _) => series.to_owned(),
        (false, true) => topic.to_owned(),
        (false, false) => [topic, ": ", series].concat(),
    }
}

/// Returns the words for a time before the present: `a day ago`.
pub fn ago(ms: Millis) -> String {
    let word = AGO.iter().find(|(known, _)| *known == ms);
    word.map_or_else(|| [&length(ms), " ago"].concat(), |(_, word)| (*word).to_owned())
}

/// Returns names of which none occurs twice: a number is added to those that do.
pub fn unique(names: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let mut candidate = name.clone();
        let mut number = 2;
        while seen.contains(&candidate) {
            candidate = format!("{name} ({number})");
            number += 1;
        }
        seen.push(candidate);
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn names(topics: &[&str]) -> Vec<String> {
        let topics: Vec<Topic> = topics.iter().map(|name| Topic::new(name).unwrap()).collect();
        topic_names(&topics.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_topic_is_named_by_as_few_segments_as_distinguish_it() {
        assert_eq!(names(&["host/cpu", "host/mem"]), ["cpu", "mem"]);
        assert_eq!(names(&["a/cpu", "b/cpu", "b/mem"]), ["a/cpu", "b/cpu", "mem"]);
        assert_eq!(names(&["cpu", "a/cpu"]), ["cpu", "a/cpu"]);
        assert_eq!(names(&["x/load", "x/overload"]), ["load", "overload"]);
        assert_eq!(names(&["a/cpu"]), [""]);
        assert_eq!(names(&["a/cpu", "a/cpu"]), ["", ""]);
        assert_eq!(names(&["a/cpu", "a/cpu", "b"]), ["cpu", "cpu", "b"]);
    }

    #[test]
    fn a_series_has_the_name_of_its_topic_before_it() {
        assert_eq!(series_name("", "user", false), "user");
        assert_eq!(series_name("cpu", "user", false), "cpu: user");
        assert_eq!(series_name("a/temp", "temp", true), "a/temp");
    }

    #[test]
    fn times_before_the_present_have_words() {
        let words = [3_600_000, 86_400_000, 7_200_000, 90_000].map(|ms| ago(ms).replace('\u{202f}', " "));
        assert_eq!(words, ["an hour ago", "a day ago", "2 h ago", "1 min 30 s ago"]);
    }

    #[test]
    fn no_name_occurs_twice() {
        let names = ["a", "a", "b", "a", "a (2)"].map(str::to_owned).to_vec();
        assert_eq!(unique(names), ["a", "a (2)", "b", "a (3)", "a (2) (2)"]);
    }
}
