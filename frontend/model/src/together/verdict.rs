//! The state of a panel of several topics in words. Depends on [`crate::chip`].

use shared::Freshness;

use crate::chart::threshold::Crossed;
use crate::chip::{Chip, PanelState};

/// Returns the text in the corner of a panel that shows several topics: that of the topic in the worst state, with its name. The sentences
/// of all topics follow. `parts` are the topics with the texts that panels of their own would have, and `left_out` the reasons for
/// which something is not drawn.
///
/// The panel as a whole is stale only if all of its topics are. Otherwise the legend tells which series have stopped.
///
/// `crossed` is the threshold of the panel that its numbers cross, with a sentence about it.
pub fn verdict(parts: &[(String, Chip)], left_out: &[String], crossed: Option<(Crossed, String)>) -> Chip {
    let is_one = parts.windows(2).all(|pair| pair[0].0 == pair[1].0);
    let worst = parts.iter().min_by_key(|(_, chip)| chip.state);
    let state = worst.map_or(PanelState::Empty, |(_, chip)| chip.state);
    let text = worst.map_or_else(
        || "no value yet".to_owned(),
        |(topic, chip)| {
            let is_common =
                is_one || is_of_all(chip.state) || parts.iter().all(|(_, other)| other.text == chip.text);
            if is_common { chip.text.clone() } else { [&chip.text, ": ", topic].concat() }
        },
    );
    let means = crossed.as_ref().map(|(crossed, _)| crossed.means);
    let mut titles: Vec<String> = crossed.iter().map(|(_, title)| title.clone()).collect();
    let mut add = |title: String| {
        if !titles.contains(&title) {
            titles.push(title);
        }
    };
    left_out.iter().cloned().for_each(&mut add);
    for (topic, chip) in parts {
        let is_named = is_one || is_of_all(chip.state) && chip.state != PanelState::Live;
        add(if is_named { chip.title.clone() } else { [topic, ": ", &chip.title].concat() });
    }
    let (state, text) = match left_out.first() {
        Some(reason) if state > PanelState::LeftOut => (PanelState::LeftOut, reason.clone()),
        Some(_) | None => (state, text),
    };
    // The time of the value comes first in the past.
    let is_first = |means| state != PanelState::Past && PanelState::of_crossed(means) < state;
    let (state, text) = match crossed {
        Some((crossed, _)) if is_first(crossed.means) => {
            (PanelState::of_crossed(crossed.means), crossed.words)
        }
        Some(_) | None => (state, text),
    };
    let fresh = |(_, chip): &&(String, Chip)| chip.freshness != Some(Freshness::Stale);
    let freshness = parts.iter().find(fresh).or(parts.first()).and_then(|(_, chip)| chip.freshness);
    let cut_off = parts.iter().any(|(_, chip)| chip.cut_off);
    let lacks = parts.iter().find_map(|(topic, chip)| {
        let words = chip.missing()?;
        Some(if is_one { words.to_owned() } else { [words, ": ", topic].concat() })
    });
    Chip { state, freshness, cut_off, crossed: means, lacks, text, title: titles.join("; ") }
}

/// Returns the worst of the thresholds that topics of a panel cross, with the name of its topic, and a sentence about all of them. Each is
/// given with the name of its topic, which is empty if there is no other.
pub fn worst_crossed(found: Vec<(String, (Crossed, String))>) -> Option<(Crossed, String)> {
    let sentence = |(name, (_, sentence)): &(String, (Crossed, String))| match name.as_str() {
        "" => sentence.clone(),
        name => [name, ": ", sentence].concat(),
    };
    let sentences: Vec<String> = found.iter().map(sentence).collect();
    // Of equal ones, the first stays.
    let worst = found
        .into_iter()
        .reduce(|worst, other| if other.1.0.means > worst.1.0.means { other } else { worst });
    let (name, (Crossed { means, words }, _)) = worst?;
    let words = if name.is_empty() { words } else { [&words, ": ", &name].concat() };
    Some((Crossed { means, words }, sentences.join("; ")))
}

/// Returns true if a state is one of the board or of the time that is shown, and so the same for all topics.
fn is_of_all(state: PanelState) -> bool {
    match state {
        PanelState::CutOff
        | PanelState::Paused
        | PanelState::Behind
        | PanelState::Past
        | PanelState::Recorded
        | PanelState::Live => true,
        PanelState::Deleted
        | PanelState::Failed
        | PanelState::Loading
        | PanelState::Crossed
        | PanelState::Warning
        | PanelState::Stale
        | PanelState::Late
        | PanelState::Gap
        | PanelState::Empty
        | PanelState::ClockOff
        | PanelState::Stopped
        | PanelState::Replayed
        | PanelState::LeftOut
        | PanelState::Old => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::threshold::Means;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn part(topic: &str, state: PanelState, text: &str) -> (String, Chip) {
        let freshness = Some(if state == PanelState::Stale { Freshness::Stale } else { Freshness::Live });
        let (text, title) = (text.to_owned(), format!("about {text}"));
        let cut_off = state == PanelState::CutOff;
        (topic.to_owned(), Chip { state, freshness, cut_off, crossed: None, lacks: None, text, title })
    }

    #[test]
    fn what_one_topic_lacks_is_said_also_if_a_pause_or_a_threshold_comes_first() {
        let (cpu, mem) =
            (part("cpu", PanelState::Paused, "paused"), part("mem", PanelState::Paused, "paused"));
        assert_eq!(verdict(&[cpu.clone(), mem.clone()], &[], None).missing(), None);
        let loading = (mem.0, Chip { lacks: Some("loading, 62 %".to_owned()), ..mem.1 });
        assert_eq!(verdict(&[cpu, loading.clone()], &[], None).missing(), Some("loading, 62 %: mem"));
        assert_eq!(verdict(&[loading], &[], None).missing(), Some("loading, 62 %"));

        let parts = [part("cpu", PanelState::Live, "live"), part("mem", PanelState::Stale, "stale, 4 min")];
        let crossed = Crossed { means: Means::Bad, words: "over 5".to_owned() };
        let chip = verdict(&parts, &[], Some((crossed, String::new())));
        assert_eq!((chip.text.as_str(), chip.missing()), ("over 5", Some("stale, 4 min: mem")));
    }

    #[test]
    fn the_worst_topic_is_named_and_does_not_make_the_others_look_late() {
        let parts = [part("cpu", PanelState::Live, "live"), part("mem", PanelState::Stale, "stale, 4 min")];
        let chip = verdict(&parts, &[], None);
        assert_eq!((chip.state, chip.text.as_str()), (PanelState::Stale, "stale, 4 min: mem"));
        assert_eq!(chip.freshness, Some(Freshness::Live));
        assert_eq!(chip.title, "cpu: about live; mem: about stale, 4 min");
        let all = [part("cpu", PanelState::Stale, "stale, 9 s"), parts[1].clone()];
        assert_eq!(verdict(&all, &[], None).freshness, Some(Freshness::Stale));
    }

    #[test]
    fn a_state_of_the_whole_board_is_said_once_and_without_a_topic() {
        let paused = |topic| part(topic, PanelState::Paused, "paused at 10:42:07");
        let chip = verdict(&[paused("cpu"), paused("mem")], &[], None);
        assert_eq!(
            (chip.text.as_str(), chip.title.as_str()),
            ("paused at 10:42:07", "about paused at 10:42:07")
        );
        let live = |topic| part(topic, PanelState::Live, "live");
        assert_eq!(verdict(&[live("cpu"), live("mem")], &[], None).text, "live");
    }

    #[test]
    fn the_worst_threshold_of_all_topics_is_said_with_its_topic() {
        let crossed =
            |means, words: &str| (Crossed { means, words: words.to_owned() }, format!("it is {words}"));
        let found = vec![
            ("cpu".to_owned(), crossed(Means::Warning, "above 70")),
            ("mem".to_owned(), crossed(Means::Bad, "over 90")),
            ("net".to_owned(), crossed(Means::Bad, "over 5")),
        ];
        let live = ["cpu", "mem", "net"].map(|topic| part(topic, PanelState::Live, "live"));
        let chip = verdict(&live, &[], worst_crossed(found));
        assert_eq!((chip.state, chip.crossed), (PanelState::Crossed, Some(Means::Bad)));
        assert_eq!(chip.text, "over 90: mem");
        let sentences = "cpu: it is above 70; mem: it is over 90; net: it is over 5";
        assert!(chip.title.starts_with(sentences), "{}", chip.title);
        let alone = worst_crossed(vec![(String::new(), crossed(Means::Warning, "above 70"))]);
        let past = [part("", PanelState::Past, "10:42:07")];
        let chip = verdict(&past, &[], alone);
        assert_eq!((chip.text.as_str(), chip.crossed), ("10:42:07", Some(Means::Warning)));
        assert!(chip.title.starts_with("it is above 70; "), "{}", chip.title);
        assert_eq!(worst_crossed(Vec::new()), None);
    }

    #[test]
    fn a_panel_that_leaves_something_out_does_not_look_live() {
        let live = [part("cpu", PanelState::Live, "live")];
        let chip = verdict(&live, &["host/gpu is not there".to_owned()], None);
        assert_eq!((chip.state, chip.text.as_str()), (PanelState::LeftOut, "host/gpu is not there"));
        let late = [part("cpu", PanelState::Late, "late, 3 s")];
        let chip = verdict(&late, &["host/gpu is not there".to_owned()], None);
        assert_eq!(
            (chip.text.as_str(), chip.title.starts_with("host/gpu is not there")),
            ("late, 3 s", true)
        );
    }
}
