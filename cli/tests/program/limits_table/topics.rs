//! The limits of the number of topics and of producers, and of the list of topics.

use serde_json::{Value, json};
use shared::limits::{self, Limit};

use crate::support::{Guarded, Server, Socket};

pub fn producers_of_a_principal(server: &Server, most: usize) {
    let mut socket = server.connect();
    for number in 0..=most {
        let producer = json!({"id": format!("p{number}"), "seq": 1});
        socket.say(
            &json!({"action": "publish", "id": number, "topic": "crowd", "data": 1, "producer": producer}),
        );
    }
    for number in 0..=most {
        let answer = socket.hear();
        assert_eq!(answer["type"] == "error", number == most, "{answer}");
        if number == most {
            assert_eq!(answer["code"], 102);
        }
    }
}

pub fn producers(limit: &Limit) {
    let guarded = Guarded::start(&[]);
    let mut remembered = 0;
    for principal in ["a", "b", "c"] {
        let mut socket = guarded.connect(&["--publish", "*", "--sub", principal]);
        for number in 0..limits::PRODUCERS {
            let producer = json!({"id": format!("p{number}"), "seq": 1});
            socket.say(&json!({"action": "publish", "id": 1, "topic": "t", "data": 1, "producer": producer}));
            let answer = socket.hear();
            if answer["type"] == "error" {
                assert_eq!((&answer["code"], remembered), (&json!(102), limit.value), "{answer}");
                return;
            }
            remembered += 1;
        }
    }
    panic!("{remembered} producers were accepted");
}

pub fn of_a_server(limit: &Limit) {
    let server = Server::start();
    let made = make_topics(&mut server.connect(), usize::try_from(limit.value).unwrap() + 1);
    assert_eq!(made, (limit.value, vec![210]));
    assert_eq!(server.post("/topics/t/0", "2").status, 200, "the others go on");
}

pub fn of_a_principal(limit: &Limit) {
    let guarded = Guarded::start(&[]);
    let mut greedy = guarded.connect(&["--publish", "*", "--sub", "greedy"]);
    let made = make_topics(&mut greedy, usize::try_from(limit.value).unwrap() + 1);
    assert_eq!(made, (limit.value, vec![210]));
    let mut other = guarded.connect(&["--publish", "*", "--sub", "other"]);
    other.say(&json!({"action": "publish", "id": 1, "topic": "other", "data": 1}));
    assert_eq!(other.hear()["type"], "published");
}

/// Publishes to `count` topics `t/0`, `t/1` and so on. Returns the number of those that were accepted, and the codes of the errors.
fn make_topics(socket: &mut Socket, count: usize) -> (u64, Vec<u64>) {
    const AT_ONCE: usize = 500;
    let (mut made, mut refused) = (0, Vec::new());
    let numbers: Vec<usize> = (0..count).collect();
    for some in numbers.chunks(AT_ONCE) {
        for number in some {
            socket.say(&json!({"action": "publish", "id": 1, "topic": format!("t/{number}"), "data": 1}));
        }
        for _ in some {
            let answer = socket.hear();
            if answer["type"] == "published" {
                made += 1;
            } else {
                refused.push(answer["code"].as_u64().unwrap());
            }
        }
    }
    (made, refused)
}

pub fn topics_of_a_page(limit: &Limit) {
    let server = Server::start();
    let most = usize::try_from(limit.value).unwrap();
    assert_eq!(make_topics(&mut server.connect(), most + 5), (limit.value + 5, Vec::new()));
    let pages = pages(&server);
    assert_eq!(pages.iter().map(|page| topics(page).len()).collect::<Vec<_>>(), [most, 5]);
}

pub fn bytes_of_a_page(limit: &Limit) {
    let server = Server::start();
    let most = usize::try_from(limit.value).unwrap();
    let data = format!("\"{}\"", "x".repeat(24_000));
    let count = most / data.len() + 5;
    for number in 0..count {
        assert_eq!(server.post(&format!("/topics/large/{number}"), &data).status, 200);
    }
    let pages = pages(&server);
    assert!(pages.len() > 1 && pages.iter().all(|page| page.to_string().len() <= most + 100));
    assert_eq!(pages.iter().map(|page| topics(page).len()).sum::<usize>(), count);
}

fn topics(page: &Value) -> &[Value] {
    page["topics"].as_array().unwrap()
}

/// Returns all pages of `GET /topics`.
fn pages(server: &Server) -> Vec<Value> {
    let mut pages = vec![server.get("/topics").json()];
    while let Some(next) = pages.last().unwrap()["next"].as_str() {
        let page = server.get(&format!("/topics?after={next}")).json();
        pages.push(page);
    }
    pages
}
