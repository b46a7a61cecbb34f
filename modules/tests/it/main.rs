//! Tests of what is rendered.
#![expect(clippy::unwrap_used, reason = "a panic is how tests report")]

mod addresses;
mod alerts;
mod backend;
mod checkov;
mod escaping;
mod examples;
mod golden;
mod host_scripts;
mod hostile;
mod impossible;
mod kubernetes;
mod matrix;
mod parity;
mod rendered_rules;
mod renewal;
mod templates;
mod terraform;
mod variants;
mod verdicts;
mod verifiers;
mod writing;
