//! Computes the limits of a server from the number of files and processors of its machine. For a server that imitates
//! AWS, the limits are the defaults of the gateway.

use std::net::IpAddr;
use std::time::Duration;

use apigw_websocket::{Limits, ServerSettings, TrustedProxies};
use shared::limits;

/// The set of limits that a server enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitsOf {
    /// The limits of API Gateway: a connection is closed after two hours, and at most 500 connections are accepted per
    /// second.
    Aws,
    /// Limits that depend on the machine of the server: on the number of files that it may open, and on its processors.
    Machine {
        /// Number of files that the process may have open at the same time; `None` if the number is unknown.
        open_files: Option<u64>,
        /// Number of processors.
        cores: usize,
    },
}

/// Maximum numbers of TLS handshakes in progress, and of TLS connections that the server has closed and whose clients have not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MostHandshakes {
    /// Maximum number for all clients together.
    pub of_all: usize,
    /// Maximum number for one address, or for the same first 64 bits of an IPv6 address, if no other address has any.
    pub of_address: usize,
}

/// Number of files that the process is assumed to be allowed to open if the real number is unknown.
const USUAL_FILES: usize = 4_096;
/// Number of open files that are set aside for the store, the page and the program itself.
const OTHER_FILES: usize = 64;
/// Number of open files that a TLS connection takes.
const FILES_OF_TLS: usize = 3;
/// Number of open files that a TLS connection takes after the server has closed it and before its client has.
const FILES_OF_LEAVING: usize = 2;
/// Number of TCP connections that a server always accepts, even if the operating system permits fewer files.
const LEAST_CONNECTIONS: usize = 16;

impl LimitsOf {
    /// Returns the limits for WebSockets, which the gateway enforces.
    pub fn gateway(self) -> Limits {
        let mut limits = Limits::default();
        let Self::Machine { cores, .. } = self else { return limits };
        let per_core = |rate: u32| rate.saturating_mul(u32::try_from(cores.max(1)).unwrap_or(u32::MAX));
        limits.life = Duration::from_millis(limits::SERVE_LIFE_MS);
        limits.connects_per_second = per_core(limits::CONNECTS_PER_CORE);
        limits.connects_per_second_of_principal = Some(per_core(limits::CONNECTS_OF_CLIENT_PER_CORE));
        limits.handshakes_per_second_of_address = Some(per_core(limits::HANDSHAKES_OF_ADDRESS_PER_CORE));
        limits.handshakes_of_address = Some(limits.handshakes / 2);
        limits.connections = self.sockets();
        limits.connections_of_principal = Some(limits.connections.div_ceil(limits::SOCKETS_SHARE));
        limits.queue_bytes = limits::QUEUE_BYTES;
        limits.queued_bytes_of_principal = Some(limits::QUEUED_BYTES_OF_CLIENT);
        limits.queued_bytes = Some(limits::QUEUED_BYTES);
        limits
    }

    /// Returns the settings of the HTTP server, which contain the limits for its TCP connections.
    pub fn http(self, trusted_proxies: &[IpAddr]) -> ServerSettings {
        let mut settings = ServerSettings::default();
        settings.header_read = Duration::from_millis(limits::HEADER_MS);
        settings.write = Duration::from_millis(limits::ANSWER_MS);
        settings.connections = self.http_connections();
        settings.connections_of_address = settings.connections.div_ceil(limits::HTTP_SHARE);
        settings.trusted_proxies = TrustedProxies::new(trusted_proxies.iter().copied());
        settings
    }

    /// Returns the limits of a server that accepts TLS connections itself. Such a connection takes three files: the client's socket
    /// and both ends of the one through which its bytes reach the server. A handshake in progress takes one more, and a connection that
    /// the server has closed and whose client has not takes two.
    pub fn with_tls(self) -> Self {
        match self {
            Self::Machine { cores, .. } => {
                let others = self.tls_handshakes().of_all + FILES_OF_LEAVING * self.tls_leaving().of_all;
                let files = self.files().saturating_sub(others) / FILES_OF_TLS;
                Self::Machine { open_files: u64::try_from(files).ok(), cores }
            }
            Self::Aws => Self::Aws,
        }
    }

    /// Returns the maximum numbers of TLS handshakes in progress: an eighth of the files.
    pub fn tls_handshakes(self) -> MostHandshakes {
        self.part_of_files(8)
    }

    /// Returns the maximum numbers of TLS connections that may wait for their clients after the server has closed them. Viewers cannot
    /// have the files that are set aside for these connections, so they are few: a sixty-fourth of the files.
    pub fn tls_leaving(self) -> MostHandshakes {
        self.part_of_files(64)
    }

    fn part_of_files(self, parts: usize) -> MostHandshakes {
        let of_all = (self.files() / parts).clamp(LEAST_CONNECTIONS, limits::TLS_HANDSHAKES);
        MostHandshakes { of_all, of_address: of_all.div_ceil(limits::TLS_SHARE) }
    }

    /// Returns the age at which the server closes a connection, in milliseconds.
    pub fn life_ms(self) -> u64 {
        match self {
            Self::Aws => limits::LIFE_MS,
            Self::Machine { .. } => limits::SERVE_LIFE_MS,
        }
    }

    /// Returns the age at which a client should replace its connection by a new one, in milliseconds.
    pub fn rotate_in_ms(self) -> u64 {
        match self {
            Self::Aws => backend_core::ROTATE_IN_MS,
            Self::Machine { .. } => limits::SERVE_ROTATE_MS,
        }
    }

    fn files(self) -> usize {
        match self {
            Self::Machine { open_files: Some(files), .. } => usize::try_from(files).unwrap_or(usize::MAX),
            Self::Machine { open_files: None, .. } => USUAL_FILES,
            Self::Aws => usize::MAX,
        }
    }

    /// Returns the maximum number of TCP connections that speak HTTP: a quarter of the files that may be open. A
    /// connection that has become a WebSocket (status 101) is not counted here any more.
    fn http_connections(self) -> usize {
        (self.files() / 4).clamp(LEAST_CONNECTIONS, limits::HTTP_CONNECTIONS)
    }

    fn sockets(self) -> usize {
        let others = self.http_connections() + OTHER_FILES;
        self.files().saturating_sub(others).clamp(LEAST_CONNECTIONS, limits::SOCKETS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_connections_together_fit_the_open_files() {
        for files in [256, 1024, 4096, 65_536, 1_048_576] {
            let limits = LimitsOf::Machine { open_files: Some(files), cores: 2 };
            let together = limits.http_connections() + limits.sockets();
            assert!(together < files as usize, "{together} connections with {files} files");
        }
    }

    #[test]
    fn all_connections_of_a_server_with_tls_fit_the_open_files() {
        for files in [1024, 4096, 65_536, 1_048_576] {
            let machine = LimitsOf::Machine { open_files: Some(files), cores: 2 };
            let limits = machine.with_tls();
            let connections = FILES_OF_TLS * (limits.http_connections() + limits.sockets());
            let (handshakes, leaving) = (machine.tls_handshakes().of_all, machine.tls_leaving().of_all);
            let together = handshakes + FILES_OF_LEAVING * leaving + connections;
            assert!(together < files as usize, "{together} with {files} files");
        }
        assert_eq!(LimitsOf::Aws.with_tls(), LimitsOf::Aws);
    }

    #[test]
    fn connections_that_wait_for_their_clients_take_little_from_viewers() {
        for files in [1024, 4096, 65_536, 1_048_576] {
            let machine = LimitsOf::Machine { open_files: Some(files), cores: 2 };
            let without = (files as usize - machine.tls_handshakes().of_all) / FILES_OF_TLS;
            let without = LimitsOf::Machine { open_files: u64::try_from(without).ok(), cores: 2 };
            let limits = machine.with_tls();
            assert!(limits.sockets() >= without.sockets() * 19 / 20, "sockets with {files} files");
            assert!(limits.http_connections() >= without.http_connections() * 19 / 20, "with {files} files");
            assert!(machine.tls_leaving().of_all >= 16 && machine.tls_leaving().of_address >= 2);
        }
    }

    #[test]
    fn a_client_has_a_part_of_everything_and_never_all() {
        let limits = LimitsOf::Machine { open_files: Some(1024), cores: 2 }.gateway();
        assert_eq!((limits.connections, limits.connections_of_principal), (704, Some(176)));
        assert!(limits.connects_per_second_of_principal < Some(limits.connects_per_second));
        assert!(limits.queued_bytes_of_principal < limits.queued_bytes);
        assert!(limits.handshakes_of_address < Some(limits.handshakes));
    }

    #[test]
    fn awss_limits_are_the_gateways_own() {
        assert_eq!(LimitsOf::Aws.gateway(), Limits::default());
        assert_eq!((LimitsOf::Aws.life_ms(), LimitsOf::Aws.rotate_in_ms()), (7_200_000, 6_600_000));
    }
}
