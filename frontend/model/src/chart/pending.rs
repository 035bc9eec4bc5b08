//! Fields without a number that came before the series they belong to. Depends on
//! [`super::moment`].

use super::moment::Moment;
use crate::field::Field;

/// Publications without a number that are remembered.
const MOST_PENDING: usize = 64;

/// Fields without a number, for series that appear later: their history may be loaded after them.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// Ascending by order: the name of the series, or none for every series, and the field.
    fields: Vec<(Option<String>, Moment, Field)>,
}

impl Pending {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    /// Keeps a field of the series `name`, or of every series.
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

    /// The fields of a new series. Those that concern no other are forgotten.
    pub fn of(&mut self, name: &str) -> Vec<(Moment, Field)> {
        let concerns = |kept: &Option<String>| kept.as_deref().is_none_or(|kept| kept == name);
        let found = self.fields.iter().filter(|(kept, ..)| concerns(kept));
        let found = found.map(|(_, moment, field)| (*moment, field.clone())).collect();
        self.fields.retain(|(kept, ..)| kept.as_deref() != Some(name));
        found
    }
}
