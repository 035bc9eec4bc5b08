use super::*;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

#[test]
fn every_public_item_is_listed_and_no_private_one() {
    let expected = "\
#[non_exhaustive] pub struct crate::Shown
crate::Shown::size: usize
crate::open::Answer::No
crate::open::Answer::No::reason: String
crate::open::Answer::Value
crate::open::Answer::Value::0: T
crate::open::Answer::Yes
impl Clone for crate::Shown
impl Debug for crate::Shown
impl From<Internal> for crate::Shown
pub async fn crate::open::Answer::get(self) -> Option<T> where T: Send [impl<T: Clone>]
pub const crate::LIMIT: usize
pub enum crate::open::Answer<T>
pub fn crate::Shown::size_of<'a, T: AsRef<str>>(&'a self, many_words: Vec<String>, more_words: Vec<String>, text: &'a T) -> Option<&'a str>
pub fn crate::build() -> Shown
pub fn crate::open::Ask::again(&self) (provided)
pub fn crate::open::Ask::ask(&self) -> impl Future<Output = Result<(), Self::Error>> + Send
pub mod crate::open
pub trait crate::open::Ask: Send + Sync
pub type crate::open::Ask::Error: std::error::Error
pub use crate::Shown as crate::open::Shown
pub use std::time::Duration as crate::Duration
";
    assert_eq!(text(FIXTURE), expected);
}

#[test]
fn differences_are_the_lines_of_one_side_only() {
    assert_eq!(differences("a\nb\n", "b\nc\n"), "- a\n+ c\n");
    assert_eq!(differences("a\n", "a\n"), "");
}
