use shared::publication::Item as Published;
use shared::{Epoch, Topic};

use super::*;

#[test]
fn an_append_without_a_producer_has_the_topic_as_its_only_condition() {
    let update = Update::new(&append(None, None), "[]", &Attempt::default());
    assert_eq!(update.condition(), "attribute_exists(#pk) AND attribute_not_exists(#ended)");
    assert_eq!(
        update.expression(),
        "SET #offset = #offset + :added, #count = :added, #items = :items, \
         #previous_at = if_not_exists(#received_at, :received_at), #received_at = :received_at"
    );
    all_is_used(&update);
}

#[test]
fn empty_metadata_writes_nothing_and_names_nothing() {
    for writes_meta in [false, true] {
        let attempt = Attempt { writes_meta, ..Attempt::default() };
        all_is_used(&Update::new(&append(None, Some(TopicMeta::default())), "[]", &attempt));
    }
}

#[test]
fn a_producer_is_accepted_if_its_sequence_is_higher_or_if_there_is_room_for_it() {
    let update = Update::new(&append(Some(("me", 7)), None), "[]", &Attempt::default());
    assert_eq!(
        update.condition(),
        "attribute_exists(#pk) AND attribute_not_exists(#ended) AND attribute_exists(#until) AND \
         (#seqs.#producer < :seq OR \
         (attribute_not_exists(#seqs.#producer) AND attribute_not_exists(#seqs.#bare) AND size(#seqs) < :producers))"
    );
    assert!(update.expression().ends_with(
        "#seqs.#producer = :seq, #landed.#producer = #offset + :added, #until.#producer = :until"
    ));
    all_is_used(&update);
}

#[test]
fn others_are_removed_in_the_same_update_and_only_if_they_have_not_published_since() {
    let removes = ["old", "older"].map(|key| Removed { key: key.into(), landed: 3 }).to_vec();
    let attempt = Attempt { room: Some(Room { removes, creates_times: false }), ..Attempt::default() };
    let update = Update::new(&append(Some(("me", 7)), None), "[]", &attempt);
    assert!(
        update
            .expression()
            .contains(" REMOVE #seqs.#removed_0, #landed.#removed_0, #until.#removed_0, #seqs")
    );
    assert!(update.condition().ends_with("#landed.#removed_1 = :landed_1"), "{}", update.condition());
    all_is_used(&update);
}

#[test]
fn a_head_without_times_gets_them_with_the_next_request_of_a_producer() {
    let mut old = head(&[("p0", 7, 3)]);
    old.remove(UNTIL);
    let append = append(Some(("me", 1)), None);
    let room = Room { removes: Vec::new(), creates_times: true };
    let attempt = Attempt { room: Some(room), ..Attempt::default() };
    let next = after_refusal(Some(&old), &append, &Attempt::default());
    assert_eq!(next, Ok(Next::Try(attempt.clone())));
    let update = Update::new(&append, "[]", &attempt);
    assert!(update.expression().ends_with("#until = :until"), "{}", update.expression());
    assert!(update.condition().contains("attribute_not_exists(#until)"));
    all_is_used(&update);
}

#[test]
fn a_producer_that_an_older_version_stored_is_recognised_and_replaced() {
    let bare = head_of(&[("me", 7, 3)]);
    let again = after_refusal(Some(&bare), &append(Some(("me", 7)), None), &Attempt::default());
    let position = Position::new(Epoch::new("e"), 3);
    assert_eq!(again, Ok(Next::Repeated(Appended { position, repeated: true })));
    let newer = after_refusal(Some(&bare), &append(Some(("me", 8)), None), &Attempt::default());
    let removes = vec![Removed { key: "me".into(), landed: 3 }];
    let room = Some(Room { removes, creates_times: false });
    assert_eq!(newer, Ok(Next::Try(Attempt { writes_meta: false, room })));
}

#[test]
fn metadata_is_a_condition_first_and_written_if_it_is_new() {
    let append = append(None, Some(unit("%")));
    let same = Update::new(&append, "[]", &Attempt::default());
    assert!(same.condition().ends_with("AND #meta.#meta_unit = :meta_unit"));
    assert!(!same.expression().contains("meta"));
    let new = Update::new(&append, "[]", &Attempt { writes_meta: true, room: None });
    assert_eq!(new.condition(), "attribute_exists(#pk) AND attribute_not_exists(#ended)");
    assert!(new.expression().ends_with("#meta_at = #offset + :added, #meta.#meta_unit = :meta_unit"));
    all_is_used(&same);
    all_is_used(&new);
}

#[test]
fn a_missing_head_has_to_be_registered() {
    assert_eq!(after_refusal(None, &append(None, None), &Attempt::default()), Ok(Next::Register));
}

#[test]
fn what_is_left_of_a_topic_that_is_forgotten_is_deleted_first() {
    let mut head = head(&[("me", 7, 3)]);
    head.insert(ENDED.into(), AttributeValue::Bool(true));
    let next = after_refusal(Some(&head), &append(Some(("me", 7)), None), &Attempt::default());
    assert_eq!(next, Ok(Next::Delete));
}

#[test]
fn a_sequence_sent_before_is_answered_with_its_position() {
    let head = head(&[("me", 7, 3), ("you", 9, 5)]);
    let next = after_refusal(Some(&head), &append(Some(("me", 7)), None), &Attempt::default());
    let position = Position::new(Epoch::new("e"), 3);
    assert_eq!(next, Ok(Next::Repeated(Appended { position, repeated: true })));
}

#[test]
fn a_sequence_lower_than_the_last_is_stale() {
    let head = head(&[("me", 7, 3)]);
    let next = after_refusal(Some(&head), &append(Some(("me", 6)), None), &Attempt::default());
    let stale = AppendError::StaleSequence { producer: "me".into(), seq: 6, last: 7 };
    assert_eq!(next, Err(stale));
}

#[test]
fn of_too_many_producers_those_are_removed_that_are_over_and_nobody_else() {
    let ids: Vec<String> = (0..limits::PRODUCERS).map(|number| format!("p{number}")).collect();
    let known: Vec<(&str, u64, u64)> =
        ids.iter().enumerate().map(|(at, id)| (id.as_str(), 1, 100 + at as u64)).collect();
    let mut head = head(&known);
    let newcomer = append(Some(("me", 1)), None);
    let next = after_refusal(Some(&head), &newcomer, &Attempt::default());
    assert_eq!(next, Err(AppendError::too_many_producers(limits::PRODUCER_MS)));
    let later = Append { received_at: 1 + limits::PRODUCER_MS as i64, ..newcomer.clone() };
    let Ok(Next::Try(Attempt { room: Some(room), .. })) =
        after_refusal(Some(&head), &later, &Attempt::default())
    else {
        panic!("there is no room");
    };
    assert_eq!(room.removes.len(), REMOVED_AT_ONCE);
    let known_one = append(Some(("p0", 2)), None);
    let next = after_refusal(Some(&head), &known_one, &Attempt::default());
    assert_eq!(next, Ok(Next::Try(Attempt::default())), "it is already known");
    let other = Append { principal: "other".into(), ..newcomer };
    let next = after_refusal(Some(&head), &other, &Attempt::default());
    let room = Some(Room { removes: Vec::new(), creates_times: false });
    assert_eq!(next, Ok(Next::Try(Attempt { writes_meta: false, room })), "another has room of its own");
    head.remove(SEQS);
    assert!(after_refusal(Some(&head), &other, &Attempt::default()).is_err());
}

#[test]
fn missing_metadata_is_written_by_the_next_attempt() {
    let next = after_refusal(Some(&head(&[])), &append(None, Some(unit("%"))), &Attempt::default());
    assert_eq!(next, Ok(Next::Try(Attempt { writes_meta: true, room: None })));
}

#[test]
fn a_damaged_head_is_an_error_and_is_not_overwritten() {
    let mut head = head(&[("me", 7, 3)]);
    head.remove(LANDED);
    let next = after_refusal(Some(&head), &append(Some(("me", 7)), None), &Attempt::default());
    assert!(matches!(next, Err(AppendError::Unavailable(_))), "{next:?}");
}

/// Asserts that an update uses every placeholder for a name or value that it declares, and declares every one that it
/// uses. DynamoDB refuses other updates.
fn all_is_used(update: &Update) {
    let text = format!("{} {}", update.expression(), update.condition());
    let words: Vec<&str> = text.split(|c: char| !(c.is_ascii_alphanumeric() || "#:_".contains(c))).collect();
    let declared: Vec<&String> = update.names.keys().chain(update.values.keys()).collect();
    for name in &declared {
        assert!(words.contains(&name.as_str()), "{name} is not used in {text}");
    }
    for word in words.iter().filter(|word| word.starts_with(['#', ':'])) {
        assert!(declared.iter().any(|name| name == word), "{word} is not declared");
    }
}

/// Returns the item with a topic's state that contains these producers (id, `seq`, offset). They belong to the
/// principal `me` and published at the time 1.
fn head(producers: &[(&str, u64, u64)]) -> Item {
    let keys: Vec<String> = producers.iter().map(|entry| key(entry.0)).collect();
    let producers: Vec<_> =
        producers.iter().zip(&keys).map(|(entry, key)| (key.as_str(), entry.1, entry.2)).collect();
    head_of(&producers)
}

fn key(id: &str) -> String {
    producer::key("me", &Producer { id: id.into(), seq: 1, done: false })
}

/// Returns the item with a topic's state that contains these producers (key, `seq`, offset).
fn head_of(producers: &[(&str, u64, u64)]) -> Item {
    let mut head = head::skeleton(&Topic::new("x").unwrap(), &Epoch::new("e"), "me");
    let map = |pick: fn(&(&str, u64, u64)) -> u64| {
        let entries = producers.iter().map(|entry| (entry.0.to_owned(), number(pick(entry))));
        AttributeValue::M(entries.collect())
    };
    head.insert(SEQS.into(), map(|entry| entry.1));
    head.insert(LANDED.into(), map(|entry| entry.2));
    head.insert(UNTIL.into(), map(|_| 1 + limits::PRODUCER_MS));
    head
}

fn append(producer: Option<(&str, u64)>, meta: Option<TopicMeta>) -> Append {
    Append {
        topic: Topic::new("x").unwrap(),
        items: vec![Published::now(1)],
        producer: producer.map(|(id, seq)| Producer { id: id.into(), seq, done: false }),
        meta,
        received_at: 1,
        new_epoch: Epoch::new("e"),
        principal: "me".into(),
        principal_topics: limits::TOPICS,
    }
}

fn unit(unit: &str) -> TopicMeta {
    TopicMeta { unit: Some(unit.into()), ..TopicMeta::default() }
}
