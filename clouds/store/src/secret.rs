//! A cloud's store of secrets.

use std::fmt;

use crate::{Fault, Sent};

/// A secret's value: it shows itself to nobody who does not ask for it by name.
#[derive(Clone)]
pub struct Sealed(String);

impl Sealed {
    pub fn new(value: String) -> Self {
        Sealed(value)
    }

    /// For the call that stores it, and for nothing else.
    pub fn open(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// What became of a secret that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    Made,
    /// A new version of one that was there.
    Replaced,
    /// It was there, and that was not agreed to.
    Kept,
}

pub trait Vault: Send + Sync {
    /// `AWS Secrets Manager in eu-west-1`.
    fn name(&self) -> String;
    fn holds<'a>(&'a self, secret: &'a str) -> Sent<'a, Result<bool, Fault>>;
    /// Makes it; over one that is there only when `over` says so.
    fn put<'a>(&'a self, secret: &'a str, value: &'a Sealed, over: bool) -> Sent<'a, Result<Put, Fault>>;
}
