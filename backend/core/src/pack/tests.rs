use proptest::prelude::*;
use shared::ServerMessage;
use shared::server::Publications;

use super::*;

#[test]
fn one_part_is_a_publications_message_and_two_are_a_batch() {
    let (a, b) = (stretch("a", 1, &[5]), stretch("b", 1, &[5]));
    assert_eq!(read(&frames([&part(&a)], 1000)), [ServerMessage::Publications(a.clone())]);
    let [ServerMessage::Batch(batch)] = &read(&frames([&part(&a), &part(&b)], 1000))[..] else {
        panic!("no batch")
    };
    assert_eq!(batch.parts, [a, b]);
}

#[test]
fn metadata_comes_with_the_first_frame_only() {
    let mut long = stretch("a", 1, &[200; 20]);
    long.meta = Some(TopicMeta { unit: Some("%".into()), ..TopicMeta::default() });
    let parts: Vec<_> = read(&frames([&part(&long)], 1000)).iter().flat_map(stretches).collect();
    let with_meta: Vec<bool> = parts.iter().map(|part| part.meta.is_some()).collect();
    assert!(with_meta.len() > 2 && with_meta[0] && !with_meta[1..].contains(&true));
}

#[test]
fn a_publication_larger_than_a_frame_goes_alone() {
    let sizes = [10, 5000, 10];
    let frames = frames([&part(&stretch("a", 1, &sizes))], 1000);
    assert_eq!(frames.len(), 3);
    assert_eq!(frames.iter().filter(|frame| frame.len() > 1000).count(), 1);
}

#[test]
fn a_part_without_items_makes_no_frame() {
    assert_eq!(frames([&part(&stretch("a", 1, &[]))], 1000), Vec::<Bytes>::new());
}

proptest! {
    #[test]
    fn whatever_is_packed_comes_out_in_order_whole_and_within_the_limit(
        sizes in prop::collection::vec(prop::collection::vec(0usize..700, 0..12), 0..8),
        limit in 1000usize..5000,
    ) {
        let stretches_in: Vec<Publications> =
            sizes.iter().enumerate().map(|(at, sizes)| stretch(&format!("t{at}"), 7, sizes)).collect();
        let parts: Vec<Part> = stretches_in.iter().map(part).collect();
        let frames = frames(&parts, limit);
        for frame in &frames {
            prop_assert!(frame.len() <= limit, "{} > {limit}", frame.len());
        }
        let mut out: Vec<Publications> = Vec::new();
        for stretch in read(&frames).iter().flat_map(stretches) {
            match out.last_mut() {
                Some(last) if last.topic == stretch.topic => last.items.extend(stretch.items),
                _ => out.push(stretch),
            }
        }
        let whole: Vec<Publications> = stretches_in.into_iter().filter(|part| !part.items.is_empty()).collect();
        prop_assert_eq!(out, whole);
    }

    #[test]
    fn frames_are_filled_before_a_new_one_is_begun(count in 1usize..400) {
        let frames = frames([&part(&stretch("a", 1, &vec![20; count]))], 2000);
        for pair in frames.windows(2) {
            prop_assert!(pair[0].len() > 1800, "{} of 2000", pair[0].len());
        }
    }

    #[test]
    fn runs_keep_every_value_in_order(sizes in prop::collection::vec(0usize..50, 0..40), room in 1usize..100) {
        let values: Vec<String> = sizes.iter().map(|size| "x".repeat(*size)).collect();
        let runs = runs(values.clone(), room);
        for run in &runs {
            let bytes: usize = run.iter().map(|value| json_len(value) + 1).sum();
            prop_assert!(run.len() == 1 || bytes <= room);
        }
        prop_assert_eq!(runs.concat(), values);
    }
}

fn stretch(topic: &str, first: u64, sizes: &[usize]) -> Publications {
    let item = |(at, size): (usize, &usize)| Publication {
        offset: first + at as u64,
        ts: 1,
        received_at: 2,
        data: "x".repeat(*size).into(),
    };
    Publications {
        topic: Topic::new(topic).unwrap(),
        epoch: Epoch::new("e"),
        items: sizes.iter().enumerate().map(item).collect(),
        replay: true,
        after: None,
        meta: None,
    }
}

fn part(stretch: &Publications) -> Part {
    Part::new(&stretch.topic, &stretch.epoch, &stretch.items, stretch.replay, stretch.meta.as_ref())
}

fn read(frames: &[Bytes]) -> Vec<ServerMessage> {
    frames.iter().map(|frame| serde_json::from_slice(frame).unwrap()).collect()
}

fn stretches(message: &ServerMessage) -> Vec<Publications> {
    match message {
        ServerMessage::Publications(publications) => vec![publications.clone()],
        ServerMessage::Batch(batch) => batch.parts.clone(),
        other => panic!("{other:?}"),
    }
}
