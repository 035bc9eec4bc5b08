//! Reads the clocks of this machine, and derives the current time from them.

use backend_core::trusted_time::{Reading, Times, Uptime};
use shared::Millis;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::app::App;

/// Returns the current time, in milliseconds since the Unix epoch. This is the time of the wall clock, or a later one if the wall
/// clock was set back.
pub fn now_ms(app: &App) -> Millis {
    times(app).now_ms
}

/// Reads the clocks, and returns the current time and the time for retention that the log computes from them.
pub fn times(app: &App) -> Times {
    app.log().time(Reading { wall_ms: wall_ms(), uptime: uptime() })
}

fn wall_ms() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX))
}

/// Returns the time since the machine started, including the time in which it was asleep, and a number that identifies this
/// start: the first 16 hexadecimal digits of the kernel's random `boot_id` (random(4)).
#[cfg(target_os = "linux")]
fn uptime() -> Option<Uptime> {
    use std::sync::OnceLock;

    static BOOT: OnceLock<Option<u64>> = OnceLock::new();
    let boot = BOOT.get_or_init(|| {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(16).collect();
        u64::from_str_radix(&digits, 16).ok()
    });
    let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let ms = since.tv_sec.saturating_mul(1_000).saturating_add(since.tv_nsec / 1_000_000);
    Some(Uptime { boot: (*boot)?, ms })
}

/// Returns `None`: on systems other than Linux, neither the standard library nor rustix can read the time since the
/// machine started.
#[cfg(not(target_os = "linux"))]
fn uptime() -> Option<Uptime> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_time_since_the_start_of_the_machine_is_read() {
        let (first, second) = (uptime().unwrap(), uptime().unwrap());
        assert_eq!(first.boot, second.boot);
        assert!(first.ms > 0 && second.ms >= first.ms);
    }
}
