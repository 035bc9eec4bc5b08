//! Tests that read a log of which the server has lost a part.

use std::ops::RangeInclusive;

use futures_util::{SinkExt, StreamExt};
use shared::Epoch;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use super::*;
use crate::{ConnectOptions, Target};

/// Offset of the newest publication. Each publication was received at its offset in milliseconds.
const HEAD: u64 = 2_000;
/// Maximum number of publications in an answer.
const PAGE: usize = 300;

/// Connects to a server that has the log `e` without the publications in `lost`.
async fn conversation(lost: RangeInclusive<u64>) -> Conversation {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let stream = listener.accept().await.unwrap().0;
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        while let Some(Ok(Message::Text(text))) = socket.next().await {
            let ClientMessage::History(request) = serde_json::from_str(&text).unwrap() else {
                panic!("{text}")
            };
            let answer = ServerMessage::History(answer(request, &lost));
            socket.send(Message::text(answer.to_json())).await.unwrap();
        }
    });
    let target = Target::find(&ConnectOptions::new(url)).await.unwrap();
    Conversation::open(&target).await.unwrap()
}

/// Answers as the server does: with publications up to the next lost one, or from the one after those that are lost at the beginning.
fn answer(request: History, lost: &RangeInclusive<u64>) -> HistoryReply {
    let History { id, topic, since, limit, from_ms, .. } = request;
    let limit = limit.map_or(PAGE, |limit| PAGE.min(limit as usize));
    let asked = from_ms.map_or(1, Millis::unsigned_abs).max(1);
    let first = if lost.contains(&asked) { lost.end() + 1 } else { asked };
    let is_of_other_log =
        since.as_ref().is_some_and(|since| *since != at(since.offset) || since.offset > HEAD);
    let after = match &since {
        Some(_) if is_of_other_log => 0,
        Some(since) => since.offset,
        None => HEAD - limit as u64,
    };
    let is_after_loss = lost.contains(&(after + 1)) && *lost.end() >= first.saturating_sub(1);
    let offsets = (after.max(first - 1) + 1..=HEAD).skip_while(|offset| lost.contains(offset));
    let items = offsets.take_while(|offset| !lost.contains(offset)).take(limit).map(|offset| Publication {
        offset,
        ts: 0,
        received_at: offset.cast_signed(),
        data: 1.into(),
    });
    HistoryReply {
        id,
        topic,
        epoch: Epoch::new("e"),
        items: items.collect(),
        head: at(HEAD),
        recovered: since.is_none() || !(is_of_other_log || is_after_loss),
    }
}

fn at(offset: u64) -> Position {
    Position::new(Epoch::new("e"), offset)
}

fn gap(from: u64, to: u64) -> Gap {
    Gap { from: at(from), to: Some(at(to)) }
}

fn topic() -> Topic {
    Topic::new("a").unwrap()
}

fn offsets(range: &Range) -> Vec<u64> {
    range.items.iter().map(|item| item.offset).collect()
}

#[tokio::test]
async fn publications_before_and_after_lost_ones_are_read_and_the_lost_ones_are_a_gap() {
    let conversation = &mut conversation(1_400..=1_600).await;
    let topic = topic();
    for (first, range) in [
        (1_001, after(conversation, &topic, at(1_000), None).await),
        (1_001, newest(conversation, &topic, 1_000).await),
        (1_001, received_since(conversation, &topic, 1_001, None).await),
        (1_001, received_since(conversation, &topic, 500, Some(1_000)).await),
        // In steps of 500 publications, a step begins within the lost ones.
        (1, received_since(conversation, &topic, 0, None).await),
    ] {
        let range = range.unwrap();
        assert_eq!(offsets(&range), (first..=1_399).chain(1_601..=HEAD).collect::<Vec<_>>());
        assert_eq!((range.gaps, range.missing_before_ms), (vec![gap(1_399, 1_600)], None), "from {first}");
    }
}

#[tokio::test]
async fn deleted_publications_are_a_gap_after_a_position_and_named_by_time_in_a_period() {
    let conversation = &mut conversation(1..=900).await;
    let topic = topic();
    let since = |cutoff| Period { from_ms: Some(cutoff), to_ms: None };
    for (first, gaps, missing_before_ms, range) in [
        (901, vec![gap(10, 900)], None, after(conversation, &topic, at(10), None).await),
        (1_101, vec![], None, after(conversation, &topic, at(1_100), None).await),
        // Without a position and a period, everything that is kept is as requested.
        (901, vec![], None, newest(conversation, &topic, 1_500).await),
        (901, vec![], None, received_in(conversation, &topic, Period::default(), None).await),
        (901, vec![], Some(901), received_in(conversation, &topic, since(100), None).await),
        (901, vec![], Some(901), received_since(conversation, &topic, 100, Some(1_500)).await),
        (1_501, vec![], None, received_since(conversation, &topic, 100, Some(500)).await),
        (1_500, vec![], None, received_since(conversation, &topic, 1_500, None).await),
    ] {
        let range = range.unwrap();
        assert_eq!(offsets(&range), (first..=HEAD).collect::<Vec<_>>());
        assert_eq!((range.gaps, range.missing_before_ms), (gaps, missing_before_ms), "from {first}");
    }
}

#[tokio::test]
async fn a_position_that_is_not_in_the_log_is_followed_by_a_gap_and_the_whole_log() {
    let old = Position::new(Epoch::new("old"), 10);
    let replaced = Gap { from: old.clone(), to: None };
    let shortened = &mut conversation(1..=900).await;
    let range = after(shortened, &topic(), old, None).await.unwrap();
    assert_eq!((offsets(&range), range.epoch), ((901..=HEAD).collect::<Vec<_>>(), Epoch::new("e")));
    assert_eq!(range.gaps, [replaced, gap(0, 900)]);

    // No publication has the offset 0, so nothing is lost.
    let whole = &mut conversation(0..=0).await;
    let range = after(whole, &topic(), at(5_000), Some(1_000)).await.unwrap();
    assert_eq!((offsets(&range), range.gaps), ((1..=1_000).collect::<Vec<_>>(), vec![gap(HEAD, 5_000)]));
}
