//! The services listen at this machine only, and end with the emulator.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use test_support::soon;
use tokio::net::TcpStream;

use crate::app;
use crate::support::{Services, options};

/// Arguments with which this test program runs the services of an app.
const ARGUMENTS: [&str; 4] = ["--exact", "end::emulator", "--ignored", "--nocapture"];
/// Beginning of the line with the addresses of the services.
const ADDRESSES: &str = "addresses:";

#[test]
#[ignore = "not a test of its own: a process with services, which a test kills"]
fn emulator() {
    if std::env::var_os("TICKERTAPE_RUN_SERVICES").is_none() {
        return;
    }
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let services = Services::start(&app::stream("StartingPosition: LATEST"), &options()).await;
        let addresses = [services.endpoints.dynamodb, services.endpoints.sqs];
        let addresses: Vec<String> =
            addresses.into_iter().flatten().map(|address| address.to_string()).collect();
        println!("\n{ADDRESSES}{}", addresses.join(","));
        std::future::pending::<()>().await;
    });
}

#[tokio::test]
async fn the_services_end_even_if_the_emulator_is_killed() {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(ARGUMENTS).env("TICKERTAPE_RUN_SERVICES", "1").stdout(Stdio::piped());
    let mut emulator = command.spawn().expect("it starts");
    let output = std::io::BufReader::new(emulator.stdout.take().expect("its output"));
    let line = tokio::task::spawn_blocking(|| {
        use std::io::BufRead;
        output.lines().map_while(Result::ok).find_map(|line| line.strip_prefix(ADDRESSES).map(str::to_owned))
    });
    let line = soon(line).await.expect("a thread").expect("the addresses");
    let addresses: Vec<SocketAddr> =
        line.split(',').map(|address| address.parse().expect("an address")).collect();
    assert_eq!(addresses.len(), 2);
    for address in &addresses {
        TcpStream::connect(address).await.expect("the service listens");
    }
    emulator.kill().expect("it runs");
    emulator.wait().expect("it has ended");
    for address in addresses {
        until_closed(address).await;
    }
}

#[tokio::test]
async fn the_services_end_when_they_are_stopped() {
    let services = Services::start(&app::stream("StartingPosition: LATEST"), &options()).await;
    let addresses = [services.endpoints.dynamodb, services.endpoints.sqs];
    services.data.stop().await;
    for address in addresses.into_iter().flatten() {
        until_closed(address).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_services_listen_at_this_machine_only() {
    let services = Services::start(&app::stream("StartingPosition: LATEST"), &options()).await;
    let ports = [services.endpoints.dynamodb, services.endpoints.sqs]
        .map(|address| address.expect("both run").port());
    let mut found = 0;
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in std::fs::read_to_string(table).unwrap_or_default().lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            // The second field is the local address, and the fourth is the state: 0A is listening.
            let Some((address, port)) = fields[1].split_once(':') else { continue };
            let port = u16::from_str_radix(port, 16).expect("a port");
            if fields[3] == "0A" && ports.contains(&port) {
                // 127.0.0.1 or ::ffff:127.0.0.1, in groups of four bytes, the last byte first.
                assert!(address.ends_with("0100007F"), "{address}");
                found += 1;
            }
        }
    }
    assert_eq!(found, 2);
}

async fn until_closed(address: SocketAddr) {
    soon(async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}
