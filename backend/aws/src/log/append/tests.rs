use shared::publication::Item as Published;
use shared::{Epoch, Topic};

use super::*;

#[test]
fn an_append_of_nobody_in_particular_needs_the_topic_and_nothing_else() {
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
fn a_producer_is_taken_if_it_goes_on_or_if_there_is_room_for_it() {
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
fn room_is_made_in_the_same_update_and_only_if_the_silent_one_is_still_silent() {
    let silent = Silent { producer: "old".into(), landed: 3 };
    let attempt = Attempt { forgets: Some(silent), ..Attempt::default() };
    let update = Update::new(&append(Some(("me", 7)), None), "[]", &attempt);
    assert!(update.expression().ends_with(" REMOVE #seqs.#silent, #landed.#silent"));
    assert!(update.condition().ends_with("#landed.#silent = :landed"), "{}", update.condition());
    all_is_used(&update);
}

#[test]
fn metadata_is_a_condition_first_and_written_if_it_is_new() {
    let append = append(None, Some(unit("%")));
    let told = Update::new(&append, "[]", &Attempt::default());
    assert!(told.condition().ends_with("AND #meta.#meta_unit = :meta_unit"));
    assert!(!told.expression().contains("meta"));
    let new = Update::new(&append, "[]", &Attempt { writes_meta: true, forgets: None });
    assert_eq!(new.condition(), "attribute_exists(#pk)");
    assert!(new.expression().ends_with("#meta_at = #offset + :added, #meta.#meta_unit = :meta_unit"));
    all_is_used(&told);
    all_is_used(&new);
}

#[test]
fn a_missing_head_is_to_be_registered() {
    assert_eq!(after_refusal(None, &append(None, None), &Attempt::default()), Ok(Next::Register));
}

#[test]
fn a_sequence_seen_before_is_told_where_it_landed() {
    let head = head(&[("me", 7, 3), ("you", 9, 5)]);
    let next = after_refusal(Some(&head), &append(Some(("me", 7)), None), &Attempt::default());
    let position = Position::new(Epoch::new("e"), 3);
    assert_eq!(next, Ok(Next::Told(Appended { position, repeated: true })));
}

#[test]
fn a_sequence_lower_than_the_last_is_stale() {
    let head = head(&[("me", 7, 3)]);
    let next = after_refusal(Some(&head), &append(Some(("me", 6)), None), &Attempt::default());
    let stale = AppendError::StaleSequence { producer: "me".into(), seq: 6, last: 7 };
    assert_eq!(next, Err(stale));
}

#[test]
fn among_too_many_producers_the_one_silent_for_longest_is_forgotten() {
    let ids: Vec<String> = (0..limits::PRODUCERS).map(|number| format!("p{number}")).collect();
    let known: Vec<(&str, u64, u64)> =
        ids.iter().enumerate().map(|(at, id)| (id.as_str(), 1, 100 - at as u64)).collect();
    let next = after_refusal(Some(&head(&known)), &append(Some(("me", 1)), None), &Attempt::default());
    let silent = Silent { producer: "p31".into(), landed: 69 };
    assert_eq!(next, Ok(Next::Try(Attempt { writes_meta: false, forgets: Some(silent) })));
    let known_one = append(Some(("p0", 2)), None);
    let next = after_refusal(Some(&head(&known)), &known_one, &Attempt::default());
    assert_eq!(next, Ok(Next::Try(Attempt::default())), "it has its place");
}

#[test]
fn metadata_that_is_not_there_is_written_next_time() {
    let next = after_refusal(Some(&head(&[])), &append(None, Some(unit("%"))), &Attempt::default());
    assert_eq!(next, Ok(Next::Try(Attempt { writes_meta: true, forgets: None })));
}

#[test]
fn a_damaged_head_is_told_not_overwritten() {
    let mut head = head(&[("me", 7, 3)]);
    head.remove(LANDED);
    let next = after_refusal(Some(&head), &append(Some(("me", 7)), None), &Attempt::default());
    assert!(matches!(next, Err(AppendError::Unavailable(_))), "{next:?}");
}

/// DynamoDB refuses an update that declares a name or a value and does not use it.
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
