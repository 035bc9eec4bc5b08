//! The part of the page's address that chooses the wall. Depends on [`super::length`] and [`super::rest`].

use super::length::millimetres;
use super::letters::{Letters, Screen};
use super::rest::Night;

/// Names of the parameters that belong to the wall.
const PARAMETERS: [&str; 3] = ["wall", "diagonal", "night"];
/// Distance of the readers in millimetres, if the address does not contain it.
const USUAL_DISTANCE_MM: f64 = 3_000.0;
/// Diagonal of the screen in millimetres, if the address does not contain it: 55 inches.
const USUAL_DIAGONAL_MM: f64 = 1_397.0;
/// Minimum and maximum distance of the readers, and of the diagonal of the screen, in millimetres.
const LENGTHS_MM: std::ops::RangeInclusive<f64> = 100.0..=200_000.0;

/// The settings of the wall: `?wall=4m&diagonal=55in&night=22-6`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setting {
    distance_mm: Option<f64>,
    diagonal_mm: Option<f64>,
    /// The hours in which the screen is darker; `None` if it is always equally bright.
    pub night: Option<Night>,
    /// Sentences about the values that are not valid, for the person who wrote the address.
    pub faults: Vec<String>,
    /// The parameters as they were written, without the question mark.
    text: String,
}

impl Setting {
    /// Reads the settings from the part of the page's address that begins with the question mark. Returns `None` if the
    /// address does not choose the wall.
    pub fn read(search: &str) -> Option<Self> {
        let (own, _) = split(search);
        let mut setting = Self { text: own.join("&"), ..Self::default() };
        let mut is_chosen = false;
        for part in own {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            is_chosen |= name == "wall";
            setting.set(name, value);
        }
        is_chosen.then_some(setting)
    }

    /// Returns the font sizes on this screen. `cap_em` is the capital height of the font as a multiple of its font size.
    pub fn letters(&self, screen: Screen, cap_em: f64) -> Letters {
        let (distance, diagonal) =
            (self.distance_mm.unwrap_or(USUAL_DISTANCE_MM), self.diagonal_mm.unwrap_or(USUAL_DIAGONAL_MM));
        Letters::new(screen, cap_em, distance, diagonal)
    }

    /// Returns the sentences about values that are not valid, as one text. It is empty if all are valid.
    pub fn words(&self) -> String {
        self.faults.iter().flat_map(|fault| [fault, " "]).collect()
    }

    /// Returns the address's part that begins with the question mark, with these settings.
    pub fn write(&self, search: &str) -> String {
        let own = if self.text.is_empty() { "wall" } else { &self.text };
        let (_, others) = split(search);
        joined(others.into_iter().chain([own]))
    }

    /// Returns the address's part that begins with the question mark, without the wall. It is empty if nothing else
    /// is in it.
    pub fn erase(search: &str) -> String {
        joined(split(search).1.into_iter())
    }

    fn set(&mut self, name: &str, value: &str) {
        let fault = match name {
            "wall" if value.is_empty() => None,
            "wall" => length(value, &mut self.distance_mm).then(|| {
                format!("wall={value} is not a distance. Write, for example, wall=4m or wall=13ft.")
            }),
            "diagonal" => length(value, &mut self.diagonal_mm).then(|| {
                format!(
                    "diagonal={value} is not a length. Write, for example, diagonal=55in or diagonal=140cm."
                )
            }),
            _ => {
                self.night = Night::read(value);
                let words = "is not a pair of hours. Write, for example, night=22-6.";
                self.night.is_none().then(|| format!("night={value} {words}"))
            }
        };
        self.faults.extend(fault);
    }
}

/// Stores the length that `value` names. Returns true if it names none, or one that is too short or too long.
fn length(value: &str, stored: &mut Option<f64>) -> bool {
    *stored = millimetres(value).filter(|length| LENGTHS_MM.contains(length));
    stored.is_none()
}

/// Splits the parameters of an address into those of the wall, and all others.
fn split(search: &str) -> (Vec<&str>, Vec<&str>) {
    let parts = search.trim_start_matches('?').split('&').filter(|part| !part.is_empty());
    parts.partition(|part| PARAMETERS.contains(&part.split_once('=').map_or(*part, |(name, _)| name)))
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<&str> = parts.collect();
    if parts.is_empty() { String::new() } else { "?".to_owned() + &parts.join("&") }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SCREEN: Screen = Screen { width: 3_840.0, height: 2_160.0 };

    fn text_px(search: &str) -> f64 {
        Setting::read(search).unwrap().letters(SCREEN, 0.729).text_px
    }

    #[test]
    fn the_distance_and_the_diagonal_determine_the_size_of_text() {
        assert_eq!(text_px("?wall=4m&diagonal=55in"), 81.0);
        assert_eq!(text_px("?wall=4m"), 81.0, "55 inches are usual");
        assert_eq!(text_px("?diagonal=110in&wall=4m"), 41.0);
        assert_eq!(text_px("?wall"), text_px("?wall=3m"));
    }

    #[test]
    fn an_address_without_the_wall_chooses_none() {
        for search in ["", "?", "?demo", "?diagonal=55in", "?wallpaper=1"] {
            assert_eq!(Setting::read(search), None, "{search}");
        }
    }

    #[test]
    fn a_wrong_value_gets_a_sentence_and_the_others_still_count() {
        let setting = Setting::read("?wall=4&diagonal=0.01in&night=25-6").unwrap();
        assert_eq!(
            setting.faults,
            [
                "wall=4 is not a distance. Write, for example, wall=4m or wall=13ft.",
                "diagonal=0.01in is not a length. Write, for example, diagonal=55in or diagonal=140cm.",
                "night=25-6 is not a pair of hours. Write, for example, night=22-6.",
            ]
        );
        let setting = Setting::read("?wall=4x&night=22-6").unwrap();
        assert!(setting.night.is_some() && setting.faults.len() == 1);
    }

    #[test]
    fn switching_the_wall_changes_no_other_part_of_the_address() {
        let search = "?demo=a.ttr&wall=4m&x=1&night=22-6";
        let setting = Setting::read(search).unwrap();
        assert_eq!(Setting::erase(search), "?demo=a.ttr&x=1");
        assert_eq!(setting.write("?demo=a.ttr&x=1"), "?demo=a.ttr&x=1&wall=4m&night=22-6");
        assert_eq!(Setting::erase("?wall=4m"), "");
        assert_eq!(Setting::default().write(""), "?wall");
    }
}
