//! Tests with a proxy between client and server. For some time, the proxy does not forward requests but answers them
//! itself, for instance with status 503, as proxies do while a server is being redeployed.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::json;

use crate::support::{Client, Server};

/// Answers of real proxies in place of a server that is being redeployed. The proxy of the test gives them in this
/// order.
const ANSWERS: [&str; 6] = [
    "404 Not Found",
    "403 Forbidden",
    "401 Unauthorized",
    "302 Found\r\nLocation: http://127.0.0.1:1/",
    "200 OK",
    "502 Bad Gateway",
];

struct Proxy {
    address: SocketAddr,
    /// The answers that the proxy has still to give, in reverse order. Each new connection gets the last one of the
    /// list.
    answers: Arc<Mutex<Vec<&'static str>>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy =
            Self { address: listener.local_addr().unwrap(), answers: Arc::default(), open: Arc::default() };
        let (answers, open) = (proxy.answers.clone(), proxy.open.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let answer = answers.lock().unwrap().pop();
                match answer {
                    Some(answer) => refuse(client, answer),
                    None => open.lock().unwrap().extend(relay(client, server)),
                }
            }
        });
        proxy
    }

    fn url(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    /// Closes every connection. Each of the next connections gets one of [`ANSWERS`], and later ones reach the server
    /// again.
    fn redeploy(&self) {
        *self.answers.lock().unwrap() = ANSWERS.iter().rev().copied().collect();
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn has_given_every_answer(&self) -> bool {
        self.answers.lock().unwrap().is_empty()
    }
}

fn refuse(mut client: TcpStream, answer: &str) {
    let mut request = [0; 4096];
    let _ = client.read(&mut request);
    let _ = write!(client, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

/// Passes bytes between client and server in both directions. Returns the two sockets, so that the caller can close them.
fn relay(client: TcpStream, server: SocketAddr) -> [TcpStream; 2] {
    let upstream = TcpStream::connect(server).unwrap();
    for (reader, writer) in [(&client, &upstream), (&upstream, &client)] {
        let (mut reader, mut writer) = (reader.try_clone().unwrap(), writer.try_clone().unwrap());
        thread::spawn(move || {
            let _ = io::copy(&mut reader, &mut writer);
            let _ = writer.shutdown(Shutdown::Both);
        });
    }
    [client, upstream]
}

#[test]
fn pipe_loses_no_line_while_a_proxy_answers_in_place_of_the_server() {
    let server = Server::start();
    let proxy = Proxy::before(server.address);
    let watch = Client::start(&server, &["watch", "lab/seq", "--json"]);
    watch.says("connected");
    let mut pipe = Client::start_at(&proxy.url(), &["pipe", "lab/seq", "--json"]);
    let mut stdin = pipe.stdin();
    for n in 1..=20 {
        writeln!(stdin, "{n}").unwrap();
    }
    for n in 1..=20 {
        assert_eq!(watch.line()["data"], n);
    }
    proxy.redeploy();
    for n in 21..=60 {
        writeln!(stdin, "{n}").unwrap();
    }
    drop(stdin);
    for n in 21..=60 {
        assert_eq!(watch.line()["data"], n);
    }
    assert!(proxy.has_given_every_answer());
    assert_eq!(pipe.line()["published"], json!(60));
    assert_eq!(pipe.ended(), 0);
}

#[test]
fn watch_fetches_what_was_published_while_a_proxy_answered_in_place_of_the_server() {
    let server = Server::start();
    let proxy = Proxy::before(server.address);
    let watch = Client::start_at(&proxy.url(), &["watch", "lab/a", "--json"]);
    watch.says("connected");
    server.post("/topics/lab/a", "1");
    assert_eq!(watch.line()["data"], 1);
    proxy.redeploy();
    server.post("/topics/lab/a", "[2, 3]");
    assert_eq!((watch.line()["data"].clone(), watch.line()["data"].clone()), (json!(2), json!(3)));
    assert!(proxy.has_given_every_answer());
}

#[test]
fn before_the_first_connection_another_servers_answer_ends_the_client_in_words() {
    let server = Server::start();
    let proxy = Proxy::before(server.address);
    proxy.redeploy();
    let output = crate::support::run(&proxy.url(), &["watch", "lab/a"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("404"), "{said}");
    assert!(!output.status.success());
}
