//! Tests of what is rendered.
#![expect(clippy::unwrap_used, reason = "a panic is how tests report")]

mod addresses;
mod escaping;
mod examples;
mod golden;
mod impossible;
mod rendered_rules;
mod templates;
mod terraform;
mod verifiers;
mod writing;
