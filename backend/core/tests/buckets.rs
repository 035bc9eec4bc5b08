//! Tests reading the past in buckets, with fakes of all ports.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod support;

use backend_core::payer::Payer;
use backend_core::ports::{Append, ConnectionId, TopicLog};
use backend_core::query::HistoryQuery;
use backend_core::rates::RateLimits;
use backend_core::stretch::{Order, Stretch, Walk, Wanted, received_in};
use backend_core::testing::{FakeLog, Keep};
use backend_core::{Access, Principal};
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::bucket::Bucket;
use shared::publication::Item;
use shared::server::{BucketsReply, HistoryReply};
use shared::{Data, Epoch, ErrorCode, Filter, Millis, ServerMessage, Topic, limits};

use support::{NOW, World, agent};

const DAY_MS: Millis = 86_400_000;

/// Publishes one value to the topic `x`, which is received at `received_at` and is about the time `ts`.
fn publish(log: &FakeLog, received_at: Millis, ts: Option<Millis>, data: impl Into<Data>) {
    let append = Append {
        topic: Topic::new("x").unwrap(),
        items: vec![Item { data: data.into(), ts }],
        producer: None,
        meta: None,
        received_at,
        new_epoch: Epoch::from_random(received_at.unsigned_abs() << 20),
        principal: "me".into(),
        principal_topics: limits::TOPICS,
    };
    log.append_now(append).unwrap();
}

/// Publishes a number each second until `NOW`, this many in all.
fn publish_seconds(log: &FakeLog, count: i64) {
    (0..count).for_each(|second| publish(log, NOW - (count - second) * 1_000, None, second));
}

async fn ask(world: &World, id: &ConnectionId, mut request: Value) -> BucketsReply {
    for (name, value) in [("action", json!("history")), ("id", json!(7)), ("topic", json!("x"))] {
        request[name] = value;
    }
    match &world.say(id, request).await[..] {
        [ServerMessage::Buckets(reply)] => {
            let bytes = ServerMessage::Buckets(reply.clone()).to_json().len();
            assert!(bytes <= limits::PACK_BYTES, "{bytes}");
            assert_eq!(reply.id, 7);
            reply.clone()
        }
        other => panic!("no buckets: {other:?}"),
    }
}

/// Reads a whole stretch, with as many requests as it takes.
async fn ask_all(world: &World, id: &ConnectionId, request: Value) -> Vec<BucketsReply> {
    let mut replies: Vec<BucketsReply> = Vec::new();
    loop {
        let mut request = request.clone();
        if let Some(next) = replies.last().and_then(|reply| reply.next.clone()) {
            request["since"] = json!(next);
        } else if !replies.is_empty() {
            return replies;
        }
        replies.push(ask(world, id, request).await);
    }
}

fn buckets(replies: &[BucketsReply]) -> Vec<Bucket> {
    replies.iter().flat_map(|reply| &reply.series).flat_map(|series| series.buckets.clone()).collect()
}

fn count(buckets: &[Bucket]) -> u64 {
    buckets.iter().map(|bucket| bucket.count).sum()
}

#[tokio::test]
async fn a_day_is_some_ten_kilobytes_and_every_second_is_in_it() {
    let world = World::open();
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 86_400);
    let request = json!({"from_ms": NOW - DAY_MS, "to_ms": NOW, "step_ms": 120_000});
    let replies = ask_all(&world, &id, request).await;
    let all = buckets(&replies);
    assert_eq!((count(&all), replies.len()), (86_400, 2));
    assert!(all.iter().all(|bucket| bucket.last_ms - bucket.first_ms < 240_000));
    assert_eq!((all[0].first.text(), all[all.len() - 1].last.text()), ("0", "86399"));
    let is_joined = |pair: &[Bucket]| pair[1].first_ms - pair[0].last_ms == 1_000;
    assert!(all.windows(2).all(is_joined), "no second is missing between buckets");
    assert_eq!(replies[0].kept_from_ms, Some(NOW - DAY_MS));
}

#[tokio::test]
async fn a_short_stretch_is_exact() {
    let world = World::open();
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 10_000);
    let from_ms = NOW - 5_000_000;
    let reply =
        ask(&world, &id, json!({"from_ms": from_ms, "to_ms": from_ms + 60_000, "step_ms": 1_000})).await;
    let texts: Vec<String> = buckets(&[reply]).iter().map(|bucket| bucket.first.text().to_owned()).collect();
    assert_eq!(texts, (5_000..5_060).map(|second| second.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_step_that_is_too_short_is_raised_and_the_answer_says_so() {
    let world = World::open();
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 100);
    let reply = ask(&world, &id, json!({"from_ms": NOW - DAY_MS, "to_ms": NOW, "step_ms": 0})).await;
    assert_eq!(reply.step_ms, DAY_MS.unsigned_abs() / limits::BUCKETS);
    let reply = ask(&world, &id, json!({"from_ms": NOW, "to_ms": NOW, "step_ms": 0})).await;
    assert_eq!((reply.step_ms, reply.series.len()), (1, 0));
}

#[tokio::test]
async fn a_stretch_that_ends_before_it_begins_is_refused() {
    let world = World::open();
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 1);
    for step in [json!(1_000), Value::Null] {
        let request =
            json!({"action": "history", "id": 7, "topic": "x", "from_ms": 5, "to_ms": 4, "step_ms": step});
        let told = world.say(&id, request).await;
        let [ServerMessage::Error(error)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(error.code, ErrorCode::Malformed);
        assert!(error.message.contains("from_ms"), "{}", error.message);
    }
}

#[tokio::test]
async fn everything_that_is_kept_is_shown_if_no_time_is_given_although_the_publications_are_dropped() {
    let world = World::keeping(Keep { items: 10, ..Keep::PLENTY });
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 1_000);
    let reply = ask(&world, &id, json!({"step_ms": 100_000})).await;
    let begin = NOW - 1_000_000;
    assert_eq!((reply.from_ms, reply.kept_from_ms), (begin, Some(begin)));
    assert_eq!((count(&buckets(std::slice::from_ref(&reply))), reply.next), (1_000, None));
    // Of the first minutes only blocks are left, so their buckets are longer than the requested step.
    let fine = ask(&world, &id, json!({"from_ms": begin, "to_ms": begin + 128_000, "step_ms": 1_000})).await;
    let fine = buckets(&[fine]);
    assert_eq!((fine.len(), count(&fine)), (2, 128));
}

#[tokio::test]
async fn a_silence_is_a_gap_at_every_zoom() {
    let world = World::open();
    let id = world.connect("viewer").await;
    let seconds = (0..3_000).chain(3_600..7_200);
    seconds.clone().for_each(|second| publish(&world.log, NOW - 7_200_000 + second * 1_000, None, second));
    for step_ms in [1_000_u64, 30_000, 60_000, 300_000] {
        let request = json!({"from_ms": NOW - 7_200_000, "to_ms": NOW, "step_ms": step_ms});
        let mut all = buckets(&ask_all(&world, &id, request).await);
        all.sort_by_key(|bucket| bucket.first_ms);
        assert_eq!(count(&all), seconds.clone().count() as u64);
        let silences = all.windows(2).filter(|pair| pair[0].is_silent_before(&pair[1], step_ms.max(3_600)));
        assert_eq!(silences.count(), 1, "{step_ms}");
    }
}

#[tokio::test]
async fn late_data_is_found_when_it_was_received_and_drawn_when_it_happened() {
    let world = World::open();
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 200);
    (0..100).for_each(|second| publish(&world.log, NOW, Some(NOW - 3_600_000 + second * 1_000), -second));
    publish(&world.log, NOW, Some(NOW + 60_000), 5);
    let reply = ask(&world, &id, json!({"from_ms": NOW, "to_ms": NOW + 1, "step_ms": 600_000})).await;
    let found = buckets(&[reply]);
    assert_eq!(found.iter().map(|bucket| bucket.first_ms).collect::<Vec<_>>(), [NOW - 3_600_000, NOW]);
    assert_eq!(found[0].range.as_ref().unwrap().min.text(), "-99");
}

/// Reads the first part of a stretch of 100 seconds, and returns the number of values, and that of blocks and publications that were read.
async fn work_of_stretch(world: &World, from_ms: Millis) -> (u64, usize) {
    let topic = Topic::new("x").unwrap();
    let head = world.log.head(&topic).await.unwrap().unwrap();
    let stretch =
        Stretch { from_ms, to_ms: from_ms + 100_000, step_ms: 10_000, after: None, room_bytes: 28 * 1_024 };
    let log = (&topic, &head.epoch, head.last.offset);
    let found = Walk::new(&world.log, log, stretch, NOW).read().await.unwrap();
    assert_eq!(found.next, None);
    let buckets = found.contents.series.iter().flat_map(|series| &series.buckets);
    (buckets.map(|bucket| bucket.count).sum(), found.work)
}

#[tokio::test]
async fn a_stretch_of_the_past_has_the_late_data_that_belongs_to_it_and_costs_only_the_blocks_with_it() {
    let (in_time, late) = (World::open(), World::open());
    let stretch_from = NOW - 15_000_000;
    for world in [&in_time, &late] {
        for second in 0..20_000 {
            publish(&world.log, NOW - (20_000 - second) * 1_000, None, second);
            // A sensor that was offline sends what it has measured, two hours later.
            let is_back = (10_000..10_050).contains(&second);
            if is_back && std::ptr::eq(world, &late) {
                publish(
                    &world.log,
                    NOW - (20_000 - second) * 1_000,
                    Some(stretch_from + (second - 10_000) * 1_000),
                    7,
                );
            }
        }
    }
    let (count_in_time, work_in_time) = work_of_stretch(&in_time, stretch_from).await;
    assert_eq!(count_in_time, 100);
    let (count_late, work_late) = work_of_stretch(&late, stretch_from).await;
    assert_eq!(count_late, 150);
    assert!(work_late <= work_in_time + 300, "{work_late}, {work_in_time}");
    // Stretches between the two times have nothing of it, and cost no more.
    let (count_between, work_between) = work_of_stretch(&late, stretch_from + 2_000_000).await;
    assert_eq!(count_between, 100);
    assert!(work_between <= work_in_time + 100, "{work_between}, {work_in_time}");
}

#[tokio::test]
async fn of_late_publications_of_which_only_a_block_is_left_a_stretch_has_its_own_part() {
    let world = World::keeping(Keep { items: 10, ..Keep::PLENTY });
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 640);
    for minute in 0..64 {
        publish(&world.log, NOW + minute, (minute < 8).then_some(NOW - 7_200_000 + minute * 1_000), minute);
    }
    publish_seconds(&world.log, 64);
    let request = json!({"from_ms": NOW - 7_300_000, "to_ms": NOW - 7_000_000, "step_ms": 60_000});
    let reply = ask(&world, &id, request).await;
    let found = buckets(std::slice::from_ref(&reply));
    assert_eq!((count(&found), reply.lost), (8, Vec::new()));
    assert!(found.iter().all(|bucket| (NOW - 7_200_000..NOW - 7_190_000).contains(&bucket.last_ms)));
}

#[tokio::test]
async fn a_clock_that_was_set_back_hides_nothing() {
    let world = World::open();
    let id = world.connect("viewer").await;
    (0..1_000).for_each(|second| publish(&world.log, NOW + second * 1_000, None, second));
    (0..1_000).for_each(|second| publish(&world.log, NOW - 3_600_000 + second * 1_000, None, -second));
    let request = json!({"from_ms": NOW - 3_600_000, "to_ms": NOW, "step_ms": 10_000});
    assert_eq!(count(&buckets(&ask_all(&world, &id, request).await)), 1_000);
    let request = json!({"from_ms": NOW, "to_ms": NOW + 1_000_000, "step_ms": 10_000});
    assert_eq!(count(&buckets(&ask_all(&world, &id, request).await)), 1_000);
}

#[tokio::test]
async fn lines_of_a_log_are_counted() {
    let world = World::open();
    let id = world.connect("viewer").await;
    (0..500)
        .for_each(|second| publish(&world.log, NOW + second * 1_000, None, json!({"msg": "ready", "n": 1})));
    let reply = ask(&world, &id, json!({"from_ms": NOW, "to_ms": NOW + 500_000, "step_ms": 100_000})).await;
    assert_eq!(reply.series, []);
    assert_eq!(reply.lines.iter().map(|line| line.count).sum::<u64>(), 500);
}

#[tokio::test]
async fn a_stretch_begins_anew_if_the_topic_was_deleted() {
    let world = World::open();
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 100);
    let first = ask(&world, &id, json!({"step_ms": 1_000})).await;
    let topic = Topic::new("x").unwrap();
    assert!(world.log.forget(&topic).await.unwrap());
    publish(&world.log, NOW, None, 7);
    let since = json!({"epoch": first.epoch, "offset": 90});
    let second = ask(&world, &id, json!({"step_ms": 1_000, "since": since})).await;
    assert_ne!(second.epoch, first.epoch);
    assert_eq!((count(&buckets(std::slice::from_ref(&second))), second.kept_from_ms), (1, Some(NOW)));
}

#[tokio::test]
async fn the_past_of_a_topic_that_may_not_be_read_is_refused() {
    let world = World::open();
    let principal = Principal { subscribe: vec![Filter::new("y").unwrap()], ..Principal::local() };
    let id = world.connect_as("viewer", principal).await;
    publish_seconds(&world.log, 10);
    for request in [json!({"step_ms": 1_000}), json!({"from_ms": 0, "to_ms": NOW})] {
        let mut request = request;
        for (name, value) in [("action", json!("history")), ("id", json!(7)), ("topic", json!("x"))] {
            request[name] = value;
        }
        let told = world.say(&id, request).await;
        let [ServerMessage::Error(error)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(error.code, ErrorCode::Forbidden);
    }
}

#[tokio::test]
async fn a_topic_that_nobody_published_to_has_no_past() {
    let world = World::open();
    let id = world.connect("viewer").await;
    let told = world.say(&id, json!({"action": "history", "id": 7, "topic": "x", "step_ms": 1_000})).await;
    let [ServerMessage::Error(error)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(error.code, ErrorCode::UnknownTopic);
}

#[tokio::test]
async fn many_publications_of_one_millisecond_are_read_in_several_answers() {
    let world = World::open();
    let id = world.connect("viewer").await;
    (0..10_000).for_each(|number| {
        publish(&world.log, NOW, Some(NOW - number * 8_640), json!({"a": number, "b": 1.5}))
    });
    let request = json!({"from_ms": NOW, "to_ms": NOW + 1, "step_ms": 10_000});
    let replies = ask_all(&world, &id, request).await;
    assert!(replies.len() > 2);
    assert_eq!(count(&buckets(&replies)), 20_000);
}

/// Returns the offsets of the publications in an answer to `history`.
fn items(told: Vec<ServerMessage>) -> Vec<u64> {
    let [ServerMessage::History(HistoryReply { items, .. })] = &told[..] else { panic!("{told:?}") };
    items.iter().map(|item| item.offset).collect()
}

#[tokio::test]
async fn publications_of_a_stretch_are_read_by_their_time_of_receipt() {
    let world = World::open();
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 10_000);
    let from_ms = NOW - 5_000_000;
    let stretch =
        json!({"action": "history", "id": 1, "topic": "x", "from_ms": from_ms, "to_ms": from_ms + 100_000});
    assert_eq!(items(world.say(&id, stretch.clone()).await), (5_001..=5_100).collect::<Vec<_>>());
    let mut newest = stretch.clone();
    newest["limit"] = json!(3);
    assert_eq!(items(world.say(&id, newest).await), [5_098, 5_099, 5_100]);
    let epoch = world.log.head(&Topic::new("x").unwrap()).await.unwrap().unwrap().epoch;
    let mut rest = stretch.clone();
    rest["since"] = json!({"epoch": epoch, "offset": 5_097});
    assert_eq!(items(world.say(&id, rest.clone()).await), [5_098, 5_099, 5_100]);
    rest["since"] = json!({"epoch": epoch, "offset": 5_100});
    assert_eq!(items(world.say(&id, rest).await), Vec::<u64>::new());
}

#[tokio::test]
async fn publications_received_while_the_clock_was_ahead_hide_no_others() {
    let world = World::open();
    let id = world.connect("viewer").await;
    // One publication a second. During the second thousand, the clock is 30 hours ahead.
    for second in 0..3_000 {
        let ahead_ms = if (1_000..2_000).contains(&second) { 30 * 3_600_000 } else { 0 };
        publish(&world.log, NOW + second * 1_000 + ahead_ms, None, second);
    }
    let epoch = world.log.head(&Topic::new("x").unwrap()).await.unwrap().unwrap().epoch;
    for (from_s, to_s, limit, since, expected) in [
        (2_500, 2_600, 300, None, 2_501..=2_600),
        (0, 3_000, 300, None, 2_701..=3_000),
        (500, 2_010, 10, None, 2_001..=2_010),
        (0, 1_000, 10, None, 991..=1_000),
        (2_500, 2_600, 10, Some(0), 2_501..=2_510),
        (900, 3_000, 10, Some(1_000), 2_001..=2_010),
        (109_500, 109_600, 10, None, 1_591..=1_600),
        (109_500, 109_600, 300, Some(1_550), 1_551..=1_600),
    ] {
        let mut request = json!({"action": "history", "id": 1, "topic": "x", "limit": limit,
            "from_ms": NOW + from_s * 1_000, "to_ms": NOW + to_s * 1_000});
        if let Some(offset) = since {
            request["since"] = json!({"epoch": epoch, "offset": offset});
        }
        let told = items(world.say(&id, request.clone()).await);
        assert_eq!(told, expected.collect::<Vec<u64>>(), "{request}");
    }
}

#[tokio::test]
async fn a_search_by_time_of_receipt_reads_few_publications_of_other_times_and_never_all() {
    let world = World::open();
    let topic = Topic::new("x").unwrap();
    let search = async |received: std::ops::Range<Millis>, order: Order| {
        let head = world.log.head(&topic).await.unwrap().unwrap();
        let wanted = Wanted { received, after: 0, order, limit: 10 };
        received_in(&world.log, (&topic, &head.epoch, head.last.offset), wanted, NOW).await.unwrap()
    };
    publish_seconds(&world.log, 50_000);
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let found = search(NOW - 25_000_000..NOW - 24_900_000, order).await;
        assert_eq!(found.items.len(), 10);
        assert!(found.work < 500, "{}", found.work);
    }
    // Two servers whose clocks are two hours apart append in turns, and nothing was received in between.
    let begin = NOW + 100_000_000;
    for number in 0..40_000 {
        publish(&world.log, begin + number % 2 * 7_200_000, None, number);
    }
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let found = search(begin + 1..begin + 2, order).await;
        assert!(found.items.is_empty() && found.work < 36_000, "{}", found.work);
    }
}

#[tokio::test]
async fn the_beginning_of_a_log_is_looked_up_once_for_a_period() {
    let world = World::open();
    let id = world.connect("viewer").await;
    publish_seconds(&world.log, 10_000);
    let epoch = world.log.head(&Topic::new("x").unwrap()).await.unwrap().unwrap().epoch;
    for since in [None, Some(json!({"epoch": epoch, "offset": 5_010}))] {
        let before = world.log.reads();
        let mut request = json!({"action": "history", "id": 1, "topic": "x",
            "from_ms": NOW - 5_000_000, "to_ms": NOW - 4_400_000, "limit": 500});
        if let Some(since) = since {
            request["since"] = since;
        }
        assert!(!items(world.say(&id, request).await).is_empty());
        assert_eq!(world.log.reads() - before, 1);
    }
}

#[tokio::test]
async fn the_work_of_a_search_by_time_of_receipt_counts_for_its_client_whatever_it_finds() {
    let (from_ms, to_ms) = (NOW + 1, NOW + 2);
    let request =
        json!({"action": "history", "id": 1, "topic": "x", "from_ms": from_ms, "to_ms": to_ms, "limit": 10});
    for is_http in [false, true] {
        let world = World::with(Access::Open, Keep::PLENTY, |settings| {
            settings.rates = RateLimits { read_kb_per_second: 64, ..RateLimits::default() };
        });
        let id = world.connect("viewer").await;
        let other = world.connect_as("other", agent(&["*"], &[])).await;
        // Two servers whose clocks are two hours apart append in turns, and nothing was received in between.
        for number in 0..8_000 {
            publish(&world.log, NOW + number % 2 * 7_200_000, None, number);
        }
        if is_http {
            let principal = Principal::local();
            let payer = Payer::new(&principal.name, None);
            let query =
                HistoryQuery { from_ms: Some(from_ms), to_ms: Some(to_ms), ..HistoryQuery::default() };
            let found = world.service.http_history(&principal, &payer, "x", query, NOW).await.unwrap();
            assert!(found.items.is_empty());
        } else {
            assert_eq!(items(world.say(&id, request.clone()).await), Vec::<u64>::new());
        }
        assert_eq!(world.refused(&id, request.clone()).await.code, ErrorCode::RateLimited);
        assert_eq!(items(world.say(&other, request.clone()).await), Vec::<u64>::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The publications of a period are those that were received in it, however the clock was set in the meantime.
    #[test]
    fn the_publications_of_a_period_are_found_whatever_the_clock_did(
        steps in prop::collection::vec(prop_oneof![20 => 0_i64..3_000, 1 => -3_000_000_i64..3_000_000], 1..1_500),
        (begin, end, place) in (0.0..1.0_f64, 0.0..1.0_f64, 0.0..1.0_f64),
        limit in 1_usize..300,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::open();
            let id = world.connect("viewer").await;
            let (mut at, mut times) = (NOW, Vec::new());
            for step in &steps {
                at += step;
                times.push(at);
                publish(&world.log, at, None, 1);
            }
            let (least, most) = (*times.iter().min().unwrap(), *times.iter().max().unwrap());
            let at = |place: f64| least + ((most - least + 1) as f64 * place) as i64;
            let (from_ms, to_ms) = (at(begin.min(end)), at(begin.max(end)));
            let all: Vec<u64> = times
                .iter()
                .zip(1..)
                .filter(|(time, _)| (from_ms..to_ms).contains(*time))
                .map(|(_, offset)| offset)
                .collect();
            let newest = all[all.len().saturating_sub(limit)..].to_vec();
            let mut request = json!({"action": "history", "id": 1, "topic": "x", "limit": limit,
                "from_ms": from_ms, "to_ms": to_ms});
            prop_assert_eq!(items(world.say(&id, request.clone()).await), newest);
            let since = (times.len() as f64 * place) as u64;
            let epoch = world.log.head(&Topic::new("x").unwrap()).await.unwrap().unwrap().epoch;
            request["since"] = json!({"epoch": epoch, "offset": since});
            let next: Vec<u64> = all.into_iter().filter(|offset| *offset > since).take(limit).collect();
            prop_assert_eq!(items(world.say(&id, request).await), next);
            Ok(())
        })?;
    }

    /// All publications of a stretch are in its buckets, also late ones, however they are spread, and no others.
    #[test]
    fn the_buckets_of_a_stretch_have_its_publications(
        steps in prop::collection::vec((0_i64..3_000, 0_i64..30), 1..1_500),
        (begin, end) in (0.0..0.9_f64, 0.0..1.0_f64),
        step_ms in 1_u64..400_000,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::open();
            let id = world.connect("viewer").await;
            let (mut at, mut expected) = (NOW, Vec::new());
            for (passed, late) in &steps {
                at += passed;
                let ts = at - if *late == 0 { 100_000 } else { 0 };
                expected.push((at, ts));
                publish(&world.log, at, Some(ts), ts);
            }
            let length = (at - NOW) as f64;
            let (from_ms, to_ms) = (NOW + (length * begin) as i64, NOW + (length * end.max(begin)) as i64);
            let replies = ask_all(&world, &id, json!({"from_ms": from_ms, "to_ms": to_ms, "step_ms": step_ms})).await;
            let late = from_ms..to_ms - replies[0].step_ms as i64;
            expected.retain(|(received_at, ts)| {
                (from_ms..to_ms).contains(received_at) || *received_at >= to_ms && late.contains(ts)
            });
            let all = buckets(&replies);
            prop_assert_eq!(count(&all), expected.len() as u64);
            let times = || expected.iter().map(|(_, ts)| *ts);
            prop_assert_eq!(all.iter().map(|bucket| bucket.first_ms).min(), times().min());
            prop_assert_eq!(all.iter().map(|bucket| bucket.last_ms).max(), times().max());
            for bucket in &all {
                let range = bucket.range.clone().unwrap();
                let number = |data: &Data| data.value().as_i64().unwrap();
                prop_assert_eq!(number(&range.min), bucket.first_ms);
                prop_assert_eq!(number(&range.max), bucket.last_ms);
                prop_assert!(bucket.last_ms - bucket.first_ms < 2 * replies[0].step_ms as i64);
            }
            Ok(())
        })?;
    }
}
