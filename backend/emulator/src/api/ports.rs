//! Ports for the addresses of function URLs and distributions.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

/// Number of ports that are tried before any free one is taken.
const TRIED: u16 = 100;

/// Ports of 127.0.0.1 after that of the APIs, so that addresses are the same in each run unless another program uses a port.
pub struct Ports {
    next: Option<u16>,
    last: u16,
}

impl Ports {
    /// Returns the ports after that of `listen`. If that is 0, which chooses a free port, all others are free ones as well.
    pub fn after(listen: SocketAddr) -> Self {
        let port = listen.port();
        Self { next: (port > 0).then(|| port.saturating_add(1)), last: port.saturating_add(TRIED) }
    }

    /// Binds the next port that is free.
    ///
    /// # Errors
    ///
    /// If there is no free port.
    pub async fn bind(&mut self) -> io::Result<TcpListener> {
        while let Some(port) = self.next {
            self.next = (port < self.last).then(|| port + 1);
            if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                return Ok(listener);
            }
        }
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn free() -> TcpListener {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port")
    }

    fn port(listener: &TcpListener) -> u16 {
        listener.local_addr().expect("an address").port()
    }

    #[tokio::test]
    async fn ports_follow_that_of_the_apis_and_used_ones_are_left_out() {
        let apis = free().await;
        let mut ports = Ports::after(apis.local_addr().expect("an address"));
        let first = ports.bind().await.expect("a port");
        let second = ports.bind().await.expect("a port");
        assert!(port(&first) > port(&apis) && port(&second) > port(&first), "{first:?} {second:?}");
    }

    #[tokio::test]
    async fn the_last_port_of_all_has_no_port_after_it() {
        let mut ports = Ports::after(SocketAddr::from((Ipv4Addr::LOCALHOST, u16::MAX)));
        assert_ne!(port(&ports.bind().await.expect("a port")), 0);
        assert_ne!(port(&ports.bind().await.expect("a port")), 0);
    }
}
