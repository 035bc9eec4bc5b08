use std::time::Duration;

use backend_core::ports::{ConnectionId, Management, PostError};
use bytes::Bytes;

use crate::scripted::{Answer, Script, Scripted};
use test_support::soon;

const MESSAGE: Bytes = Bytes::from_static(b"{}");
/// A time that does not pass while a test runs.
const LONG: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_post_over_the_limit_is_retried_three_times() {
    let gateway = Scripted::open(|_| Answer::Status(429)).await;
    let posted = soon(gateway.management().post(&id("a="), MESSAGE)).await;
    assert_eq!(posted, Err(PostError::LimitExceeded));
    assert_eq!(gateway.requests(), 4);
}

#[tokio::test]
async fn a_post_that_succeeds_at_the_second_attempt_has_succeeded() {
    let gateway = Scripted::open(|number| Answer::Status(if number == 0 { 429 } else { 200 })).await;
    assert_eq!(soon(gateway.management().post(&id("a="), MESSAGE)).await, Ok(()));
    assert_eq!(gateway.requests(), 2);
}

#[tokio::test]
async fn only_posts_over_the_limit_are_retried() {
    let gateway = Scripted::open(|number| Answer::Status(if number < 10 { 429 } else { 200 })).await;
    let to: Vec<ConnectionId> = (0..30).map(|number| id(&format!("c{number}="))).collect();
    assert_eq!(soon(gateway.management().post_to_all(&to, MESSAGE)).await, []);
    assert_eq!(gateway.requests(), 40);
    let never = Scripted::open(|_| Answer::Status(429)).await;
    let failures = soon(never.management().post_to_all(&to, MESSAGE)).await;
    assert!(failures.iter().all(|(_, error)| *error == PostError::LimitExceeded));
    assert_eq!((failures.len(), never.requests()), (30, 120));
}

#[tokio::test]
async fn clients_that_read_slowly_delay_the_frames_of_a_broadcast_once() {
    let gateway = Scripted::open(|_| Answer::Status(429)).await;
    let management = gateway.management().with_full_for(LONG);
    for requests in [8, 10, 12] {
        let to = [id("a="), id("b=")];
        let failures = soon(management.clone().post_to_all(&to, MESSAGE)).await;
        assert!(failures.iter().all(|(_, error)| *error == PostError::LimitExceeded));
        assert_eq!((failures.len(), gateway.requests()), (2, requests));
    }
    soon(management.post_to_all(&[id("c=")], MESSAGE)).await;
    assert_eq!(gateway.requests(), 16, "posts to others are retried");
}

#[tokio::test]
async fn posts_are_retried_again_after_one_has_succeeded() {
    // All attempts of the first frame and of the third one fail, and the second frame is posted.
    let gateway = Scripted::open(|number| Answer::Status(if number == 4 { 200 } else { 429 })).await;
    let management = gateway.management().with_full_for(LONG);
    for (failed, requests) in [(1, 4), (0, 5), (1, 9)] {
        let failures = soon(management.post_to_all(&[id("a=")], MESSAGE)).await;
        assert_eq!((failures.len(), gateway.requests()), (failed, requests));
    }
}

#[tokio::test]
async fn permanent_errors_are_not_retried() {
    let scripts: [(Script, PostError); 2] =
        [(|_| Answer::Status(410), PostError::Gone), (|_| Answer::Status(413), PostError::TooLarge)];
    for (script, expected) in scripts {
        let gateway = Scripted::open(script).await;
        assert_eq!(soon(gateway.management().post(&id("a="), MESSAGE)).await, Err(expected));
        assert_eq!(gateway.requests(), 1);
    }
}

#[tokio::test]
async fn any_other_answer_is_reported_with_its_reason() {
    let scripts: [Script; 3] = [|_| Answer::Status(403), |_| Answer::Status(500), |_| Answer::HangUp];
    for script in scripts {
        let gateway = Scripted::open(script).await;
        let posted = soon(gateway.management().post(&id("a="), MESSAGE)).await;
        let Err(PostError::Failed { reason }) = posted else { panic!("{posted:?}") };
        assert!(reason.len() > 5, "{reason}");
    }
}

#[tokio::test]
async fn an_unreachable_gateway_is_reported() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/prod", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let management = backend_aws::Aws::local("http://127.0.0.1:9").management(&endpoint);
    let posted = soon(management.post(&id("a="), MESSAGE)).await;
    assert!(matches!(posted, Err(PostError::Failed { .. })), "{posted:?}");
}

#[tokio::test]
async fn a_client_that_stalls_delays_no_other_and_is_given_up() {
    let gateway =
        Scripted::open(|number| if number == 0 { Answer::Never } else { Answer::Status(200) }).await;
    let to: Vec<ConnectionId> = (0..200).map(|number| id(&format!("c{number}="))).collect();
    let failures = soon(gateway.management().post_to_all(&to, MESSAGE)).await;
    assert_eq!(failures.len(), 1);
    assert!(matches!(failures[0].1, PostError::Failed { .. }), "{failures:?}");
    assert_eq!(gateway.requests(), 200);
}

#[tokio::test]
async fn no_more_posts_are_concurrent_than_allowed() {
    let gateway = Scripted::open(|_| Answer::After(Duration::from_millis(5), 200)).await;
    let to: Vec<ConnectionId> = (0..40).map(|number| id(&format!("c{number}="))).collect();
    let management = gateway.management().with_posts_at_once(4);
    assert_eq!(soon(management.post_to_all(&to, MESSAGE)).await, []);
    assert_eq!((gateway.requests(), gateway.most_at_once()), (40, 4));
}

#[tokio::test]
async fn a_connection_is_used_again_and_opened_before_the_first_post() {
    let gateway = Scripted::open(|number| Answer::Status(if number == 1 { 410 } else { 200 })).await;
    let management = gateway.management();
    for _ in 0..2 {
        assert_eq!(soon(management.connect()).await, Ok(()));
    }
    assert_eq!(soon(management.post(&id("a="), MESSAGE)).await, Ok(()));
    assert_eq!(soon(management.post(&id("b="), MESSAGE)).await, Err(PostError::Gone));
    assert_eq!(soon(management.post(&id("a="), MESSAGE)).await, Ok(()));
    assert_eq!((gateway.requests(), gateway.connections()), (3, 1));
}

#[tokio::test]
async fn a_connection_that_was_closed_while_no_post_used_it_is_replaced() {
    let gateway = Scripted::open(|_| Answer::Last(200)).await;
    let management = gateway.management();
    for posts in 1..=3 {
        assert_eq!(soon(management.post(&id("a="), MESSAGE)).await, Ok(()));
        assert_eq!((gateway.requests(), gateway.connections()), (posts, posts));
        // The client learns a moment after the answer that the connection is closed.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_pauses_before_retries_double() {
    let gateway = Scripted::open(|_| Answer::Status(429)).await;
    let began = std::time::Instant::now();
    assert_eq!(soon(gateway.management().post(&id("a="), MESSAGE)).await, Err(PostError::LimitExceeded));
    // 100, 200 and 400 ms, each of which is shortened by up to a half.
    assert!(began.elapsed() >= Duration::from_millis(350), "{:?}", began.elapsed());
}

fn id(name: &str) -> ConnectionId {
    ConnectionId::new(name)
}
