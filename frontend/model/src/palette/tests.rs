use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn item(section: Section, name: &str) -> Item {
    Item {
        key: name.to_owned(),
        section,
        name: name.to_owned(),
        about: String::new(),
        also: String::new(),
        keys: String::new(),
    }
}

fn topics(names: &[&str]) -> Vec<Item> {
    names.iter().map(|name| item(Section::Topics, name)).collect()
}

fn found<'a>(items: &'a [Item], text: &str, recent: &[&str]) -> Vec<(Section, Vec<&'a str>)> {
    let recent: Vec<String> = recent.iter().map(|key| (*key).to_owned()).collect();
    let names = |found: Found| found.hits.iter().map(|hit| items[hit.index].name.as_str()).collect();
    search(items, text, &recent).into_iter().map(|found| (found.section, names(found))).collect()
}

/// Returns the name with brackets round the parts that match.
fn marked(text: &str, name: &str) -> Option<String> {
    let mut shown = name.to_owned();
    for range in matched(text, name, "")?.ranges.iter().rev() {
        shown.insert(range.end, ']');
        shown.insert(range.start, '[');
    }
    Some(shown)
}

#[test]
fn what_matches_is_marked() {
    for (text, name, expected) in [
        ("lat", "api/latency", "api/[lat]ency"),
        ("LAT api", "api/latency", "[api]/[lat]ency"),
        ("hcpu", "host/cpu", "[h]ost/[cpu]"),
        ("ü", "küche", "k[ü]che"),
        ("cpu", "CPU", "[CPU]"),
        ("", "host/cpu", "host/cpu"),
    ] {
        assert_eq!(marked(text, name).as_deref(), Some(expected), "{text} in {name}");
    }
}

#[test]
fn letters_that_are_far_apart_or_missing_are_no_match() {
    assert_eq!(marked("xyz", "host/cpu"), None);
    assert_eq!(marked("hz", "a house with a very long name that ends in zurich"), None);
    assert_eq!(marked("host disk", "host/cpu"), None, "every word is needed");
    assert_eq!(marked("q", "host/cpu"), None);
}

#[test]
fn the_beginning_of_a_word_is_better_than_its_inside_and_that_better_than_scattered_letters() {
    let items = topics(&["a/b/l-a-t", "flat/x", "api/latency", "latency"]);
    assert_eq!(found(&items, "lat", &[])[0].1, ["latency", "api/latency", "flat/x", "a/b/l-a-t"]);
}

#[test]
fn further_words_find_an_action_but_behind_its_name() {
    let mark = Item { also: "annotate deploy".to_owned(), ..item(Section::Actions, "Mark a moment") };
    let items = vec![mark, item(Section::Topics, "ci/deploys")];
    assert_eq!(
        found(&items, "deploy", &[]),
        [(Section::Topics, vec!["ci/deploys"]), (Section::Actions, vec!["Mark a moment"])]
    );
    assert_eq!(matched("eploy", "Mark", "deploy"), None);
}

#[test]
fn without_a_text_the_recent_entries_stand_first_and_only_once() {
    let mut items = topics(&["a", "b", "c"]);
    items.push(item(Section::Actions, "Pause"));
    assert_eq!(
        found(&items, " ", &["Pause", "b", "gone"]),
        [(Section::Recent, vec!["Pause", "b"]), (Section::Topics, vec!["a", "c"])]
    );
    assert_eq!(found(&items, "", &[])[0], (Section::Topics, vec!["a", "b", "c"]));
}

#[test]
fn of_entries_that_match_as_well_the_recent_one_is_first() {
    let items = topics(&["host/a", "host/b"]);
    assert_eq!(found(&items, "host", &["host/b"]), [(Section::Topics, vec!["host/b", "host/a"])]);
}

#[test]
fn the_section_with_the_best_match_is_first_and_what_is_not_shown_is_counted() {
    let mut items: Vec<Item> = (0..80).map(|n| item(Section::Topics, &format!("far/x-shop-{n}"))).collect();
    items.push(item(Section::Boards, "Shop floor"));
    let found = search(&items, "shop", &[]);
    assert_eq!((found[0].section, found[0].heading()), (Section::Boards, "Boards".to_owned()));
    assert_eq!((found[1].hits.len(), found[1].count), (MOST_SHOWN, 80));
    assert_eq!(found[1].heading(), "Topics, 50 of 80");
}

#[test]
fn what_was_chosen_last_is_remembered_first() {
    let keys = |recent: &[&str]| recent.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    assert_eq!(remember(&keys(&["a", "b"]), "b"), keys(&["b", "a"]));
    assert_eq!(remember(&keys(&["1", "2", "3", "4", "5", "6"]), "7").len(), MOST_RECENT);
}

#[test]
fn arrows_go_round() {
    assert_eq!((step("ArrowDown", 0, 3), step("ArrowDown", 2, 3)), (Some(1), Some(0)));
    assert_eq!((step("ArrowUp", 0, 3), step("ArrowUp", 0, 0)), (Some(2), Some(0)));
    assert_eq!((step("PageDown", 1, 3), step("x", 0, 3)), (Some(2), None));
}
