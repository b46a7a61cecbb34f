//! The failure analysis against the documents, against brute force and against chance.

mod brute;
mod chance;
mod common;
mod documents;
mod formats;
mod golden;
mod growth;
mod objectives;
mod options;
