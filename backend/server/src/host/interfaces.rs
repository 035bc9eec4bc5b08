//! Decides which network interfaces are counted, so that no traffic is counted twice.

/// A network interface with its traffic since the previous snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Interface {
    pub(super) name: String,
    /// True if the operating system says that the interface belongs to a device, unlike a bridge, a bond or a tunnel.
    pub(super) has_device: bool,
    /// Name of the bond or bridge of which the interface is a member.
    pub(super) master: Option<String>,
    pub(super) in_bytes: u64,
    pub(super) out_bytes: u64,
}

/// Returns the bytes that were received and sent. What passes a virtual interface also passes the device below it, so only devices are
/// counted, or all interfaces if none is a device, as in a container. A device whose master is a device too, as with accelerated networking
/// of Hyper-V, is counted there.
pub(super) fn traffic(interfaces: &[Interface]) -> (u64, u64) {
    let outside: Vec<&Interface> =
        interfaces.iter().filter(|interface| !is_loopback(&interface.name)).collect();
    let is_device = |name: &str| outside.iter().any(|other| other.has_device && other.name == name);
    let has_devices = outside.iter().any(|interface| interface.has_device);
    let is_counted = |interface: &Interface| {
        !has_devices || (interface.has_device && !interface.master.as_deref().is_some_and(is_device))
    };
    let counted = outside.iter().filter(|interface| is_counted(interface));
    counted.fold((0, 0), |(in_bytes, out_bytes), interface| {
        (in_bytes + interface.in_bytes, out_bytes + interface.out_bytes)
    })
}

fn is_loopback(name: &str) -> bool {
    name == "lo" || name == "lo0" || name.starts_with("Loopback")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str, in_bytes: u64, out_bytes: u64) -> Interface {
        Interface { name: name.to_owned(), has_device: true, master: None, in_bytes, out_bytes }
    }

    fn virtual_one(name: &str, in_bytes: u64, out_bytes: u64) -> Interface {
        Interface { has_device: false, ..device(name, in_bytes, out_bytes) }
    }

    fn member(of: &str, interface: Interface) -> Interface {
        Interface { master: Some(of.to_owned()), ..interface }
    }

    #[test]
    fn traffic_that_passes_several_interfaces_is_counted_once() {
        for (machine, interfaces, expected) in [
            ("nothing", vec![], (0, 0)),
            ("one device", vec![virtual_one("lo", 5, 5), device("eth0", 10, 1)], (10, 1)),
            ("two devices", vec![device("eth0", 10, 1), device("wlan0", 20, 2)], (30, 3)),
            (
                "a container downloads",
                vec![
                    device("eth0", 10, 1),
                    virtual_one("docker0", 1, 10),
                    member("docker0", virtual_one("veth1a", 1, 10)),
                ],
                (10, 1),
            ),
            (
                "a bond",
                vec![
                    member("bond0", device("eth0", 10, 1)),
                    member("bond0", device("eth1", 20, 2)),
                    virtual_one("bond0", 30, 3),
                ],
                (30, 3),
            ),
            (
                "a bridge for virtual machines, a VLAN and a tunnel",
                vec![
                    member("br0", device("eth0", 10, 1)),
                    virtual_one("br0", 10, 1),
                    virtual_one("eth0.7", 4, 1),
                    virtual_one("wg0", 3, 1),
                ],
                (10, 1),
            ),
            (
                "a device below another device",
                vec![device("eth0", 10, 1), member("eth0", device("enP1s1", 9, 1))],
                (10, 1),
            ),
            ("in a container", vec![virtual_one("lo", 5, 5), virtual_one("eth0", 10, 1)], (10, 1)),
            ("macOS", vec![virtual_one("lo0", 5, 5), virtual_one("en0", 10, 1)], (10, 1)),
            (
                "Windows",
                vec![virtual_one("Loopback Pseudo-Interface 1", 5, 5), virtual_one("Ethernet", 10, 1)],
                (10, 1),
            ),
        ] {
            assert_eq!(traffic(&interfaces), expected, "{machine}");
        }
    }
}
