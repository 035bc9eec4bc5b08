use super::*;

fn batch(count: u32, policy: Policy) -> Delivery<u32> {
    let item = |n: u32| Item { number: n.to_string(), written_ms: u64::from(n) * 1000, record: n };
    Delivery::new((1..=count).map(item).collect(), policy)
}

fn invoked(delivery: &mut Delivery<u32>) -> Vec<u32> {
    match delivery.next(0) {
        Step::Invoke(items) => items.into_iter().map(|item| item.record).collect(),
        step => panic!("an invocation is expected, not {step:?}"),
    }
}

fn discarded(delivery: &mut Delivery<u32>, now_ms: u64) -> (Vec<u32>, Condition, u32) {
    match delivery.next(now_ms) {
        Step::Discard { records, condition, attempts } => {
            (records.into_iter().map(|item| item.record).collect(), condition, attempts)
        }
        step => panic!("records should be discarded, not {step:?}"),
    }
}

fn failed_at(numbers: &[&str]) -> Outcome {
    Outcome::Answered(Failures::These(numbers.iter().map(|&number| number.into()).collect()))
}

#[test]
fn a_batch_that_succeeds_is_done() {
    let mut delivery = batch(2, Policy::default());
    assert_eq!(invoked(&mut delivery), [1, 2]);
    assert_eq!(delivery.settle(&failed_at(&[])), Duration::ZERO);
    assert_eq!(delivery.next(0), Step::Done);
}

#[test]
fn a_failed_batch_is_repeated_as_a_whole_and_without_a_limit_for_ever() {
    let mut delivery = batch(2, Policy::default());
    for _ in 0..100 {
        assert_eq!(invoked(&mut delivery), [1, 2]);
        assert!(delivery.settle(&Outcome::Failed) <= LONGEST_PAUSE);
    }
}

#[test]
fn the_pauses_double() {
    let mut delivery = batch(1, Policy::default());
    let pauses = [(); 3].map(|()| delivery.settle(&Outcome::Failed));
    assert_eq!(pauses, [1, 2, 4].map(|times| FIRST_PAUSE * times));
}

#[test]
fn after_its_retries_a_batch_is_discarded_as_a_whole() {
    let mut delivery = batch(2, Policy { max_retries: Some(2), ..Policy::default() });
    for _ in 0..3 {
        assert_eq!(invoked(&mut delivery), [1, 2]);
        delivery.settle(&Outcome::Failed);
    }
    assert_eq!(discarded(&mut delivery, 0), (vec![1, 2], Condition::RetryAttemptsExhausted, 3));
    assert_eq!(delivery.next(0), Step::Done);
}

#[test]
fn without_retries_a_batch_is_discarded_after_its_first_failure() {
    let mut delivery = batch(1, Policy { max_retries: Some(0), ..Policy::default() });
    invoked(&mut delivery);
    delivery.settle(&Outcome::Failed);
    assert_eq!(discarded(&mut delivery, 0).2, 1);
}

#[test]
fn records_that_are_too_old_are_discarded_even_before_the_first_invocation() {
    let mut delivery = batch(3, Policy { max_age_ms: Some(60_000), ..Policy::default() });
    assert_eq!(discarded(&mut delivery, 62_500), (vec![1, 2], Condition::RecordAgeExceeded, 0));
    assert!(matches!(delivery.next(62_500), Step::Invoke(items) if items.len() == 1));
}

#[test]
fn a_bisected_batch_finds_the_failing_record_and_the_others_are_processed() {
    let mut delivery = batch(4, Policy { bisects: true, max_retries: Some(1), ..Policy::default() });
    let mut calls = Vec::new();
    loop {
        match delivery.next(0) {
            Step::Invoke(items) => {
                let records: Vec<u32> = items.into_iter().map(|item| item.record).collect();
                delivery.settle(&if records.contains(&2) { Outcome::Failed } else { failed_at(&[]) });
                calls.push(records);
            }
            Step::Discard { records, .. } => {
                calls.push(records.into_iter().map(|item| item.record + 100).collect())
            }
            Step::Done => break,
        }
    }
    let expected: [&[u32]; 7] = [&[1, 2, 3, 4], &[1, 2], &[1], &[2], &[2], &[102], &[3, 4]];
    assert_eq!(calls, expected);
}

#[test]
fn a_partial_failure_is_repeated_from_the_first_record_that_failed() {
    let mut delivery = batch(4, Policy::default());
    assert_eq!(delivery.settle(&failed_at(&["4", "3"])), FIRST_PAUSE);
    assert_eq!(invoked(&mut delivery), [3, 4]);
}

#[test]
fn with_bisection_a_partial_failure_divides_at_the_reported_record() {
    let mut delivery = batch(4, Policy { bisects: true, ..Policy::default() });
    delivery.settle(&failed_at(&["2"]));
    assert_eq!(invoked(&mut delivery), [2, 3, 4]);
}

#[test]
fn a_failure_of_an_unknown_record_is_one_of_the_whole_batch() {
    let mut delivery = batch(2, Policy::default());
    delivery.settle(&failed_at(&["2", "7"]));
    assert_eq!(invoked(&mut delivery), [1, 2]);
}

#[test]
fn the_retries_of_what_is_left_begin_again() {
    let mut delivery = batch(2, Policy { max_retries: Some(1), ..Policy::default() });
    delivery.settle(&failed_at(&["2"]));
    assert_eq!(invoked(&mut delivery), [2]);
    delivery.settle(&Outcome::Failed);
    assert_eq!(discarded(&mut delivery, 0).0, [2]);
}

#[test]
fn an_invocation_that_was_throttled_is_no_attempt() {
    let mut delivery = batch(1, Policy { max_retries: Some(0), ..Policy::default() });
    for _ in 0..5 {
        assert!(!delivery.settle(&Outcome::NotReached).is_zero());
        assert_eq!(invoked(&mut delivery), [1]);
    }
}
