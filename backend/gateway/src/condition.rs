//! Reads and evaluates the conditions of policies ("IAM JSON policy elements: Condition operators", "AWS condition keys that can be
//! used in API Gateway resource policies").

use std::net::IpAddr;

use serde_json::Value;

use crate::date;
use crate::glob::glob;

/// Condition keys that exist only in signed requests or for private APIs, in lower case. A handshake with an authorizer has none of
/// them.
const ABSENT: [&str; 13] = [
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltype",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tokenissuetime",
    "aws:userid",
    "aws:username",
    "aws:vpcsourceip",
];
/// Beginning of the keys for tags of the principal, in lower case. They exist only in signed requests.
const PRINCIPAL_TAG: &str = "aws:principaltag/";

/// The facts about a handshake that conditions are compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// Address of the client (`aws:SourceIp`).
    pub source_ip: IpAddr,
    /// Time of the handshake, in milliseconds since the Unix epoch (`aws:CurrentTime`, `aws:EpochTime`).
    pub now_ms: u64,
    /// The header `User-Agent` (`aws:UserAgent`).
    pub user_agent: Option<&'a str>,
    /// The header `Referer` (`aws:Referer`).
    pub referer: Option<&'a str>,
}

/// One key of an operator in a condition, such as `"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    operator: String,
    key: String,
    values: Vec<String>,
}

/// The value of a condition key.
enum Fact {
    Known(String),
    /// The handshake does not have the key.
    Absent,
    /// It is not known here what AWS compares.
    Unknown,
}

#[derive(Clone, Copy)]
enum Comparison {
    Equals { ignores_case: bool },
    Like,
    Number(Order),
    Date(Order),
    Bool,
    Address,
}

#[derive(Clone, Copy)]
enum Order {
    Equals,
    Less,
    LessOrEquals,
    Greater,
    GreaterOrEquals,
}

/// Reads the element `Condition` of a statement. Without it, the result is empty.
///
/// # Errors
///
/// A clause that says what IAM's grammar does not allow.
pub(crate) fn read(condition: Option<&Value>) -> Result<Vec<Condition>, String> {
    let operators = match condition {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(operators)) => operators,
        Some(_) => return Err("the Condition of a statement of its policy is not an object".into()),
    };
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let invalid =
            || format!("{operator} in a Condition of its policy is not an object of texts or lists");
        for (key, values) in keys.as_object().ok_or_else(invalid)? {
            let values = texts(values).ok_or_else(invalid)?;
            conditions.push(Condition { operator: operator.clone(), key: key.clone(), values });
        }
    }
    Ok(conditions)
}

/// Returns true if all conditions hold, and `None` if that depends on one that is not known here. Without conditions, returns true.
pub(crate) fn hold(conditions: &[Condition], facts: Facts<'_>) -> Option<bool> {
    let each: Vec<Option<bool>> = conditions.iter().map(|condition| condition.holds(facts)).collect();
    if each.contains(&Some(false)) {
        return Some(false);
    }
    (!each.contains(&None)).then_some(true)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        one => Some(vec![text(one)?]),
    }
}

impl Condition {
    /// Evaluates the condition. It holds if one of the values fits; with a negated operator, if none fits. A key that the handshake
    /// does not have fits no value.
    fn holds(&self, facts: Facts<'_>) -> Option<bool> {
        let (operator, or_absent) = match self.operator.strip_suffix("IfExists") {
            Some(operator) => (operator, true),
            None => (self.operator.as_str(), false),
        };
        let fact = match fact(&self.key, facts) {
            Fact::Known(fact) => Some(fact),
            Fact::Absent => None,
            Fact::Unknown => return None,
        };
        if operator == "Null" {
            let wants_absence = |value: &String| value.eq_ignore_ascii_case("true");
            return Some(self.values.iter().any(|value| wants_absence(value) == fact.is_none()));
        }
        let (comparison, is_negated) = comparison(operator)?;
        let Some(fact) = fact else { return Some(or_absent || is_negated) };
        let fits: Option<Vec<bool>> =
            self.values.iter().map(|value| fits(comparison, &fact, value)).collect();
        Some(fits?.contains(&true) != is_negated)
    }
}

/// Returns the value of a condition key. Names of keys have no case.
fn fact(key: &str, facts: Facts<'_>) -> Fact {
    let header = |value: Option<&str>| value.map_or(Fact::Absent, |value| Fact::Known(value.to_owned()));
    match key.to_ascii_lowercase().as_str() {
        "aws:sourceip" => Fact::Known(facts.source_ip.to_string()),
        "aws:currenttime" => Fact::Known(date::iso_8601(facts.now_ms)),
        "aws:epochtime" => Fact::Known((facts.now_ms / 1000).to_string()),
        "aws:securetransport" => Fact::Known("true".into()),
        "aws:useragent" => header(facts.user_agent),
        "aws:referer" => header(facts.referer),
        key if ABSENT.contains(&key) || key.starts_with(PRINCIPAL_TAG) => Fact::Absent,
        _ => Fact::Unknown,
    }
}

/// Returns the comparison of an operator, and true if the operator is negated.
fn comparison(operator: &str) -> Option<(Comparison, bool)> {
    let text = |ignores_case| Comparison::Equals { ignores_case };
    Some(match operator {
        "StringEquals" => (text(false), false),
        "StringNotEquals" => (text(false), true),
        "StringEqualsIgnoreCase" => (text(true), false),
        "StringNotEqualsIgnoreCase" => (text(true), true),
        "StringLike" => (Comparison::Like, false),
        "StringNotLike" => (Comparison::Like, true),
        "Bool" => (Comparison::Bool, false),
        "IpAddress" => (Comparison::Address, false),
        "NotIpAddress" => (Comparison::Address, true),
        _ => match (operator.strip_prefix("Date"), operator.strip_prefix("Numeric")) {
            (Some(order), _) => order_of(order).map(|(order, negated)| (Comparison::Date(order), negated))?,
            (_, Some(order)) => {
                order_of(order).map(|(order, negated)| (Comparison::Number(order), negated))?
            }
            (None, None) => return None,
        },
    })
}

fn order_of(name: &str) -> Option<(Order, bool)> {
    Some(match name {
        "Equals" => (Order::Equals, false),
        "NotEquals" => (Order::Equals, true),
        "LessThan" => (Order::Less, false),
        "LessThanEquals" => (Order::LessOrEquals, false),
        "GreaterThan" => (Order::Greater, false),
        "GreaterThanEquals" => (Order::GreaterOrEquals, false),
        _ => return None,
    })
}

/// Returns true if a fact fits the value of a policy, and `None` if one of them is not of the type that is compared.
fn fits(comparison: Comparison, fact: &str, value: &str) -> Option<bool> {
    match comparison {
        Comparison::Equals { ignores_case: false } => Some(fact == value),
        Comparison::Equals { ignores_case: true } => Some(fact.to_lowercase() == value.to_lowercase()),
        Comparison::Like => Some(glob(value, fact)),
        Comparison::Bool => Some(fact.eq_ignore_ascii_case(value)),
        Comparison::Number(order) => {
            Some(order.is_between(&fact.parse::<f64>().ok()?, &value.parse::<f64>().ok()?))
        }
        Comparison::Date(order) => Some(order.is_between(&instant(fact)?, &instant(value)?)),
        Comparison::Address => is_in_network(fact.parse().ok()?, value),
    }
}

impl Order {
    fn is_between<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equals => left == right,
            Self::Less => left < right,
            Self::LessOrEquals => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEquals => left >= right,
        }
    }
}

/// Parses a date or the seconds since the Unix epoch, as milliseconds since the Unix epoch.
fn instant(text: &str) -> Option<i64> {
    let seconds = || text.parse::<i64>().ok()?.checked_mul(1000);
    date::from_iso_8601(text).or_else(seconds)
}

/// Returns true if an address is in a network such as `192.0.2.0/24`, or is the address that `network` is. Returns `None` if
/// `network` is neither.
fn is_in_network(address: IpAddr, network: &str) -> Option<bool> {
    let (base, bits) = network.split_once('/').map_or((network, None), |(base, bits)| (base, Some(bits)));
    let (address, base, width) = match (address, base.parse::<IpAddr>().ok()?) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            (u128::from(address.to_bits()), u128::from(base.to_bits()), 32)
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => (address.to_bits(), base.to_bits(), 128),
        _ => return Some(false),
    };
    let bits: u32 = bits.map_or(Some(width), |bits| bits.parse().ok())?;
    let ignored = width.checked_sub(bits)?;
    Some((address ^ base).checked_shr(ignored).unwrap_or(0) == 0)
}

/// A client on this machine, in 1970, whose handshake has no header.
#[cfg(test)]
impl Default for Facts<'_> {
    fn default() -> Self {
        Self { source_ip: std::net::Ipv4Addr::LOCALHOST.into(), now_ms: 0, user_agent: None, referer: None }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FACTS: Facts<'_> = Facts {
        source_ip: IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7)),
        now_ms: 1_707_502_303_419,
        user_agent: Some("Robot/1.0"),
        referer: None,
    };

    #[track_caller]
    fn check(condition: Value, expected: Option<bool>) {
        let conditions = read(Some(&condition)).expect("a condition");
        assert_eq!(hold(&conditions, FACTS), expected, "{condition}");
    }

    #[test]
    fn the_address_of_the_client_is_compared_with_networks() {
        check(json!({}), Some(true));
        check(json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}), Some(true));
        check(json!({"IpAddress": {"aws:SourceIp": ["192.0.2.8", "2001:db8::/32"]}}), Some(false));
        check(json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/29"}}), Some(false));
        check(json!({"IpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}}), Some(true));
        check(json!({"IpAddress": {"aws:SourceIp": ["192.0.2.0/33"]}}), None);
    }

    #[test]
    fn the_time_is_compared_with_dates() {
        check(json!({"DateLessThan": {"aws:CurrentTime": ["2024-02-09T18:11:44Z"]}}), Some(true));
        check(json!({"DateGreaterThan": {"aws:CurrentTime": ["2024-02-10"]}}), Some(false));
        check(json!({"DateLessThan": {"aws:CurrentTime": "1707502304"}}), Some(true));
        let both = json!({"DateGreaterThan": {"aws:CurrentTime": ["2024-02-09T00:00:00Z"]}, "DateLessThan": {"aws:CurrentTime": ["2024-02-09T12:00:00Z"]}});
        check(both, Some(false));
        check(json!({"NumericLessThanIfExists": {"aws:EpochTime": ["1707502304"]}}), Some(true));
        check(json!({"NumericLessThanEquals": {"aws:EpochTime": 1_707_502_303}}), Some(true));
        check(json!({"DateGreaterThanEquals": {"aws:EpochTime": "2024-02-10"}}), Some(false));
    }

    #[test]
    fn a_negated_operator_holds_only_if_no_value_fits() {
        check(json!({"NumericNotEquals": {"aws:EpochTime": [1_707_502_303, 5]}}), Some(false));
        check(json!({"NumericNotEquals": {"aws:EpochTime": [4, 5]}}), Some(true));
        check(json!({"StringNotEquals": {"aws:UserAgent": ["a", "Robot/1.0"]}}), Some(false));
        check(json!({"StringNotLike": {"aws:UserAgent": "Browser/*"}}), Some(true));
    }

    #[test]
    fn headers_of_the_client_are_compared_as_text() {
        check(json!({"StringEquals": {"AWS:useragent": "Robot/1.0"}}), Some(true));
        check(json!({"StringEquals": {"aws:UserAgent": "robot/1.0"}}), Some(false));
        check(json!({"StringEqualsIgnoreCase": {"aws:UserAgent": "robot/1.0"}}), Some(true));
        check(json!({"StringLike": {"aws:UserAgent": ["Robot/?.0"]}}), Some(true));
    }

    #[test]
    fn an_absent_key_fits_nothing_unless_the_operator_permits_that() {
        check(json!({"StringLike": {"aws:Referer": "*"}}), Some(false));
        check(json!({"StringLikeIfExists": {"aws:Referer": "https://here.example/*"}}), Some(true));
        check(json!({"StringNotEquals": {"aws:Referer": "https://elsewhere.example/"}}), Some(true));
        check(json!({"Null": {"aws:Referer": "true"}}), Some(true));
        check(json!({"Null": {"aws:UserAgent": true, "aws:Referer": true}}), Some(false));
        check(json!({"StringEquals": {"aws:PrincipalTag/team": ["a"]}}), Some(false));
        check(json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}}), Some(false));
    }

    #[test]
    fn the_transport_is_secure_as_on_aws() {
        check(json!({"Bool": {"aws:SecureTransport": true}}), Some(true));
        check(json!({"Bool": {"aws:SecureTransport": "false"}}), Some(false));
    }

    #[test]
    fn other_conditions_are_not_known() {
        check(json!({"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}}), None);
        check(json!({"ForAnyValue:StringEquals": {"aws:UserAgent": ["a"]}}), None);
        check(json!({"DateLessThan": {"aws:CurrentTime": ["tomorrow"]}}), None);
        let one_is_false =
            json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1", "aws:UserAgent": "other"}});
        check(one_is_false, Some(false));
    }
}
