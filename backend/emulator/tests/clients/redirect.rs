//! Connections to AWS, which are redirected to the emulator.

use serde_json::json;

use crate::desk::{Desk, nobody};
use crate::support::{Code, Language, node, python};

const TABLE_HOST: &str = "dynamodb.eu-west-1.amazonaws.com";

/// The ways by which programs in Node.js connect. Each is a function from an address to the text of the answer.
const NODE_CLIENTS: &str = r#"
const text = (message) => new Promise((resolve, reject) => {
  let body = ''
  message.on('data', (chunk) => (body += chunk)).on('end', () => resolve(body)).on('error', reject)
})
const get = (module, to) => new Promise((resolve, reject) => require(module).get(to, (message) => resolve(text(message))).on('error', reject))
const raw = (socket, host) => { socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`); return text(socket).then((all) => all.split('\r\n\r\n')[1]) }
const clients = {
  https: (host) => get('https', `https://${host}/`),
  agent: (host) => get('https', { host, port: 443, path: '/', agent: new (require('https').Agent)({ keepAlive: true }) }),
  fetch: (host) => fetch(`https://${host}/`).then((answer) => answer.text()),
  tls: (host) => new Promise((resolve, reject) => { const socket = require('tls').connect({ host, port: 443, servername: host }, () => resolve(raw(socket, host))).on('error', reject) }),
  http: (host) => get('http', `http://${host}/`),
  net: (host) => new Promise((resolve, reject) => { const socket = require('net').connect(80, host, () => resolve(raw(socket, host))).on('error', reject) }),
  lookup: async (host) => get('http', { host: (await require('dns').promises.lookup(host)).address, headers: { host }, path: '/' }),
}
exports.handler = async ([client, host]) => JSON.parse(await clients[client](host))
"#;

const PYTHON_CLIENTS: &str = r#"
import http.client, json, socket, ssl, urllib.request

def raw(connection, host):
    connection.sendall(f'GET / HTTP/1.1\r\nHost: {host}\r\n\r\n'.encode())
    received = b''
    while True:
        part = connection.recv(4096)
        if not part:
            return received.split(b'\r\n\r\n')[1]
        received += part

def https(host):
    return urllib.request.urlopen(f'https://{host}/').read()

def client(host):
    connection = http.client.HTTPSConnection(host)
    connection.request('GET', '/')
    return connection.getresponse().read()

def tls(host):
    connection = ssl.create_default_context().wrap_socket(socket.socket(), server_hostname=host)
    connection.connect((host, 443))
    return raw(connection, host)

def http_(host):
    return urllib.request.urlopen(f'http://{host}/').read()

def net(host):
    return raw(socket.create_connection((host, 80)), host)

def encoded(host):
    return raw(socket.create_connection((host.encode('ascii'), 80)), host)

def lookup(host):
    connection = socket.socket()
    connection.connect((socket.gethostbyname(host), 80))
    return raw(connection, host)

def handler(event, context):
    return json.loads({'https': https, 'client': client, 'tls': tls, 'http': http_, 'net': net, 'encoded': encoded, 'lookup': lookup}[event[0]](event[1]))
"#;

#[tokio::test]
async fn every_client_of_node_reaches_the_emulator_with_the_name_that_it_asked_for() {
    let desk = Desk::start().await;
    let authority = desk.authority().display().to_string();
    let function = node(NODE_CLIENTS).redirected(desk.port).env("NODE_EXTRA_CA_CERTS", &authority).run();
    for (client, tls) in [
        ("https", true),
        ("agent", true),
        ("fetch", true),
        ("tls", true),
        ("http", false),
        ("net", false),
        ("lookup", false),
    ] {
        let expected = json!({"host": TABLE_HOST, "tls": tls.then_some(TABLE_HOST)});
        assert_eq!(function.answer(json!([client, TABLE_HOST])).await, expected, "{client}");
    }
}

#[tokio::test]
async fn every_client_of_python_reaches_the_emulator_with_the_name_that_it_asked_for() {
    let desk = Desk::start().await;
    let authority = desk.authority().display().to_string();
    let function = python(PYTHON_CLIENTS).redirected(desk.port).env("SSL_CERT_FILE", &authority).run();
    for (client, tls) in [
        ("https", true),
        ("client", true),
        ("tls", true),
        ("http", false),
        ("net", false),
        ("encoded", false),
        ("lookup", false),
    ] {
        let expected = json!({"host": TABLE_HOST, "tls": tls.then_some(TABLE_HOST)});
        assert_eq!(function.answer(json!([client, TABLE_HOST])).await, expected, "{client}");
    }
}

#[tokio::test]
async fn certificates_are_still_checked() {
    let desk = Desk::start().await;
    // The certificate of the desk is for other names.
    let other = "sqs.eu-west-1.amazonaws.com";
    let authority = desk.authority().display().to_string();
    let function = node(NODE_CLIENTS).redirected(desk.port).env("NODE_EXTRA_CA_CERTS", &authority).run();
    let (error, _) = function.failure(json!(["https", other])).await;
    assert!(error.message.contains("does not match certificate"), "{}", error.message);
    let function = python(PYTHON_CLIENTS).redirected(desk.port).env("SSL_CERT_FILE", &authority).run();
    let (error, _) = function.failure(json!(["https", other])).await;
    assert!(error.message.contains("CERTIFICATE_VERIFY_FAILED"), "{}", error.message);
}

#[tokio::test]
async fn a_request_to_aws_never_leaves_the_machine_even_if_the_emulator_is_gone() {
    let port = nobody().port();
    let (error, _) = node(NODE_CLIENTS).redirected(port).run().failure(json!(["http", TABLE_HOST])).await;
    assert_eq!(error.message, format!("connect ECONNREFUSED 127.0.0.1:{port}"));
    let (error, _) = python(PYTHON_CLIENTS).redirected(port).run().failure(json!(["net", TABLE_HOST])).await;
    assert_eq!(error.error_type, "ConnectionRefusedError");
}

#[tokio::test]
async fn a_host_that_is_not_aws_is_reported_once_and_this_machine_is_not() {
    let port = nobody().port();
    let node = node(
        "exports.handler = async (url) => { for (let n = 0; n < 2; n++) await fetch(url).catch(() => {}) }",
    );
    let python = python(
        "import urllib.request
def handler(url, context):
    for _ in range(2):
        try:
            urllib.request.urlopen(url)
        except OSError:
            pass",
    );
    for code in [node, python] {
        let function = code.redirected(port).run();
        function.answer(json!("http://api.example.invalid/")).await;
        function.answer(json!(format!("http://localhost:{port}/"))).await;
        function.answer(json!("http://notamazonaws.com.invalid/")).await;
        function.line("TICKERTAPE_HOST notamazonaws.com.invalid").await;
        let reports: Vec<String> =
            function.all_lines().into_iter().filter(|line| line.starts_with("TICKERTAPE_HOST")).collect();
        let expected =
            ["api.example.invalid", "notamazonaws.com.invalid"].map(|host| format!("TICKERTAPE_HOST {host}"));
        assert_eq!(reports, expected);
    }
}

#[tokio::test]
async fn a_child_process_is_redirected_too() {
    let desk = Desk::start().await;
    let source = "exports.handler = async (host) => JSON.parse(require('child_process').execFileSync(process.execPath, ['-e',
        `require('http').get('http://${host}/', (m) => m.pipe(process.stdout))`]).toString())";
    let preload = concat!("--require=", env!("CARGO_MANIFEST_DIR"), "/clients/node/preload.cjs");
    let function = node(source).redirected(desk.port).env("NODE_OPTIONS", preload).run();
    assert_eq!(function.answer(json!(TABLE_HOST)).await["host"], TABLE_HOST);
}

#[tokio::test]
async fn the_users_own_sitecustomize_still_runs() {
    let files = [
        ("app.py", "import builtins\ndef handler(event, context):\n    return builtins.customized"),
        ("own/sitecustomize.py", "import builtins\nbuiltins.customized = True"),
    ];
    let code = Code::new(Language::Python, "app.handler", &files).redirected(nobody().port());
    let path =
        format!("{}:{}/own", concat!(env!("CARGO_MANIFEST_DIR"), "/clients/python"), code.folder().display());
    assert_eq!(code.env("PYTHONPATH", &path).run().answer(json!({})).await, true);
}
