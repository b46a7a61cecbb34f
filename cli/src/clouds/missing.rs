//! What a build lacks that was made without some of its features.

use crate::failure::Failure;

/// The commands that build one which has it.
pub fn missing(what: &str, feature: &str) -> Failure {
    Failure::new(format!("this build can't reach {what}: it was made without `{feature}`"))
        .hint("`cargo build --release` makes one with all clouds")
        .hint(format!("`cargo build --release --no-default-features --features {feature}` makes one that can, and no more"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_what_is_missing_and_the_commands_that_help() {
        let said = missing("gs://acme", "google").to_string();
        for part in [
            "can't reach gs://acme: it was made without `google`",
            "`cargo build --release` makes one",
            "--no-default-features --features google`",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
}
