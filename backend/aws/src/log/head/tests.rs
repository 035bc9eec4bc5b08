use serde_json::json;

use super::*;

/// Returns the state of a topic after an append of two publications, as the topics table's stream contains it.
/// `changes` replaces some of its attributes.
fn image(changes: serde_json::Value) -> Image {
    let mut image = json!({
        "pk": {"S": "T#host/cpu"},
        "sk": {"S": "#"},
        "epoch": {"S": "9f86d081884c"},
        "offset": {"N": "5"},
        "count": {"N": "2"},
        "items": {"S": "[{\"d\":21.5,\"t\":7},{\"d\":{\"z\":1,\"a\":18446744073709551615}}]"},
        "received_at": {"N": "1800000000000"},
        "previous_at": {"N": "1799999999000"},
        "meta": {"M": {"unit": {"S": "\"%\""}}},
        "meta_at": {"N": "3"},
        "seqs": {"M": {"me": {"N": "7"}}},
        "landed": {"M": {"me": {"N": "5"}}}
    });
    for (name, value) in changes.as_object().unwrap() {
        image[name] = value.clone();
    }
    serde_json::from_value(image).unwrap()
}

#[test]
fn an_append_is_read_from_the_stream_to_the_last_digit() {
    let change = change(&image(json!({}))).unwrap().unwrap();
    assert_eq!(change.topic.as_str(), "host/cpu");
    assert_eq!(change.epoch, Epoch::new("9f86d081884c"));
    let received_at = 1_800_000_000_000;
    assert_eq!(
        change.items,
        [
            Publication { offset: 4, ts: 7, received_at, data: 21.5.into() },
            Publication {
                offset: 5,
                ts: received_at,
                received_at,
                data: json!({"z": 1, "a": u64::MAX}).into()
            },
        ]
    );
    assert_eq!(change.meta, None, "it was written at offset 3");
}

#[test]
fn metadata_is_in_the_change_if_it_is_new_and_in_the_first_publication() {
    let unit = TopicMeta { unit: Some("%".into()), ..TopicMeta::default() };
    let changed = change(&image(json!({"meta_at": {"N": "5"}}))).unwrap().unwrap();
    assert_eq!(changed.meta, Some(unit));
    let first = json!({"offset": {"N": "2"}, "meta": {"M": {}}, "meta_at": {"N": "0"}});
    assert_eq!(change(&image(first)).unwrap().unwrap().meta, Some(TopicMeta::default()));
}

#[test]
fn an_image_without_a_publication_is_no_change() {
    let registered = serde_json::from_value(json!({
        "pk": {"S": "T#host/cpu"}, "sk": {"S": "#"}, "epoch": {"S": "e"}, "offset": {"N": "0"},
        "meta": {"M": {}}, "seqs": {"M": {}}, "landed": {"M": {}}
    }));
    assert_eq!(change(&registered.unwrap()), Ok(None));
    for sk in ["#", "host/cpu"] {
        let catalogue = json!({"pk": {"S": "CATALOGUE"}, "sk": {"S": sk}, "topics": {"N": "1"}});
        assert_eq!(change(&serde_json::from_value(catalogue).unwrap()), Ok(None));
    }
}

#[test]
fn a_damaged_image_names_its_attribute() {
    for (name, value) in [
        ("pk", json!({"N": "1"})),
        ("pk", json!({"S": "T#not a topic"})),
        ("offset", json!({"N": "-1"})),
        ("offset", json!({"N": "1"})),
        ("items", json!({"S": "nonsense"})),
        ("received_at", json!({"S": "now"})),
        ("meta", json!({"M": {"max": {"S": "wide"}}})),
    ] {
        let error = change(&image(json!({name: value}))).unwrap_err();
        let expected = if name == "offset" && error.attribute == "items" { "items" } else { name };
        let named = error.attribute == expected || (name == "meta" && error.attribute == "max");
        assert!(named, "{error}");
    }
}

#[test]
fn a_skeleton_is_a_head_without_publications() {
    let topic = Topic::new("x").unwrap();
    let skeleton = skeleton(&topic, &Epoch::new("e"), "me");
    assert_eq!(StoredHead::read(&skeleton), Ok(None));
    assert_eq!(position(&skeleton), Ok(Position::new(Epoch::new("e"), 0)));
}
