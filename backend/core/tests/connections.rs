//! Tests the life of a connection: `$connect`, `ping`, `refresh`, `$disconnect`, removal of ended connections, numbers
//! of subscribers (occupancy), and the announcement of a shutdown.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod support;

use backend_core::event::Sender;
use backend_core::ports::{ConnectionId, Connections, PostError};
use backend_core::rates::RateLimits;
use backend_core::testing::Keep;
use backend_core::turns::HeadsInTurn;
use backend_core::{Access, Principal, Reply};
use serde_json::json;
use shared::server::{Condition, Conditions, Disconnect, Occupancy};
use shared::{DisconnectCode, ErrorCode, Millis, Position, ServerMessage, limits};
use support::*;

#[tokio::test]
async fn connecting_posts_nothing_and_echoes_our_protocol_only_when_asked() {
    let world = World::open();
    let id = ConnectionId::new("a");
    assert_eq!(world.handshake(&id, None, &["mqtt"]).await, Reply::ok());
    let reply = world.handshake(&id, None, &["mqtt", "tickertape.v1"]).await;
    assert_eq!(reply, Reply { status: 200, protocol: Some("tickertape.v1".into()) });
    assert_eq!(world.management.take_posts(), []);
    assert_eq!(*world.connections.get(&id, NOW).await.unwrap().unwrap().principal, Principal::local());
}

#[tokio::test]
async fn with_a_secret_nobody_connects_without_the_authorizer_or_too_late() {
    let world = World::asking_for_tokens();
    let id = ConnectionId::new("a");
    assert_eq!(world.handshake(&id, None, &[]).await, Reply::refused(401));
    let expired = Principal { expires_at: Some(NOW), ..agent(&["*"], &[]) };
    assert_eq!(world.handshake(&id, Some(expired), &[]).await, Reply::refused(401));
    assert_eq!(world.connections.get(&id, NOW).await.unwrap(), None);
    assert_eq!(world.handshake(&id, Some(agent(&["*"], &[])), &[]).await, Reply::ok());
}

#[tokio::test]
async fn a_store_that_fails_refuses_the_handshake() {
    let world = World::open();
    world.connections.set_broken(true);
    assert_eq!(world.handshake(&ConnectionId::new("a"), None, &[]).await, Reply::refused(503));
}

#[tokio::test]
async fn a_row_lives_as_long_as_the_connection_can_and_not_longer_than_its_token() {
    let world = World::open();
    for (principal, until) in
        [(Principal::local(), NOW + limits::CONNECTION_ROW_MS), (agent(&["*"], &[]), NOW + 60_000)]
    {
        let id = world.connect_as("a", principal).await;
        assert!(world.connections.get(&id, until - 1).await.unwrap().is_some());
        assert_eq!(world.connections.get(&id, until).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_connection_the_table_has_lost_is_told_to_come_back_and_closed() {
    let world = World::open();
    let id = ConnectionId::new("lost");
    world.management.connect(&id);
    let told = world.say(&id, json!({"action": "ping", "t": 1})).await;
    let [ServerMessage::Disconnect(told)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((told.code, told.reconnect), (DisconnectCode::LifetimeOver, true));
    assert_eq!(world.management.closed(), [id]);
}

#[tokio::test]
async fn disconnecting_forgets_that_connection_and_no_other() {
    let world = World::open();
    let (a, b) = (world.connect("a").await, world.connect("b").await);
    world.subscribe(&a, "x").await;
    world.subscribe(&b, "x").await;
    world.disconnect(&a).await;
    world.disconnect(&a).await;
    assert_eq!(world.connections.all(NOW).await.unwrap(), std::slice::from_ref(&b));
    assert_eq!(world.connections.subscribers_now(&topic("x"), NOW), [b]);
}

#[tokio::test]
async fn a_gone_connection_is_pruned_and_no_other() {
    let world = World::open();
    let (gone, slow, here) =
        (world.connect_long_ago("gone").await, world.connect("slow").await, world.connect("zhere").await);
    for id in [&gone, &slow, &here] {
        world.subscribe(id, "x").await;
    }
    world.management.vanish(&gone);
    world.management.fail(&slow, PostError::LimitExceeded);
    world.log.append_now(one("x", json!(1))).unwrap();
    let report = world.broadcast().await;
    assert_eq!((report.posts, report.gone, report.dropped, report.failed), (1, 1, 1, 0));
    assert_eq!(offsets(&world.received(&here)), [1]);
    assert_eq!(world.connections.subscribers_now(&topic("x"), NOW), [slow, here]);
    let stats = world.service.stats().snapshot();
    assert_eq!((stats.gone, stats.dropped, stats.connects), (1, 1, 3));
}

#[tokio::test]
async fn a_connection_reported_gone_just_after_connecting_is_kept() {
    let world = World::open();
    let id = world.connect("a").await;
    world.subscribe(&id, "x").await;
    world.management.vanish(&id);
    world.log.append_now(one("x", json!(1))).unwrap();
    assert_eq!(world.broadcast().await.gone, 1);
    assert_eq!(world.say(&id, json!({"action": "ping", "t": 1})).await, []);
    world.management.connect(&id);
    world.log.append_now(one("x", json!(2))).unwrap();
    assert_eq!(world.broadcast().await.posts, 1);
    assert_eq!(offsets(&world.received(&id)), [2]);
}

#[tokio::test]
async fn a_reply_to_who_is_gone_prunes_it() {
    let world = World::open();
    let id = world.connect_long_ago("a").await;
    world.management.vanish(&id);
    world.say(&id, json!({"action": "ping", "t": 1})).await;
    assert_eq!(world.connections.all(NOW).await.unwrap(), []);
}

#[tokio::test]
async fn a_pong_carries_both_clocks_and_the_ends_of_what_is_watched() {
    let world = World::open();
    world.fill("x/a", 3);
    world.fill("x/b", 1);
    world.fill("y", 9);
    let id = world.connect("a").await;
    world.subscribe(&id, "x/*").await;
    world.subscribe(&id, "x/a").await;
    let [ServerMessage::Pong(pong)] = &world.say(&id, json!({"action": "ping", "t": 17})).await[..] else {
        panic!("no pong")
    };
    assert_eq!((pong.t, pong.server_ts), (17, NOW));
    let ends: Vec<_> = pong.heads.iter().map(|(topic, end)| (topic.as_str(), end.clone())).collect();
    assert_eq!(ends, [("x/a", Position::new(epoch(), 3)), ("x/b", Position::new(epoch(), 1))]);
}

#[tokio::test]
async fn a_pong_about_many_topics_fits_a_frame_and_leaves_out_the_quiet_ones() {
    let world = World::open();
    for number in 0..2000 {
        world.fill(&format!("{}/{number:04}", "quiet".repeat(5)), 1);
    }
    world.fill("busy", 2);
    let id = world.connect("a").await;
    world.subscribe(&id, "*").await;
    let pong = world.say(&id, json!({"action": "ping", "t": 1})).await;
    assert!(pong[0].to_json().len() <= limits::PACK_BYTES);
    let ServerMessage::Pong(pong) = &pong[0] else { panic!("no pong") };
    assert!(pong.heads.len() > 200 && pong.heads.contains_key(&topic("busy")));
}

#[tokio::test]
async fn a_message_after_the_end_of_the_token_is_answered_with_the_end_of_the_connection() {
    let world = World::asking_for_tokens();
    let principal = agent(&["*"], &["*"]);
    let late = NOW + 60_000;
    let renewed = token(&Principal { expires_at: Some(late + 60_000), ..principal.clone() });
    for (number, message) in [
        json!({"action": "subscribe", "id": 1, "filter": "*"}),
        json!({"action": "publish", "id": 1, "topic": "x", "data": 1}),
        json!({"action": "ping", "t": 1}),
        json!({"action": "refresh", "id": 2, "token": renewed}),
    ]
    .into_iter()
    .enumerate()
    {
        let id = world.connect_as(&format!("client{number}"), principal.clone()).await;
        let sender = Sender { peer: None, token_ends_at: Some(late) };
        let told = world.say_as(&id, sender, &message.to_string(), late).await;
        let [ServerMessage::Disconnect(told)] = &told[..] else { panic!("{message}: {told:?}") };
        assert_eq!((told.code, told.reconnect), (DisconnectCode::TokenOver, false), "{message}");
        assert_eq!(world.management.closed().last(), Some(&id), "{message}");
    }
    assert_eq!(world.log.take_changes(), []);
}

#[tokio::test]
async fn nothing_is_sent_to_a_connection_whose_token_is_over() {
    let world = World::asking_for_tokens();
    let id = world.connect_as("a", agent(&["*"], &["*"])).await;
    world.subscribe(&id, "*").await;
    world.log.append_now(one("x", json!(1))).unwrap();
    let changes = world.log.take_changes();
    let report = world.service.broadcast(&changes, NOW + 60_000).await.unwrap();
    assert_eq!((report.posts, world.received(&id)), (0, vec![]));
}

#[tokio::test]
async fn a_new_token_before_the_end_of_the_old_one_keeps_the_connection() {
    let world = World::asking_for_tokens();
    let principal = agent(&["*"], &["*"]);
    let id = world.connect_as("a", principal.clone()).await;
    let (soon, late) = (NOW + 59_999, NOW + 60_000);
    let renewed = token(&Principal { expires_at: Some(late + 60_000), ..principal });
    let refresh = json!({"action": "refresh", "id": 2, "token": renewed}).to_string();
    let told = world.say_at(&id, &refresh, soon).await;
    assert!(matches!(&told[..], [ServerMessage::Refreshed(told)] if told.expires_at == Some(late + 60_000)));
    let publish = json!({"action": "publish", "id": 3, "topic": "x", "data": 1}).to_string();
    assert!(matches!(&world.say_at(&id, &publish, late).await[..], [ServerMessage::Published(_)]));
}

#[tokio::test]
async fn every_kind_of_request_is_charged_to_its_principal_at_its_address() {
    let kinds = [
        json!({"action": "subscribe", "id": 1, "filter": "x"}),
        json!({"action": "unsubscribe", "id": 1, "filter": "x"}),
        json!({"action": "history", "id": 1, "topic": "x"}),
        json!({"action": "ping", "t": 1}),
        json!({"action": "publish", "id": 1, "topic": "x", "data": 1}),
        json!({"action": "refresh", "id": 1, "token": "none"}),
        json!({"action": "nonsense"}),
    ];
    for kind in kinds {
        let world = World::with(Access::Open, Keep::PLENTY, |settings| {
            settings.rates = RateLimits { requests_per_second: 10, ..RateLimits::default() };
        });
        let (flood, other) = (world.connect("flood").await, world.connect("other").await);
        let at = |last: u8| Sender { peer: Some([192, 0, 2, last].into()), token_ends_at: None };
        let is_limited = |told: &[ServerMessage]| matches!(told, [ServerMessage::Error(error)] if error.code == ErrorCode::RateLimited);
        let text = kind.to_string();
        let mut limited = 0;
        for _ in 0..30 {
            limited += usize::from(is_limited(&world.say_as(&flood, at(1), &text, NOW).await));
        }
        assert_eq!(limited, 10, "{kind}: a burst is twice the rate");
        assert!(!is_limited(&world.say_as(&other, at(2), &text, NOW).await), "{kind}");
    }
}

#[tokio::test]
async fn a_ping_copies_no_publications_and_reads_a_bounded_number_of_topics_in_turn_where_that_costs() {
    let world = World::with(Access::Open, Keep::PLENTY, |settings| {
        settings.heads_in_turn = Some(HeadsInTurn { max_age_ms: 1000, topics: 2, readings_per_second: 1000 });
    });
    for name in ["a", "b", "c"] {
        world.fill(name, 1);
    }
    let id = world.connect("viewer").await;
    world.subscribe(&id, "*").await;
    let heads = async |at: Millis| -> Vec<String> {
        let told = world.say_at(&id, &json!({"action": "ping", "t": 1}).to_string(), at).await;
        let [ServerMessage::Pong(pong)] = &told[..] else { panic!("{told:?}") };
        pong.heads.keys().map(ToString::to_string).collect()
    };
    assert_eq!(heads(NOW).await, ["a", "b"]);
    world.log.append_now(one("c", json!(2))).unwrap();
    assert_eq!(heads(NOW + 999).await, ["a", "b"], "known from a moment ago");
    assert_eq!(heads(NOW + 1000).await, ["c"]);
    assert_eq!(heads(NOW + 2000).await, ["a", "b"], "and from the beginning");
}

#[tokio::test]
async fn a_new_token_for_somebody_else_or_from_elsewhere_changes_nothing() {
    let world = World::asking_for_tokens();
    let id = world.connect_as("a", agent(&["host/*"], &[])).await;
    let row = world.connections.get(&id, NOW).await.unwrap();
    let admin = token(&Principal { name: "admin".into(), ..agent(&["*"], &["*"]) });
    let old = token(&Principal { expires_at: Some(NOW), ..agent(&["*"], &[]) });
    for (token, code) in [
        (admin.as_str(), ErrorCode::Forbidden),
        ("x.y.z", ErrorCode::Unauthorized),
        (old.as_str(), ErrorCode::TokenExpired),
    ] {
        let refused = world.refused(&id, json!({"action": "refresh", "id": 2, "token": token})).await;
        assert_eq!((refused.id, refused.code), (Some(2), code));
    }
    assert_eq!(world.connections.get(&id, NOW).await.unwrap(), row);
}

#[tokio::test]
async fn a_narrower_token_ends_what_it_does_not_allow_and_says_so() {
    let world = World::asking_for_tokens();
    let id = world.connect_as("a", agent(&["*"], &[])).await;
    world.subscribe(&id, "host/cpu").await;
    world.subscribe(&id, "secret/*").await;
    let narrower = token(&agent(&["host/*"], &[]));
    let told = world.say(&id, json!({"action": "refresh", "id": 2, "token": narrower})).await;
    let [ServerMessage::Refreshed(_), ServerMessage::Error(lost)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((lost.id, lost.code), (None, ErrorCode::Forbidden));
    assert!(lost.message.contains("secret/*"), "{lost:?}");
    assert_eq!(world.connections.subscriptions(&id, NOW).await.unwrap(), [filter("host/cpu")]);
}

#[tokio::test]
async fn watchers_are_told_once_a_tick_how_many_they_are() {
    let world = World::open();
    let (a, b, c) = (world.connect("a").await, world.connect("b").await, world.connect("c").await);
    assert_eq!(world.subscribe(&a, "x/*").await.viewers, Some(1));
    assert_eq!(world.service.occupancy_due(NOW).await.unwrap().posts, 0, "alone, and knows it");
    assert_eq!(world.subscribe(&b, "x/*").await.viewers, Some(2));
    assert_eq!(world.subscribe(&c, "x/*").await.viewers, Some(3));
    assert_eq!(world.service.occupancy_due(NOW).await.unwrap().posts, 3);
    let three = ServerMessage::Occupancy(Occupancy { filter: filter("x/*"), viewers: 3 });
    assert_eq!(world.received(&a), [three]);
    assert_eq!(world.service.occupancy_due(NOW).await.unwrap().posts, 0);
    world.disconnect(&c).await;
    assert_eq!(world.service.occupancy_due(NOW).await.unwrap().posts, 2);
    let back = world.connect("d").await;
    world.subscribe(&back, "x/*").await;
    world.disconnect(&back).await;
    assert_eq!(world.service.occupancy_due(NOW).await.unwrap().posts, 0, "come and gone is no news");
}

#[tokio::test]
async fn without_a_count_of_viewers_no_number_is_sent() {
    let world = World::with(Access::Open, Keep::PLENTY, |settings| settings.counts_viewers = false);
    let (a, b) = (world.connect("a").await, world.connect("b").await);
    assert_eq!(world.subscribe(&a, "x").await.viewers, None);
    let told = world.say(&b, json!({"action": "subscribe", "id": 1, "filter": "x"})).await;
    assert!(!told[0].to_json().contains("viewers"), "{told:?}");
    world.disconnect(&b).await;
    assert_eq!(world.service.occupancy_due(NOW).await.unwrap(), Default::default());
    assert_eq!(world.received(&a), []);
}

#[tokio::test]
async fn an_announced_shutdown_gives_every_client_a_window_to_reconnect_in() {
    let world = World::open();
    let ids = [world.connect("a").await, world.connect("b").await, world.connect("c").await];
    let report = world.service.announce_shutdown(DisconnectCode::Shutdown, "back soon", NOW).await.unwrap();
    assert_eq!(report.posts, 3);
    for id in &ids {
        let told = Disconnect {
            code: DisconnectCode::Shutdown,
            reason: "back soon".into(),
            reconnect: true,
            window_ms: Some(13),
        };
        assert_eq!(world.received(id), [ServerMessage::Disconnect(told)]);
    }
}

#[tokio::test]
async fn an_announced_end_for_good_gives_no_window() {
    let world = World::open();
    let id = world.connect("a").await;
    world.service.announce_shutdown(DisconnectCode::Removed, "not here", NOW).await.unwrap();
    let [ServerMessage::Disconnect(told)] = &world.received(&id)[..] else { panic!("no disconnect") };
    assert_eq!((told.reconnect, told.window_ms), (false, None));
}

#[tokio::test]
async fn everybody_is_told_once_what_is_wrong_with_the_server_and_when_it_is_over() {
    let world = World::open();
    let before = world.connect("a").await;
    assert_eq!(world.subscribe(&before, "x").await.conditions, []);
    let full = |message: &str| vec![Condition { name: "disk_full".into(), message: message.into() }];
    world.service.set_conditions(full("3 MB are free"), NOW).await.unwrap();
    let told = |conditions| ServerMessage::Conditions(Conditions { conditions });
    assert_eq!(world.received(&before), [told(full("3 MB are free"))]);
    world.service.set_conditions(full("2 MB are free"), NOW).await.unwrap();
    assert_eq!(world.received(&before), [], "it is the same that is wrong");
    let later = world.connect("b").await;
    assert_eq!(world.subscribe(&later, "x").await.conditions, full("2 MB are free"));
    world.service.set_conditions(Vec::new(), NOW).await.unwrap();
    assert_eq!(world.received(&later), [told(Vec::new())]);
}

#[tokio::test]
async fn figures_of_what_is_wrong_are_told_again_every_ten_seconds_while_they_change() {
    let world = World::open();
    let viewer = world.connect("a").await;
    world.subscribe(&viewer, "x").await;
    let full =
        |free: i64| vec![Condition { name: "disk_full".into(), message: format!("{free} MB are free") }];
    let mut told = Vec::new();
    for second in 0..=30 {
        // The number stays the same from the 15th second on.
        let conditions = full(100 - second.min(15));
        world.service.set_conditions(conditions.clone(), NOW + second * 1000).await.unwrap();
        for message in world.received(&viewer) {
            assert_eq!(message, ServerMessage::Conditions(Conditions { conditions: conditions.clone() }));
            told.push(second);
        }
        assert_eq!(world.service.conditions(), conditions);
    }
    assert_eq!(told, [0, 10, 20]);
}
