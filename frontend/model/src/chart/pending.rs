//! Keeps fields that are not numbers and that arrive before the first number of their series. Depends on
//! [`super::moment`].

use super::moment::Moment;
use crate::field::Field;

/// Maximum number of fields that are kept until their series exists.
const MOST_PENDING: usize = 64;

/// Fields that are not numbers (texts and nulls), kept until the series to which they belong exists. A series exists
/// only from its first number on, and the history that contains this number may be loaded after these fields.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// For each field: the name of its series (`None` if it belongs to every series), the times of its publication,
    /// and its content. They are in the order of the publications.
    fields: Vec<(Option<String>, Moment, Field)>,
}

impl Pending {
    /// Creates an empty list.
    pub const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    /// Keeps a field of the series `name`, or of every series if `name` is `None`. If there are too many fields, the
    /// oldest is dropped.
    pub fn keep(&mut self, name: Option<String>, moment: Moment, field: &Field) {
        let place = self.fields.partition_point(|(_, kept, _)| kept.order < moment.order);
        let mut same = self.fields[place..].iter().take_while(|(_, kept, _)| kept.order == moment.order);
        if same.any(|(kept, ..)| *kept == name) {
            return;
        }
        self.fields.insert(place, (name, moment, field.clone()));
        if self.fields.len() > MOST_PENDING {
            self.fields.remove(0);
        }
    }

    /// Returns the kept fields that belong to the series `name`, which has just been created. Drops those that belong
    /// to no other series.
    pub fn of(&mut self, name: &str) -> Vec<(Moment, Field)> {
        let concerns = |kept: &Option<String>| kept.as_deref().is_none_or(|kept| kept == name);
        let found = self.fields.iter().filter(|(kept, ..)| concerns(kept));
        let found = found.map(|(_, moment, field)| (*moment, field.clone())).collect();
        self.fields.retain(|(kept, ..)| kept.as_deref() != Some(name));
        found
    }
}
