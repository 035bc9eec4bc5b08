//! Tests of `serve --frame-every`.

use serde_json::json;

use crate::support::Server;

#[test]
fn publications_between_two_frames_arrive_together_and_the_viewer_is_told_the_time() {
    let server = Server::start_with(&["--frame-every", "2s"]);
    let mut viewer = server.connect();
    viewer.say(&json!({"action": "subscribe", "id": 1, "filter": "*"}));
    assert_eq!(viewer.hear_type("subscribed")["limits"]["frame_every_ms"], 2_000);
    assert_eq!(server.post("/topics/a", "0").status, 200);
    assert_eq!(viewer.hear_data(), [("a".to_owned(), json!(0))], "the first one is sent at once");
    let sent: Vec<_> = (1..=20).map(|number| ("a".to_owned(), json!(number))).collect();
    for (_, number) in &sent {
        assert_eq!(server.post("/topics/a", number.to_string()).status, 200);
    }
    let (mut frames, mut received) = (0, Vec::new());
    while received.len() < sent.len() {
        received.extend(viewer.hear_data());
        frames += 1;
    }
    assert_eq!(received, sent);
    assert!(frames <= 3, "{frames} frames, although 20 requests take no 4 seconds");
}

#[test]
fn a_time_that_is_too_long_is_refused() {
    let output = crate::support::run("", &["serve", "--frame-every", "31s"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("at most 30 s"));
}
