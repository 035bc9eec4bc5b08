//! Parses the output of `sensors`. For each chip, it contains a line with the name, a line with the adapter, and a
//! line for each sensor.

use super::parts::quantity;
use crate::cell::Cell;
use crate::data::Data;
use crate::row::{Body, Row};
use crate::verdict::Read;

/// Names of buses, of which one is a part of the name of a chip: `isa` in `coretemp-isa-0000`.
const BUSES: [&str; 10] = ["isa", "pci", "acpi", "i2c", "virtual", "hid", "spi", "scsi", "mdio", "sdio"];

/// Parses the output of `sensors`. It stores the name of the last chip, to which the lines after it belong.
#[derive(Debug, Default)]
pub struct Sensors {
    /// Name of the chip to which the next lines belong; `None` before the first chip.
    chip: Option<String>,
}

impl Sensors {
    /// Parses a line such as `coretemp-isa-0000`, `Adapter: ISA adapter` or
    /// `Core 0:        +43.0°C  (high = +80.0°C, crit = +100.0°C)`. Returns `None` for any other line.
    pub fn read(&mut self, line: &str) -> Option<Read> {
        if is_chip(line) {
            self.chip = Some(line.to_owned());
            return Some(Read::Structure);
        }
        let chip = self.chip.clone()?;
        // The line names the adapter, or contains limits for which there was no room on the line of their sensor.
        if line.starts_with("Adapter: ") || line.trim_start().starts_with('(') && line.ends_with(')') {
            return Some(Read::Structure);
        }
        let (label, rest) = line.split_once(':')?;
        let rest = rest.trim();
        let (value, limits) = rest.split_at(rest.find('(').or_else(|| rest.find("  ")).unwrap_or(rest.len()));
        let value = value.trim();
        let is_limits =
            limits.trim().is_empty() || limits.trim_start().starts_with('(') || limits.contains("ALARM");
        let cell = match value {
            "N/A" | "FAULT" => Cell::Missing,
            "ALARM" | "OK" => Cell::Value(Data::Text(value.to_owned())),
            _ => quantity(value)?,
        };
        let path = vec![chip, label.trim().to_owned()];
        is_limits.then(|| Row { path, ..Row::alone(Body::Lone(cell)) }.into())
    }
}

/// Returns true if the line is the name of a chip, such as `coretemp-isa-0000`.
fn is_chip(line: &str) -> bool {
    let mut parts = line.rsplitn(3, '-');
    let (address, bus, name) = (parts.next(), parts.next(), parts.next());
    let is_address = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_hexdigit());
    let is_name = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
    // On an I2C bus, the address contains the number of the bus, too: `jc42-i2c-0-18`.
    let is_i2c = line.contains("-i2c-") && is_address(address.unwrap_or_default());
    is_i2c && !line.contains(char::is_whitespace)
        || (address.is_some_and(is_address)
            && bus.is_some_and(|bus| BUSES.contains(&bus))
            && name.is_some_and(is_name))
}
