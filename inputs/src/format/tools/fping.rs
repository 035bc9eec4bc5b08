//! Parses the output of fping: the answers of each target. The totals at the end of the output are recognised, but
//! not published.

use super::parts::{in_unit, quantity};
use crate::cell::Cell;
use crate::data::Data;
use crate::row::Row;
use crate::verdict::Read;

/// Name of the field that contains the target. The field is published as long as there is only one target.
const TARGET: &str = "target";

/// Parses a line such as `192.0.2.7 : [0], 64 bytes, 0.056 ms (0.056 avg, 0% loss)` or
/// `…, timed out (NaN avg, 100% loss)`.
pub fn read(line: &str) -> Option<Read> {
    let (target, rest) = line.split_once(" : ")?;
    let target = target.trim();
    if target.is_empty() || target.contains(char::is_whitespace) {
        return None;
    }
    if rest.starts_with("xmt/rcv/%loss = ") {
        return Some(Read::Structure);
    }
    let (number, rest) = rest.strip_prefix('[')?.split_once("], ")?;
    number.parse::<u64>().ok()?;
    let (answer, totals) = rest.strip_suffix(')')?.split_once(" (")?;
    let mut fields = vec![(TARGET.to_owned(), Cell::Value(Data::Text(target.to_owned())))];
    match answer {
        "timed out" => {}
        answer => fields.push(("time".to_owned(), quantity(answer.split_once(" bytes, ")?.1)?)),
    }
    let (average, loss) = totals.split_once(" avg, ")?;
    // If no answer has arrived yet, there is no average.
    fields.extend(in_unit(average, "ms").map(|average| ("average".to_owned(), average)));
    fields.push(("loss".to_owned(), quantity(loss.strip_suffix(" loss")?)?));
    let row = Row::fields(fields);
    Some(Row { path: vec![target.to_owned()], key_column: Some(TARGET.to_owned()), ..row }.into())
}
