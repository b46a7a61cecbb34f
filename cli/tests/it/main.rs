//! The commands as people run them: exit code, stdout and stderr of each, as snapshots.
//!
//! `cargo insta review`, or `INSTA_UPDATE=always cargo test -p provision-cli`, takes over what changed on purpose.

mod completion;
mod describe;
mod estate;
mod help;
mod init;
mod readme;
mod render;
mod run;
mod survive;
mod tune;
mod validate;
