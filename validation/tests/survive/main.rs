//! The failure analysis against the documents, against brute force and against chance.

mod common;
mod golden;
