use shared::publication::Item as Published;
use shared::{Epoch, Topic};

use super::*;

#[test]
fn an_append_without_a_producer_has_the_topic_as_its_only_condition() {
    let update = Update::new(&append(None, None), "[]", &Attempt::default());
    assert_eq!(update.condition(), "attribute_exists(#pk)");
    assert_eq!(
        update.expression(),
        "SET #offset = #offset + :added, #count = :added, #items = :items, \
         #previous_at = if_not_exists(#received_at, :received_at), #received_at = :received_at"
    );
    all_is_used(&update);
}

#[test]
fn a_producer_is_accepted_if_its_sequence_is_higher_or_if_there_is_room_for_it() {
    let update = Update::new(&append(Some(("me", 7)), None), "[]", &Attempt::default());
    assert_eq!(
        update.condition(),
        "attribute_exists(#pk) AND (#seqs.#producer < :seq OR \
         (attribute_not_exists(#seqs.#producer) AND size(#seqs) < :producers))"
    );
    assert!(update.expression().ends_with("#seqs.#producer = :seq, #landed.#producer = #offset + :added"));
    all_is_used(&update);
}

#[test]
fn another_producer_is_removed_in_the_same_update_and_only_if_it_has_not_published_since() {
    let least_recent = LeastRecent { producer: "old".into(), landed: 3 };
    let attempt = Attempt { removes_producer: Some(least_recent), ..Attempt::default() };
    let update = Update::new(&append(Some(("me", 7)), None), "[]", &attempt);
    assert!(update.expression().ends_with(" REMOVE #seqs.#least_recent, #landed.#least_recent"));
    assert!(update.condition().ends_with("#landed.#least_recent = :landed"), "{}", update.condition());
    all_is_used(&update);
}

#[test]
fn metadata_is_a_condition_first_and_written_if_it_is_new() {
    let append = append(None, Some(unit("%")));
    let same = Update::new(&append, "[]", &Attempt::default());
    assert!(same.condition().ends_with("AND #meta.#meta_unit = :meta_unit"));
    assert!(!same.expression().contains("meta"));
    let new = Update::new(&append, "[]", &Attempt { writes_meta: true, removes_producer: None });
    assert_eq!(new.condition(), "attribute_exists(#pk)");
    assert!(new.expression().ends_with("#meta_at = #offset + :added, #meta.#meta_unit = :meta_unit"));
    all_is_used(&same);
    all_is_used(&new);
}

#[test]
fn a_missing_head_has_to_be_registered() {
    assert_eq!(after_refusal(None, &append(None, None), &Attempt::default()), Ok(Next::Register));
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
fn of_too_many_producers_the_least_recent_is_removed() {
    let ids: Vec<String> = (0..limits::PRODUCERS).map(|number| format!("p{number}")).collect();
    let known: Vec<(&str, u64, u64)> =
        ids.iter().enumerate().map(|(at, id)| (id.as_str(), 1, 100 - at as u64)).collect();
    let next = after_refusal(Some(&head(&known)), &append(Some(("me", 1)), None), &Attempt::default());
    let least_recent = LeastRecent { producer: "p31".into(), landed: 69 };
    assert_eq!(next, Ok(Next::Try(Attempt { writes_meta: false, removes_producer: Some(least_recent) })));
    let known_one = append(Some(("p0", 2)), None);
    let next = after_refusal(Some(&head(&known)), &known_one, &Attempt::default());
    assert_eq!(next, Ok(Next::Try(Attempt::default())), "it is already known");
}

#[test]
fn missing_metadata_is_written_by_the_next_attempt() {
    let next = after_refusal(Some(&head(&[])), &append(None, Some(unit("%"))), &Attempt::default());
    assert_eq!(next, Ok(Next::Try(Attempt { writes_meta: true, removes_producer: None })));
}

#[test]
fn a_damaged_head_is_an_error_and_is_not_overwritten() {
    let mut head = head(&[("me", 7, 3)]);
    head.remove(LANDED);
    let next = after_refusal(Some(&head), &append(Some(("me", 7)), None), &Attempt::default());
    assert!(matches!(next, Err(AppendError::Unavailable(_))), "{next:?}");
}

/// Asserts that the update uses every name and value that it declares, and declares every one that it uses. DynamoDB refuses
/// other updates.
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

fn head(producers: &[(&str, u64, u64)]) -> Item {
    let mut head = head::skeleton(&Topic::new("x").unwrap(), &Epoch::new("e"));
    let map = |pick: fn(&(&str, u64, u64)) -> u64| {
        let entries = producers.iter().map(|entry| (entry.0.to_owned(), number(pick(entry))));
        aws_sdk_dynamodb::types::AttributeValue::M(entries.collect())
    };
    head.insert(SEQS.into(), map(|entry| entry.1));
    head.insert(LANDED.into(), map(|entry| entry.2));
    head
}

fn append(producer: Option<(&str, u64)>, meta: Option<TopicMeta>) -> Append {
    Append {
        topic: Topic::new("x").unwrap(),
        items: vec![Published::now(1)],
        producer: producer.map(|(id, seq)| Producer { id: id.into(), seq }),
        meta,
        received_at: 1,
        new_epoch: Epoch::new("e"),
    }
}

fn unit(unit: &str) -> TopicMeta {
    TopicMeta { unit: Some(unit.into()), ..TopicMeta::default() }
}
