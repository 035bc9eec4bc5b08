//! Copies bytes between a client's TLS connection and the server's socket.

use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, Interest, copy, split};
use tokio::time::{sleep, timeout};

use super::pair::Other;
use super::places::Places;

/// Time that a client has to close its side of a connection after it has been sent all that the server wrote.
const CLOSE: Duration = Duration::from_secs(5);
/// Time between two checks whether the server has closed a connection on which bytes are waiting.
const LOOK: Duration = Duration::from_secs(1);
/// Size of the buffer for bytes of the server, in bytes.
const BUFFER_BYTES: usize = 8 * 1024;

/// The TLS connection of a client, and the socket through which the decrypted bytes reach the server.
#[derive(Debug)]
pub struct Relay<C> {
    client: C,
    server: Other,
    leave: Leave,
}

/// The limits of a connection that the server has closed and that still has bytes for the client. The server does not count
/// this connection any more.
#[derive(Debug)]
pub struct Leave {
    /// The connections of this kind.
    pub places: Places,
    /// The address of the client.
    pub address: IpAddr,
    /// Maximum time until the client has received the rest and has closed its side.
    pub within: Duration,
}

impl<C: AsyncRead + AsyncWrite + Unpin> Relay<C> {
    /// Creates a relay that copies bytes between a client and the server.
    pub fn new(client: C, server: Other, leave: Leave) -> Self {
        Self { client, server, leave }
    }

    /// Copies bytes in both directions until both sides have closed. If the client closes first, the server can still send its
    /// response. If the server closes first, the client must close within [`CLOSE`] after it has been sent the rest. As long as the
    /// server has not closed, the server decides how long it waits for the client. After that, [`Leave`] does.
    pub async fn run(self) {
        let Self { client, server, leave } = self;
        let (from_client, to_client) = split(client);
        let (from_server, to_server) = server.into_split();
        let server: &Other = from_server.as_ref();
        let copying = async {
            let (mut up, mut down) =
                (pin!(requests(from_client, to_server)), pin!(answers(server, to_client)));
            tokio::select! {
                () = &mut up => down.await,
                () = &mut down => drop(timeout(CLOSE, up).await),
            }
        };
        tokio::select! {
            // Whatever can be copied without waiting is copied before the limits are applied.
            biased;
            () = copying => {}
            () = leave.end(server) => {}
        }
    }
}

impl Leave {
    /// Waits until the server has closed, and then for the time limit. Does not wait for the time limit if too many
    /// connections of this kind are open.
    async fn end(self, server: &Other) {
        closed(server).await;
        if let Some(_place) = self.places.take(self.address) {
            sleep(self.within).await;
        }
    }
}

/// Waits until the server has closed its socket, or its direction to the client. The end of the bytes alone does not show
/// this in time, because it is read only when the client has received the bytes before it.
async fn closed(server: &Other) {
    while server.ready(Interest::READABLE).await.is_ok_and(|ready| !ready.is_read_closed()) {
        // Bytes are waiting, so the next call returns at once.
        sleep(LOOK).await;
    }
}

/// Copies the client's bytes to the server until one of them closes, and then closes the direction to the server. An error is
/// treated like the end, because it means that one of the two sides has closed.
async fn requests(mut client: impl AsyncRead + Unpin, mut server: impl AsyncWrite + Unpin) {
    let _ = copy(&mut client, &mut server).await;
    let _ = server.shutdown().await;
}

/// Does the same as [`requests`] for the bytes of the server.
async fn answers(server: &Other, mut client: impl AsyncWrite + Unpin) {
    let _ = copy_answers(server, &mut client).await;
    let _ = client.shutdown().await;
}

async fn copy_answers(server: &Other, client: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match server.try_read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => client.write_all(&buffer[..read]).await?,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                client.flush().await?;
                server.readable().await?;
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, DuplexStream, duplex};
    use tokio::net::TcpStream;

    use super::super::pair;
    use super::*;
    use crate::limits::MostHandshakes;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    /// A time in which every test of this module has ended, unless something waits for ever.
    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(50);
    /// Fits the buffer of the server's socket, but not that of the client.
    const ANSWER_BYTES: usize = 6 * 1024;

    fn one_place() -> Places {
        Places::new(MostHandshakes { of_all: 1, of_address: 1 })
    }

    fn answer() -> Vec<u8> {
        (0..ANSWER_BYTES).map(|byte| byte as u8).collect()
    }

    /// Returns a relay, the client's end of it, and the socket of the server, into which an answer was written.
    async fn answered(places: &Places, within: Duration) -> (Relay<DuplexStream>, DuplexStream, TcpStream) {
        let (client, far) = duplex(1024);
        let (mut inner, other) = pair::connected().await.unwrap();
        inner.write_all(&answer()).await.unwrap();
        let leave = Leave { places: places.clone(), address: ADDRESS, within };
        (Relay::new(client, other, leave), far, inner)
    }

    #[tokio::test]
    async fn a_client_that_never_reads_is_left_some_time_after_the_server_has_closed() {
        // The server closes its socket, as after a time limit, or only its direction to the client, as a WebSocket does.
        for closes_both in [true, false] {
            for client_closes_first in [true, false] {
                let places = one_place();
                let (relay, mut far, mut inner) = answered(&places, SHORT).await;
                if client_closes_first {
                    far.shutdown().await.unwrap();
                }
                inner.shutdown().await.unwrap();
                let _open = (!closes_both).then_some(inner);
                let ended = timeout(LONG, relay.run()).await;
                assert!(ended.is_ok(), "both: {closes_both}, client first: {client_closes_first}");
                assert!(places.take(ADDRESS).is_some(), "its place is free again");
            }
        }
    }

    #[tokio::test]
    async fn a_client_that_never_reads_is_left_at_once_if_there_are_too_many_of_them() {
        let places = one_place();
        let _taken = places.take(ADDRESS).unwrap();
        let (relay, _far, inner) = answered(&places, LONG * 60).await;
        drop(inner);
        assert!(timeout(LONG, relay.run()).await.is_ok());
    }

    #[tokio::test]
    async fn a_client_that_reads_slowly_gets_all_that_the_server_wrote_before_it_closed() {
        let (relay, mut far, inner) = answered(&one_place(), LONG).await;
        drop(inner);
        let reading = async move {
            let (mut read, mut piece) = (Vec::new(), [0; 100]);
            loop {
                match far.read(&mut piece).await.unwrap() {
                    0 => return read,
                    bytes => read.extend_from_slice(&piece[..bytes]),
                }
                tokio::task::yield_now().await;
            }
        };
        let (read, ()) = timeout(LONG, async { tokio::join!(reading, relay.run()) }).await.unwrap();
        assert!(read == answer());
    }

    #[tokio::test]
    async fn a_server_that_has_not_closed_decides_itself_how_long_it_waits() {
        let places = one_place();
        let _taken = places.take(ADDRESS).unwrap();
        let (relay, mut far, inner) = answered(&places, Duration::ZERO).await;
        let mut running = pin!(relay.run());
        assert!(timeout(SHORT, &mut running).await.is_err(), "the relay has ended while the server waits");
        let mut read = vec![0; ANSWER_BYTES];
        let reading = async { far.read_exact(&mut read).await.map(drop) };
        tokio::select! {
            () = running.as_mut() => panic!("the relay has ended while the server waits"),
            result = timeout(LONG, reading) => result.unwrap().unwrap(),
        }
        assert!(read == answer());
        drop((far, inner));
        assert!(timeout(LONG, running).await.is_ok());
    }
}
