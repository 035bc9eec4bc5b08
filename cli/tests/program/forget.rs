//! Tests of `tickertape forget` and `DELETE /topics/{topic}`: who may delete what, and what viewers learn.

use crate::support::{Server, request, run};

#[test]
fn a_topic_is_deleted_and_begins_anew_and_viewers_are_told() {
    let server = Server::start();
    server.post("/topics/kitchen/temp", "21.5");
    server.post("/topics/kitchen/old", "1");
    let mut viewer = server.watch("*");
    let output = run(&server.ws(), &["forget", "kitchen/temp"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "deleted kitchen/temp\n");
    let told = viewer.hear_type("forgotten");
    assert_eq!(told["topic"], "kitchen/temp");
    assert_eq!(server.get("/topics/kitchen/temp").error().0, 404);
    assert_eq!(server.get("/topics").json()["topics"].as_array().unwrap().len(), 1);

    let again = server.post("/topics/kitchen/temp", "22").json();
    assert_eq!(again["offset"], 1);
    assert_ne!(again["epoch"], told["epoch"]);
    assert_eq!(request(server.address, "DELETE", "/topics/nobody", &[], b"").error().0, 404);
}

#[test]
fn several_topics_are_deleted_only_on_purpose() {
    let server = Server::start();
    for name in ["a/1", "a/2", "b"] {
        server.post(&format!("/topics/{name}"), "1");
    }
    let refused = run(&server.ws(), &["forget", "a/*"]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("2 topics would be deleted") && words.contains("--yes"), "{words}");
    assert!(run(&server.ws(), &["forget", "a/*", "--yes"]).status.success());
    let left = server.get("/topics").json();
    assert_eq!(left["topics"].as_array().unwrap().len(), 1, "{left}");
    assert_eq!(left["topics"][0]["topic"], "b");
}
