//! Tests of stopping a server.

use serde_json::json;

use crate::support::Server;

#[test]
fn viewers_are_told_sockets_close_with_1001_and_the_data_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    for signal in ["TERM", "INT"] {
        let mut server = Server::start_at("127.0.0.1:0", directory.path(), &[]);
        let mut viewer = server.watch("*");
        let published = server.post("/topics/a", "1").json();
        server.signal(signal);
        let farewell = viewer.hear_type("disconnect");
        assert_eq!((&farewell["code"], &farewell["reconnect"]), (&json!(3000), &json!(true)));
        assert!(farewell["window_ms"].is_u64(), "{farewell}");
        let close = viewer.hear_close().unwrap();
        assert_eq!((u16::from(close.code), close.reason.as_str()), (1001, "Going away"));
        drop(viewer);
        assert!(server.ended().0.success());
        let again = Server::start_at("127.0.0.1:0", directory.path(), &[]);
        let history = again.get("/topics/a").json();
        assert_eq!((&history["epoch"], &history["head"]), (&published["epoch"], &published["offset"]));
    }
}

#[test]
fn a_second_interrupt_does_not_wait_for_a_viewer_that_does_not_answer() {
    let mut server = Server::start();
    // This client never reads, so that it never answers the close frame.
    let _deaf = server.watch("*");
    server.signal("INT");
    server.says("Ctrl-C again");
    server.signal("INT");
    assert_eq!(server.ended().0.code(), Some(130));
}
