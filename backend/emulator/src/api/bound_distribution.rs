//! Addresses of this machine for the distributions of an app.

use std::io;
use std::net::SocketAddr;

use serverless_app::{App, Distribution};
use tokio::net::TcpListener;

use crate::api::ports::Ports;

/// A distribution with an address of this machine, which is not served yet.
pub struct BoundDistribution {
    pub distribution: Distribution,
    pub listener: TcpListener,
    pub address: SocketAddr,
}

/// Binds an address for each distribution of the app.
///
/// # Errors
///
/// If there is no free port.
pub async fn bind(app: &App, ports: &mut Ports) -> io::Result<Vec<BoundDistribution>> {
    let mut bound = Vec::new();
    for distribution in &app.distributions {
        let listener = ports.bind().await?;
        let address = listener.local_addr()?;
        bound.push(BoundDistribution { distribution: distribution.clone(), listener, address });
    }
    Ok(bound)
}
