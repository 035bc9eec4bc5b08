//! Tests the HTTP API, and the WebSocket message `history`, which reads logs with the same code.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod support;

use backend_core::authorize::Credentials;
use backend_core::http::HttpPublished;
use backend_core::payer::Payer;
use backend_core::query::{HistoryQuery, PublishQuery, TopicsQuery};
use backend_core::testing::Keep;
use backend_core::{Principal, Refusal};
use serde_json::{Value, json};
use shared::server::{Forgotten, HistoryReply};
use shared::{Epoch, ErrorCode, Position, ServerMessage, limits};
use support::*;

#[tokio::test]
async fn a_body_is_published_and_answered_with_its_place() {
    let world = World::open();
    let told =
        post(&world, "kitchen/temp", &[("unit", "°C"), ("ts", "1799999999000")], b"21.5").await.unwrap();
    let epoch = Epoch::from_random(0x1111_1111_1111_1111);
    assert_eq!(
        told,
        HttpPublished { topic: topic("kitchen/temp"), epoch: epoch.clone(), offset: 1, count: 1 }
    );
    assert_eq!(
        serde_json::to_value(&told).unwrap(),
        json!({"topic": "kitchen/temp", "epoch": epoch, "offset": 1})
    );
    let change = &world.log.take_changes()[0];
    assert_eq!((change.items[0].ts, change.items[0].data.text()), (NOW - 1000, "21.5"));
    assert_eq!(change.meta.as_ref().and_then(|meta| meta.unit.as_deref()), Some("°C"));
}

#[tokio::test]
async fn several_lines_are_answered_with_the_last_place_and_their_number() {
    let world = World::open();
    let told =
        post(&world, "x", &[("ts", "1799999999000")], b"1\n{\"data\":2,\"ts\":1800000000000}\n3").await;
    let told = serde_json::to_value(told.unwrap()).unwrap();
    assert_eq!((&told["offset"], &told["count"]), (&json!(3), &json!(3)));
    let times: Vec<_> = world.log.take_changes()[0].items.iter().map(|item| item.ts).collect();
    assert_eq!(times, [NOW - 1000, NOW, NOW - 1000], "a time of its own goes first");
}

#[tokio::test]
async fn a_fault_names_its_line_and_nothing_is_published() {
    let world = World::open();
    let refused = post(&world, "x", &[], b"1\n\n{\"data\":2,\"ts\":5}").await.unwrap_err();
    assert_eq!((refused.http_status(), refused.line), (400, Some(3)));
    assert_eq!(refused.code, ErrorCode::BadTimestamp);
    let refused = post(&world, "x", &[], b"1\n2\noops").await.unwrap_err();
    assert_eq!((refused.http_status(), refused.line), (400, Some(3)));
    assert_eq!(world.log.take_changes(), []);
}

#[tokio::test]
async fn every_refusal_has_its_status() {
    let world = World::open();
    let large = format!("\"{}\"", "x".repeat(limits::PUBLICATION_BYTES));
    assert_eq!(post(&world, "a b", &[], b"1").await.unwrap_err().http_status(), 400);
    assert_eq!(post(&world, "x", &[], b"").await.unwrap_err().http_status(), 400);
    assert_eq!(post(&world, "x", &[], large.as_bytes()).await.unwrap_err().http_status(), 413);
    assert_eq!(get(&world, "x", &[]).await.unwrap_err().http_status(), 404);
    world.log.set_broken(true);
    let refused = post(&world, "x", &[], b"1").await.unwrap_err();
    assert_eq!((refused.http_status(), refused.retry_after_seconds()), (503, Some(1)));
}

#[tokio::test]
async fn a_token_decides_who_may_publish_and_read() {
    let world = World::asking_for_tokens();
    world.fill("host/cpu", 1);
    world.fill("x", 1);
    let nobody = world.service.authorize(&Credentials::default(), NOW).unwrap_err();
    assert_eq!((nobody.http_status(), nobody.code), (401, ErrorCode::Unauthorized));
    let header = format!("Bearer {}", token(&agent(&["host/*"], &["x"])));
    let credentials = Credentials { authorization: Some(&header), protocols: None };
    let principal = world.service.authorize(&credentials, NOW).unwrap();
    let payer = Payer::new(&principal.name, None);
    let read = |name| world.service.http_history(&principal, &payer, name, NEWEST, NOW);
    assert!(read("host/cpu").await.is_ok());
    assert_eq!(read("x").await.unwrap_err().http_status(), 403);
    assert_eq!(read("nothing").await.unwrap_err().http_status(), 403, "what is there is not told either");
    let since = HistoryQuery::read([("since", "1")]).unwrap();
    let probed = world.service.http_history(&principal, &payer, "nothing", since, NOW).await.unwrap_err();
    assert_eq!(probed.http_status(), 403, "by whatever way one asks");
    let topics = world.service.http_topics(&principal, TopicsQuery::default(), NOW).await.unwrap().topics;
    assert_eq!(topics.iter().map(|entry| entry.topic.as_str()).collect::<Vec<_>>(), ["host/cpu"]);
    assert_eq!(
        world
            .service
            .http_topics(&principal, TopicsQuery::default(), NOW + 60_000)
            .await
            .unwrap_err()
            .http_status(),
        401
    );
    let late = world.service.authorize(&credentials, NOW + 60_000).unwrap_err();
    assert_eq!(late.code, ErrorCode::TokenExpired);
}

#[tokio::test]
async fn topics_are_listed_with_their_last_publication_and_metadata() {
    let world = World::open();
    post(&world, "b", &[("unit", "%")], b"[1, 2]").await.unwrap();
    world.fill("a", 1);
    let listed = world.service.http_topics(&Principal::local(), TopicsQuery::default(), NOW).await.unwrap();
    let listed = serde_json::to_value(listed).unwrap();
    assert_eq!(listed["topics"][0]["topic"], "a");
    assert_eq!(listed["topics"][1]["last"]["offset"], 2);
    assert_eq!(listed["topics"][1]["meta"], json!({"unit": "%"}));
}

#[tokio::test]
async fn topics_come_in_pages_of_bounded_size_that_together_are_all() {
    let world = World::open();
    let large = "x".repeat(20_000);
    for number in 0..120 {
        world.log.append_now(one(&format!("t{number:03}"), json!(large))).unwrap();
    }
    for limit in [None, Some(1), Some(7), Some(1_000_000)] {
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let query = TopicsQuery { after, limit };
            let page = world.service.http_topics(&Principal::local(), query, NOW).await.unwrap();
            assert!(serde_json::to_string(&page).unwrap().len() < limits::TOPICS_PAGE_BYTES * 11 / 10);
            assert!(limit.is_none_or(|limit| page.topics.len() <= limit as usize));
            names.extend(page.topics.iter().map(|entry| entry.topic.to_string()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(names, (0..120).map(|number| format!("t{number:03}")).collect::<Vec<_>>(), "{limit:?}");
    }
}

#[tokio::test]
async fn pages_of_topics_contain_only_what_the_token_allows_and_each_once() {
    let world = World::open();
    for name in ["a", "host/cpu", "host/net", "x/1", "x/2", "z"] {
        world.fill(name, 1);
    }
    let principal = agent(&["host/*", "x/*", "host/cpu"], &[]);
    let first = TopicsQuery { after: None, limit: Some(3) };
    let page = world.service.http_topics(&principal, first, NOW).await.unwrap();
    let names = |page: &backend_core::http::HttpTopics| -> Vec<String> {
        page.topics.iter().map(|entry| entry.topic.to_string()).collect()
    };
    assert_eq!(
        (names(&page), &page.next),
        (vec!["host/cpu".into(), "host/net".into(), "x/1".into()], &Some(topic("x/1")))
    );
    let rest = TopicsQuery { after: page.next, limit: Some(3) };
    let page = world.service.http_topics(&principal, rest, NOW).await.unwrap();
    assert_eq!((names(&page), page.next), (vec!["x/2".into()], None));
}

#[tokio::test]
async fn history_over_http_has_answers_of_bounded_size_that_together_are_all() {
    let world = World::open();
    let large = "x".repeat(20_000);
    for _ in 0..120 {
        world.log.append_now(one("x", json!(large))).unwrap();
    }
    let mut read = 0;
    while read < 120 {
        let page = get(&world, "x", &[("since", &read.to_string())]).await.unwrap();
        let items = page["items"].as_array().unwrap();
        assert!(page.to_string().len() < limits::HISTORY_BYTES * 11 / 10);
        assert_eq!((items[0]["offset"].as_u64(), page["recovered"].as_bool()), (Some(read + 1), Some(true)));
        read = items.last().unwrap()["offset"].as_u64().unwrap();
    }
    let newest = get(&world, "x", &[]).await.unwrap();
    assert!(newest.to_string().len() < limits::HISTORY_BYTES * 11 / 10);
    assert_eq!(newest["items"].as_array().unwrap().last().unwrap()["offset"], 120);
}

#[tokio::test]
async fn a_period_says_if_what_the_client_lacks_of_it_may_have_been_deleted() {
    let world = World::keeping(Keep { items: 5, ..Keep::PLENTY });
    world.fill("x", 10);
    let received = |offset: u64| (NOW + 1000 * offset as i64).to_string();
    let recovered = async |since: &str, from_ms: Option<u64>| {
        let (to_ms, from_ms) = (received(9), from_ms.map(received));
        let mut query = vec![("since", since), ("to_ms", &*to_ms)];
        query.extend(from_ms.as_deref().map(|from_ms| ("from_ms", from_ms)));
        let read = get(&world, "x", &query).await.unwrap();
        let first = read["items"][0]["offset"].as_u64().unwrap();
        (first, read["recovered"].as_bool().unwrap())
    };
    assert_eq!(recovered("filled:5", None).await, (6, true), "nothing is missing");
    assert_eq!(recovered("filled:2", None).await, (6, false), "3 to 5 were deleted");
    assert_eq!(recovered("filled:2", Some(4)).await, (6, false), "4 and 5 were deleted");
    assert_eq!(recovered("filled:2", Some(8)).await, (8, true), "what was deleted is older");
    assert_eq!(recovered("older:8", None).await, (6, false), "another log");
    let huge = format!("filled:{}", u64::MAX);
    assert_eq!(recovered(&huge, None).await, (6, false), "beyond the end of this log");
}

#[tokio::test]
async fn history_over_http_reads_on_from_a_position_or_an_offset() {
    let world = World::open();
    world.fill("x", 10);
    let offsets = |read: Value| -> Vec<u64> {
        read["items"].as_array().unwrap().iter().map(|item| item["offset"].as_u64().unwrap()).collect()
    };
    assert_eq!(offsets(get(&world, "x", &[]).await.unwrap()), (1..=10).collect::<Vec<_>>());
    assert_eq!(offsets(get(&world, "x", &[("limit", "2")]).await.unwrap()), [9, 10]);
    let paged = get(&world, "x", &[("since", "filled:4"), ("limit", "2")]).await.unwrap();
    assert_eq!(
        (offsets(paged.clone()), &paged["head"], &paged["recovered"]),
        (vec![5, 6], &json!(10), &json!(true))
    );
    assert_eq!(offsets(get(&world, "x", &[("since", "8")]).await.unwrap()), [9, 10]);
    let foreign = get(&world, "x", &[("since", "older:8"), ("limit", "1")]).await.unwrap();
    assert_eq!((offsets(foreign.clone()), &foreign["recovered"]), (vec![1], &json!(false)));
}

#[tokio::test]
async fn a_page_of_history_fits_a_frame_and_the_next_goes_on_from_it() {
    let world = World::open();
    world.fill("x", 2500);
    let client = world.connect("a").await;
    let (mut seen, mut at) = (Vec::new(), 0);
    while at < 2500 {
        let page = history(&world, &client, json!({"since": {"epoch": "filled", "offset": at}})).await;
        assert!(ServerMessage::History(page.clone()).to_json().len() <= limits::PACK_BYTES);
        assert_eq!((page.recovered, &page.head), (true, &Position::new(epoch(), 2500)));
        seen.extend(page.items.iter().map(|item| item.offset));
        assert!(seen.last() > Some(&at), "every page goes on");
        at = *seen.last().unwrap();
    }
    assert_eq!(seen, (1..=2500).collect::<Vec<_>>());
}

#[tokio::test]
async fn history_without_since_ends_with_the_newest() {
    let world = World::open();
    world.fill("x", 2500);
    let client = world.connect("a").await;
    let page = history(&world, &client, json!({})).await;
    assert_eq!((page.items.last().unwrap().offset, page.recovered), (2500, true));
    let page = history(&world, &client, json!({"limit": 3})).await;
    assert_eq!(page.items.iter().map(|item| item.offset).collect::<Vec<_>>(), [2498, 2499, 2500]);
    assert_eq!(history(&world, &client, json!({"limit": 0})).await.items.len(), 1);
}

#[tokio::test]
async fn history_that_is_no_longer_kept_is_told_as_lost() {
    let world = World::keeping(Keep::LITTLE);
    world.fill("x", 25);
    let client = world.connect("a").await;
    for (since, recovered) in [(14, false), (15, true)] {
        let page = history(&world, &client, json!({"since": {"epoch": "filled", "offset": since}})).await;
        assert_eq!((page.recovered, page.items[0].offset), (recovered, 16));
    }
}

#[tokio::test]
async fn history_goes_on_after_publications_that_were_lost_and_says_so() {
    let world = World::open();
    world.fill("x", 20);
    world.log.lose(&topic("x"), (4..=6).chain([9]));
    let client = world.connect("a").await;
    let (mut told, mut at) = (Vec::new(), 0);
    while at < 20 {
        let page = history(&world, &client, json!({"since": {"epoch": "filled", "offset": at}})).await;
        assert_eq!(page.head.offset, 20, "what is after a loss is not hidden");
        let first = page.items.first().unwrap().offset;
        at = page.items.last().unwrap().offset;
        told.push((first, at, page.recovered));
    }
    assert_eq!(told, [(1, 3, true), (7, 8, false), (10, 20, false)]);
    for (from, told) in [(2, (3, 3, true)), (3, (7, 8, false)), (5, (7, 8, false)), (6, (7, 8, true))] {
        let page = history(&world, &client, json!({"since": {"epoch": "filled", "offset": from}})).await;
        let offsets = page.items.iter().map(|item| item.offset);
        assert_eq!((offsets.clone().min().unwrap(), offsets.max().unwrap(), page.recovered), told, "{from}");
    }
}

#[tokio::test]
async fn history_of_a_period_without_since_ends_with_its_newest_even_after_a_loss() {
    let world = World::open();
    world.fill("x", 20);
    world.log.lose(&topic("x"), (4..=6).chain([9]));
    let client = world.connect("a").await;
    // Publication n is received n seconds after `NOW`.
    for (to, first, last) in [(21, 10, 20), (15, 10, 14), (9, 7, 8), (4, 1, 3)] {
        let page = history(&world, &client, json!({"from_ms": NOW + 1, "to_ms": NOW + 1000 * to})).await;
        let offsets: Vec<u64> = page.items.iter().map(|item| item.offset).collect();
        assert_eq!(offsets, (first..=last).collect::<Vec<_>>(), "before {to} s");
    }
}

#[tokio::test]
async fn publications_of_a_period_that_are_written_while_they_are_read_are_not_told_as_lost() {
    let world = World::open();
    world.fill("x", 20);
    let client = world.connect("a").await;
    for late in [1..=1, 4..=6, 19..=19] {
        world.log.write_late(&topic("x"), late.clone());
        let since = json!({"epoch": "filled", "offset": 0});
        let page = history(&world, &client, json!({"to_ms": NOW + 60_000, "since": since})).await;
        let offsets: Vec<u64> = page.items.iter().map(|item| item.offset).collect();
        assert_eq!((offsets, page.recovered), ((1..=20).collect::<Vec<_>>(), true), "{late:?}");
    }
}

#[tokio::test]
async fn history_of_what_one_may_not_read_or_nobody_wrote_is_refused() {
    let world = World::open();
    let client = world.connect_as("a", agent(&["host/*"], &[])).await;
    let ask = |name: &str| json!({"action": "history", "id": 4, "topic": name});
    assert_eq!(world.refused(&client, ask("x")).await.code, ErrorCode::Forbidden);
    let refused = world.refused(&client, ask("host/cpu")).await;
    assert_eq!((refused.id, refused.code), (Some(4), ErrorCode::UnknownTopic));
}

#[tokio::test]
async fn a_topic_is_deleted_only_with_permission_and_its_subscribers_are_told() {
    let world = World::open();
    post(&world, "old/x", &[], b"1").await.unwrap();
    let client = world.connect("a").await;
    world.subscribe(&client, "*").await;
    world.broadcast().await;
    world.received(&client);

    let publisher = agent(&["*"], &["*"]);
    let refused = world.service.http_forget(&publisher, "old/x", NOW).await.unwrap_err();
    assert_eq!((refused.code, refused.http_status()), (ErrorCode::Forbidden, 403));
    let keeper = Principal { forget: vec![filter("old/*")], ..agent(&[], &[]) };
    assert!(world.service.http_forget(&keeper, "new", NOW).await.is_err(), "it names other topics");
    let deleted = world.service.http_forget(&keeper, "old/x", NOW).await.unwrap();
    assert_eq!(serde_json::to_value(deleted).unwrap(), json!({"topic": "old/x"}));
    let again = world.service.http_forget(&keeper, "old/x", NOW).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::UnknownTopic);

    world.broadcast().await;
    let epoch = Epoch::from_random(0x1111_1111_1111_1111);
    let told = ServerMessage::Forgotten(Forgotten { topic: topic("old/x"), epoch });
    assert_eq!(world.received(&client), [told]);
}

const NEWEST: HistoryQuery =
    HistoryQuery { since: None, limit: None, from_ms: None, to_ms: None, step_ms: None };

async fn post(
    world: &World,
    name: &str,
    query: &[(&str, &str)],
    body: &[u8],
) -> Result<HttpPublished, Refusal> {
    let query = PublishQuery::read(query.iter().copied())?;
    world.service.http_publish(&Principal::local(), name, query, body, NOW).await
}

async fn get(world: &World, name: &str, query: &[(&str, &str)]) -> Result<Value, Refusal> {
    let query = HistoryQuery::read(query.iter().copied())?;
    let principal = Principal::local();
    let payer = Payer::new(&principal.name, None);
    let history = world.service.http_history(&principal, &payer, name, query, NOW).await?;
    Ok(serde_json::to_value(history).unwrap())
}

async fn history(world: &World, client: &backend_core::ports::ConnectionId, ask: Value) -> HistoryReply {
    let mut message = json!({"action": "history", "id": 4, "topic": "x"});
    message.as_object_mut().unwrap().extend(ask.as_object().unwrap().clone());
    match &world.say(client, message).await[..] {
        [ServerMessage::History(page)] => page.clone(),
        other => panic!("no history but {other:?}"),
    }
}
