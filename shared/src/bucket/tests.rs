use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn data(text: &str) -> Data {
    Data::parse(text).unwrap_or_else(|_| Data::from(serde_json::Value::Null))
}

fn bucket(at_ms: Millis, text: &str) -> Bucket {
    Bucket::of(at_ms, &Scalar::of(&data(text)).unwrap())
}

fn merged(values: &[(Millis, &str)]) -> Bucket {
    let mut buckets = values.iter().map(|(at_ms, text)| bucket(*at_ms, text));
    let mut all = buckets.next().unwrap();
    buckets.for_each(|next| all.merge(&next));
    all
}

fn json(bucket: &Bucket) -> String {
    serde_json::to_string(bucket).unwrap()
}

#[test]
fn numbers_keep_the_digits_that_were_sent() {
    let bucket = merged(&[(1_000, "21.50"), (2_000, "20.750"), (3_000, "2.3e1")]);
    assert_eq!(json(&bucket), "[1000,2000,3,2,21.50,2.3e1,20.750,2.3e1]");
}

#[test]
fn equal_values_are_written_once() {
    assert_eq!(json(&merged(&[(1_000, "13"), (2_000, "13")])), "[1000,1000,2,0,13]");
    assert_eq!(json(&merged(&[(1_000, "true"), (2_000, "true")])), "[1000,1000,2,0,true]");
}

#[test]
fn states_have_no_range_and_count_their_changes() {
    let bucket = merged(&[(1, "\"open\""), (2, "\"shut\""), (3, "\"shut\""), (4, "\"open\"")]);
    assert_eq!(json(&bucket), r#"[1,3,4,2,"open","open"]"#);
}

#[test]
fn values_that_are_no_numbers_are_counted_beside_numbers() {
    let bucket = merged(&[(1, "null"), (2, "4"), (3, "\"n/a\""), (4, "5")]);
    assert_eq!(json(&bucket), "[1,3,4,3,null,5,4,5,2]");
    assert!(!bucket.is_numeric());
}

#[test]
fn every_bucket_is_read_as_it_was_written() {
    for values in [
        &[(1_000, "13")][..],
        &[(1_000, "13"), (1_001, "-2.50")],
        &[(1_000, "null")],
        &[(1_000, "null"), (1_500, "\"up\"")],
        &[(1_000, "null"), (1_500, "7")],
        &[(1_000, "false"), (1_500, "false")],
    ] {
        let bucket = merged(values);
        assert_eq!(serde_json::from_str::<Bucket>(&json(&bucket)).unwrap(), bucket);
    }
}

#[test]
fn counts_of_a_server_do_not_overflow() {
    let most = u64::MAX;
    let one: Bucket = serde_json::from_str(&format!("[0,1,{most},{most},1,2,1,2,{most}]")).unwrap();
    let both = Bucket::merged([&one, &one]).unwrap();
    assert_eq!((both.count, both.changes, both.others), (most, most, most));
    let mut tally = Tally { first_ms: 0, last_ms: 1, count: most };
    tally.merge(&tally.clone());
    assert_eq!(tally.count, most);
}

#[test]
fn a_list_that_is_no_bucket_is_refused() {
    for text in ["[]", "[1,2,3,4]", "[1,-2,3,0,5]", "[1,2,3,1,4,5,6]", "[1,2,3,1,4,5,\"a\",\"b\"]", "{}"] {
        assert!(serde_json::from_str::<Bucket>(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Bucket>("[1,2,3,1,4,5,4,5,0,\"from the future\"]").is_ok());
}

#[test]
fn a_long_number_is_shortened_and_a_long_text_is_no_value() {
    let long = format!("0.{}", "123456789".repeat(5));
    let shortened = Scalar::of(&data(&long)).unwrap();
    assert!(shortened.data().text().starts_with("0.123456789123456"), "{shortened:?}");
    assert!(shortened.data().text().len() < 20, "{shortened:?}");
    assert_eq!(Scalar::of(&data(&format!("\"{}\"", "x".repeat(41)))), None);
    assert!(Scalar::of(&data(&format!("\"{}\"", "é".repeat(40)))).is_some());
    assert_eq!(Scalar::of(&data("[1]")), None);
}

#[test]
fn late_values_are_first_and_last_by_their_time() {
    let mut bucket = merged(&[(5_000, "5"), (6_000, "6")]);
    bucket.merge(&merged(&[(1_000, "1"), (6_000, "7")]));
    assert_eq!((bucket.first.text(), bucket.last.text()), ("1", "7"));
    assert_eq!((bucket.first_ms, bucket.last_ms), (1_000, 6_000));
}

#[test]
fn a_silence_is_longer_than_a_step_and_five_intervals() {
    let dense = merged(&[(0, "1"), (1_000, "2"), (2_000, "1")]);
    assert!(!dense.is_silent_before(&bucket(7_000, "1"), 500), "five intervals");
    assert!(dense.is_silent_before(&bucket(7_001, "1"), 500));
    assert!(!dense.is_silent_before(&bucket(7_001, "1"), 60_000), "less than a step");
}
