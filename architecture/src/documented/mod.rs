//! The documented architectures: what the vendors' documents say, as data in `architecture/documented/*.yaml`.

mod files;
mod types;

pub use files::*;
pub use types::*;
