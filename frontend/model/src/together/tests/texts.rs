//! Logs and states of several topics.

use serde_json::{Value, json};
use shared::{Millis, Publication, TopicMeta};

use super::{Data, Subject, panel, with};
use crate::buckets::strip::Part;
use crate::kind::Kind;
use crate::lines::MOST_LINES;
use crate::stream::{LookBack, Origin, Stream};
use crate::things_strip;

const LONG: &str = "a line that is far too long to be one of a few states";

fn log(name: &str, times: impl IntoIterator<Item = Millis>) -> Data {
    let items: Vec<(Millis, Value)> =
        times.into_iter().map(|at| (at, json!(format!("{name} at {at}: {LONG}")))).collect();
    Data::of(name, &items)
}

/// Returns the lines of a panel, the oldest first, as the name of the topic and the time.
fn lines(subject: &Subject) -> Vec<(String, Millis)> {
    let lines = subject.stream.lines().newest(usize::MAX);
    let mut lines: Vec<(String, Millis)> =
        lines.map(|line| (line.topic.as_deref().unwrap_or_default().to_owned(), line.ts_ms)).collect();
    lines.reverse();
    lines
}

fn state_at(subject: &Subject, at: Millis) -> Vec<(String, Option<String>)> {
    let states = things_strip::states(&subject.stream).into_iter();
    states.map(|(name, states)| (name, states.at(at).map(str::to_owned))).collect()
}

fn named(name: &str, state: &str) -> (String, Option<String>) {
    (name.to_owned(), Some(state.to_owned()))
}

#[test]
fn lines_of_several_logs_stand_in_order_of_time_with_the_name_of_their_topic() {
    let (mut api, edge) = (log("web/api", [1_000, 3_000]), log("web/edge", [2_000]));
    let mut subject = Subject::new(&panel(&["web/api", "web/edge"]));
    subject.update(&[&api, &edge]);
    assert_eq!(subject.stream.kind(), Some(Kind::Log));
    let line = |name: &str, at| (name.to_owned(), at);
    assert_eq!(lines(&subject), [line("api", 1_000), line("edge", 2_000), line("api", 3_000)]);
    api.publish(1_500, json!(LONG));
    subject.update(&[&api, &edge]);
    assert_eq!(lines(&subject)[1], line("api", 1_500), "a line that is sent late stands at its time");
    let mut numbers: Vec<u64> = subject.stream.lines().newest(9).map(|line| line.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 4, "no two lines share a number");
    assert_eq!(subject.together.left_out(), Vec::<String>::new());
}

#[test]
fn lines_of_a_publisher_whose_clock_is_wrong_stand_with_their_correct_times() {
    let (api, mut edge) = (log("web/api", [1_000, 3_000]), Data::new("web/edge"));
    let item = Publication { offset: 1, ts: 242_000, received_at: 2_000, data: json!(LONG).into() };
    edge.stream.take(&[item], Origin::Live, &mut edge.series, 2_000);
    let mut subject = Subject::new(&panel(&["web/api", "web/edge"]));
    subject.update(&[&api, &edge]);
    let line = |name: &str, at| (name.to_owned(), at);
    assert_eq!(lines(&subject), [line("api", 1_000), line("edge", 2_000), line("api", 3_000)]);
}

#[test]
fn no_topic_seems_silent_where_its_lines_are_not_kept() {
    let fast = log("fast", (0..MOST_LINES as Millis + 100).map(|at| at * 10));
    let slow = log("slow", [5, 995, 1_005, 5_000]);
    let mut subject = Subject::new(&panel(&["fast", "slow"]));
    subject.update(&[&fast, &slow]);
    let oldest = lines(&subject)[0].1;
    assert!(oldest >= 1_000, "lines of the slow log before {oldest} would stand alone");
    let shown = subject.stream.lines().len() as u64;
    assert_eq!(shown + subject.stream.lines().left_out(), fast.offset + slow.offset, "all are counted");
}

#[test]
fn the_lines_of_a_stretch_of_the_past_are_merged_and_cut_where_one_topic_has_no_more() {
    let looking_back = |data: &Data, is_cut, times: &[Millis]| {
        let item = |at: &Millis| Publication { offset: 1, ts: *at, received_at: *at, data: LONG.into() };
        let items: Vec<Publication> = times.iter().map(item).collect();
        let look_back = LookBack { is_cut, ..LookBack::default() };
        Data { stream: data.stream.looking_back(look_back, Some(&items)), ..data.clone() }
    };
    let (a, b) = (log("a", [90_000]), log("b", [91_000]));
    let mut subject = Subject::new(&panel(&["a", "b"]));
    subject.update(&[&looking_back(&a, true, &[5_000]), &looking_back(&b, false, &[4_000, 6_000])]);
    assert_eq!(lines(&subject), [("a".to_owned(), 5_000), ("b".to_owned(), 6_000)]);
    assert!(subject.stream.look_back().is_some_and(|look_back| look_back.is_cut));
    subject.update(&[&a, &b]);
    assert_eq!((subject.stream.look_back().is_some(), lines(&subject).len()), (false, 2));
}

#[test]
fn states_of_several_topics_are_the_rows_of_a_timeline() {
    let north = Data::of("door/north", &[(1_000, json!("open")), (5_000, json!("closed"))]);
    let south = Data::of("door/south", &[(2_000, json!(true))]);
    let mut subject = Subject::new(&panel(&["door/north", "door/south"]));
    subject.update(&[&north, &south]);
    assert_eq!(subject.stream.kind(), Some(Kind::Timeline));
    assert_eq!(state_at(&subject, 3_000), [named("north", "open"), named("south", "true")]);
    assert_eq!(state_at(&subject, 6_000)[0], named("north", "closed"));
    assert_eq!(subject.together.left_out(), Vec::<String>::new());
}

#[test]
fn a_topic_that_has_lost_states_says_so_and_the_others_do_not() {
    let (mut north, south) =
        (Data::of("north", &[(1_000, json!("open"))]), Data::of("south", &[(500, json!("open"))]));
    north.stream.lose(None, Some(9_000), &mut north.series);
    north.publish(9_000, json!("open"));
    let mut subject = Subject::new(&panel(&["north", "south"]));
    subject.update(&[&north, &south]);
    let states = things_strip::states(&subject.stream);
    let lost: Vec<bool> = states
        .iter()
        .map(|(_, states)| states.within(&(0..9_500), 9_500).iter().any(|(_, part)| *part == Part::Lost))
        .collect();
    assert_eq!(lost, [true, false]);
}

#[test]
fn publishers_that_give_a_state_different_meanings_give_it_none() {
    let told = |name: &str, states: &[(&str, &str)]| {
        let mut data = Data::of(name, &[(1_000, json!("open"))]);
        let states = states.iter().map(|(state, meaning)| ((*state).to_owned(), (*meaning).to_owned()));
        data.stream.tell(TopicMeta { states: states.collect(), ..TopicMeta::default() }, &mut data.series);
        data
    };
    let (door, valve) =
        (told("door", &[("Open", "bad"), ("ajar", "warning")]), told("valve", &[("open", "good")]));
    let mut subject = Subject::new(&panel(&["door", "valve"]));
    subject.update(&[&door, &valve]);
    let word = |state: &str| subject.stream.severity(state).word();
    assert_eq!([word("open"), word("ajar")], ["neutral", "warning"]);
}

#[test]
fn what_cannot_be_merged_is_said_and_the_rest_is_shown() {
    let (log, state) = (log("log", [1_000]), Data::of("state", &[(2_000, json!("open"))]));
    let table = Data::of("table", &[(3_000, json!([{"queue": "mail"}]))]);
    let numbers = Data::of("cpu", &[(4_000, json!({"user": 1, "sys": 2}))]);
    let reasons = |fields: &Value, data: &[&Data]| -> (Option<Kind>, Vec<String>) {
        let mut subject = Subject::new(fields);
        subject.update(data);
        (subject.stream.kind(), subject.together.left_out().to_vec())
    };
    assert_eq!(
        reasons(&panel(&["log", "state", "table"]), &[&log, &state, &table]),
        (Some(Kind::Log), vec!["table is a table, and tables cannot be merged".to_owned()])
    );
    assert_eq!(
        reasons(&panel(&["cpu", "log"]), &[&numbers, &log]),
        (Some(Kind::Line), vec!["log has no numbers".to_owned()])
    );
    let averaged = with(panel(&["log", "state"]), "derive", json!([{"moving_average_ms": 60_000}]));
    assert_eq!(reasons(&averaged, &[&log, &state]).1, ["nothing is computed from texts"]);
    let wanted = with(panel(&["cpu", "state"]), "kind", json!("table"));
    assert_eq!(
        reasons(&wanted, &[&numbers, &state]).1[0],
        "a table shows one whole topic, so this panel is none"
    );
}

#[test]
fn a_panel_whose_topics_become_numbers_shows_no_lines() {
    let mut data = log("a", [1_000]);
    let mut subject = Subject::new(&panel(&["a", "a"]));
    subject.update(&[&data, &data]);
    assert_eq!(subject.stream.kind(), Some(Kind::Log));
    (2..9).for_each(|at| data.publish(at * 1_000, json!(at)));
    subject.update(&[&data, &data]);
    assert!(subject.stream.kind().is_some_and(Kind::has_numbers), "{:?}", subject.stream.kind());
    assert_eq!(subject.stream.lines().len(), 0);
}

#[test]
fn a_stream_of_several_topics_has_a_kind_that_the_document_wants() {
    let (a, b) = (log("a", [1_000]), log("b", [2_000]));
    let mut subject = Subject::new(&panel(&["a", "b"]));
    let wanted = TopicMeta { panel: super::Plan::kind("state").map(str::to_owned), ..TopicMeta::default() };
    subject.stream = Stream::of_several(a.stream.topic().clone());
    subject.stream.arrange(wanted, &mut subject.set);
    subject.update(&[&a, &b]);
    assert_eq!(subject.stream.kind(), Some(Kind::Timeline));
    assert_eq!(subject.together.left_out(), ["a has no states", "b has no states"]);
}
