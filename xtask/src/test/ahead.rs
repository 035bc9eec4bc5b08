//! Builds ahead: what later suites need is built while earlier suites run.
//!
//! Many tests wait, for a time-out or a process, and leave the processor idle. A build at the lowest priority uses this time,
//! and hardly delays a test.

use crate::deploy;
use crate::error::TaskError;
use crate::page;
use crate::project::{Priority, Project};
use crate::tools::{self, PageTools};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Something that a later suite needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// The web page.
    Page,
    /// The Lambda functions for AWS.
    Functions,
}

/// The products that are being built, in the order in which suites need them.
pub struct Ahead {
    built: Mutex<Receiver<Product>>,
}

impl Ahead {
    /// Installs the tools for all products, and starts to build the products.
    pub fn start(project: &Project) -> Result<Self, TaskError> {
        let page_tools = PageTools::set_up(project)?;
        tools::cargo_lambda(project)?;
        let (sender, built) = channel();
        let background = project.with_priority(Priority::Lowest);
        thread::spawn(move || build(&background, &page_tools, &sender));
        Ok(Self { built: Mutex::new(built) })
    }

    /// Waits until `product` is built, or could not be built.
    pub fn wait_for(&self, product: Product) {
        let built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        while built.recv().is_ok_and(|built| built != product) {}
    }
}

/// Builds the products one after the other. Errors are ignored, because a suite whose product is missing builds it again and
/// reports the error.
fn build(project: &Project, page_tools: &PageTools, sender: &Sender<Product>) {
    let _page = page::build(project, page_tools);
    // This fails only if all suites have ended.
    let _told = sender.send(Product::Page);
    let _functions = deploy::build_functions_for_tests(project);
    let _told = sender.send(Product::Functions);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ahead(built: &[Product]) -> Ahead {
        let (sender, receiver) = channel();
        built.iter().for_each(|product| sender.send(*product).unwrap());
        Ahead { built: Mutex::new(receiver) }
    }

    #[test]
    fn a_suite_waits_for_its_own_product_and_a_later_one_for_the_next() {
        let ahead = ahead(&[Product::Page, Product::Functions]);
        ahead.wait_for(Product::Page);
        assert_eq!(ahead.built.lock().unwrap().try_recv(), Ok(Product::Functions));
    }

    #[test]
    fn nobody_waits_for_a_product_after_the_builds_have_ended() {
        ahead(&[Product::Page]).wait_for(Product::Functions);
    }
}
