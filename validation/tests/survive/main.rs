//! The failure analysis against the documents, against brute force and against chance.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod brute;
mod casualties;
mod chance;
mod common;
mod documents;
mod formats;
mod golden;
mod growth;
mod live;
mod objectives;
mod options;
