//! Ports of debuggers.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};

/// Ports that were given to functions. Their programs do not listen before they start, so that the operating system does not know
/// them yet.
#[derive(Debug, Default)]
pub struct DebuggerPorts(BTreeSet<u16>);

impl DebuggerPorts {
    /// Returns the first port that is free and was not given before, of a hundred beginning with this one.
    pub fn give(&mut self, first: u16) -> u16 {
        let is_free =
            |port: &u16| !self.0.contains(port) && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
        let port = (first..first.saturating_add(100)).find(is_free).unwrap_or(first);
        self.0.insert(port);
        port
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_functions_have_different_ports_if_another_program_has_the_first_one() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let first = other.local_addr().expect("it is bound").port();
        let mut ports = DebuggerPorts::default();
        let given = [ports.give(first), ports.give(first.saturating_add(1))];
        assert!(given[0] != given[1] && !given.contains(&first), "{given:?}");
    }
}
