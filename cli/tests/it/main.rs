//! The commands as people run them: exit code, stdout and stderr of each, as snapshots.
//!
//! `cargo insta review`, or `INSTA_UPDATE=always cargo test -p provision-cli`, takes over what changed on purpose.

mod browser;
mod completion;
mod describe;
mod estate;
mod features;
mod graph;
mod guides;
mod help;
mod init;
mod readme;
mod reference;
mod render;
mod render_again;
mod report;
mod run;
mod survive;
mod tune;
mod validate;
mod validate_directory;
