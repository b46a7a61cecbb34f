//! The failure analysis against the documents, against brute force and against chance.

mod brute;
mod common;
mod golden;
mod zz_show;
