//! The driver on an AWS that runs beside it, three tests at a time: most of a test's time goes by between two attempts.
//!
//! The driver runs in processes of its own (`aws child …`): it is told where the cloud is as people tell it, by its
//! environment, and it can be killed.
//!
//! `aws --all` tries everything of which usually a sample is enough; `aws latency` measures.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a test: it reports by printing and panicking")]

mod calls;
mod changes;
mod child;
mod directories;
mod emulator;
mod errors;
mod examples;
mod faults;
mod kills;
mod latency;
mod lifecycle;
mod members;
mod names;
mod permissions;
mod preflight;
mod rendered;
mod repeats;
mod run;
mod scene;
mod secrets;
mod shim;
mod store;
mod support;
mod tokens;

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use support::{Tried, in_full};

type Test = (&'static str, fn() -> Tried);

/// The longest first: those that are left at the end should be short ones.
const TESTS: &[Test] = &[
    ("permissions::suffice_and_are_needed", permissions::suffice_and_are_needed),
    ("lifecycle::lost_answers", lifecycle::lost_answers),
    ("faults::a_fifth_of_all_calls", faults::a_fifth_of_all_calls),
    ("faults::of_lists_that_lag", faults::of_lists_that_lag),
    ("calls::follow_the_formulas", calls::follow_the_formulas),
    ("kills::together", kills::together),
    ("kills::each_lives_one_call_longer", kills::each_lives_one_call_longer),
    ("kills::around_each_operation", kills::around_each_operation),
    ("secrets::are_written_nowhere", secrets::are_written_nowhere),
    ("errors::credentials_that_expire_stop_a_run", errors::credentials_that_expire_stop_a_run),
    ("errors::a_balancer_of_somebody_else_is_left_alone", errors::a_balancer_of_somebody_else_is_left_alone),
    ("errors::a_bucket_name_of_another_account_is_told", errors::a_bucket_name_of_another_account_is_told),
    ("errors::a_limit_is_named", errors::a_limit_is_named),
    ("errors::what_is_no_limit_is_told_as_what_it_is", errors::what_is_no_limit_is_told_as_what_it_is),
    ("calls::are_documented", calls::are_documented),
    ("examples::event_platform", examples::event_platform),
    ("examples::kestra_small", examples::kestra_small),
    ("examples::none_is_left_out", examples::none_is_left_out),
    ("examples::octopus_high_availability", examples::octopus_high_availability),
    ("examples::rudderstack_on_kubernetes", examples::rudderstack_on_kubernetes),
    ("examples::services", examples::services),
    ("lifecycle::alarms", lifecycle::alarms),
    ("lifecycle::balanced", lifecycle::balanced),
    ("lifecycle::eks", lifecycle::eks),
    ("lifecycle::files", lifecycle::files),
    ("lifecycle::kafka", lifecycle::kafka),
    ("lifecycle::machines", lifecycle::machines),
    ("lifecycle::network", lifecycle::network),
    ("names::lead_to_our_balancers_only", names::lead_to_our_balancers_only),
    ("lifecycle::what_is_going_is_made_anew", lifecycle::what_is_going_is_made_anew),
    ("lifecycle::search", lifecycle::search),
    ("permissions::are_up_to_date", permissions::are_up_to_date),
    ("permissions::exceptions_have_sources", permissions::exceptions_have_sources),
    ("members::calls_do_not_grow_with_members", members::calls_do_not_grow_with_members),
    ("members::how_everything_is", members::how_everything_is),
    ("members::nodes_of_a_cluster", members::nodes_of_a_cluster),
    ("repeats::are_as_their_kinds_say", repeats::are_as_their_kinds_say),
    ("preflight::a_missing_permission_is_named", preflight::a_missing_permission_is_named),
    ("preflight::every_shortfall_is_in_one_list", preflight::every_shortfall_is_in_one_list),
    ("preflight::it_is_silent_where_it_works", preflight::it_is_silent_where_it_works),
    ("preflight::without_credentials_it_ends", preflight::without_credentials_it_ends),
    ("rendered::every_argument_is_known", rendered::every_argument_is_known),
    ("rendered::every_kind_is_known", rendered::every_kind_is_known),
    ("shim::a_copy_is_made_also_where_its_port_is_taken", shim::a_copy_is_made_also_where_its_port_is_taken),
    ("shim::behaves_as_documented", shim::behaves_as_documented),
    ("shim::goes_with_the_process_that_started_it", shim::goes_with_the_process_that_started_it),
    ("tokens::of_another_call_are_not_used_again", tokens::of_another_call_are_not_used_again),
    ("tokens::of_the_dead_are_not_used_again", tokens::of_the_dead_are_not_used_again),
];

/// Run with `--all` only: more of the same, and each takes a minute or more.
const MORE: &[Test] = &[
    ("examples::event_platform_on_kubernetes", examples::event_platform_on_kubernetes),
    ("examples::kestra_high_availability", examples::kestra_high_availability),
    ("examples::kestra_on_kubernetes", examples::kestra_on_kubernetes),
    ("examples::kestra_medium", examples::kestra_medium),
    ("examples::kestra_opensearch_as_a_service", examples::kestra_opensearch_as_a_service),
    ("examples::octopus_on_kubernetes", examples::octopus_on_kubernetes),
    ("examples::rudderstack_multi_zone", examples::rudderstack_multi_zone),
    ("examples::rudderstack_single_zone", examples::rudderstack_single_zone),
    ("permissions::each_alone", permissions::each_alone),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == "child") {
        return child::main(&arguments[1..]);
    }
    let more: &[Test] = if in_full() { MORE } else { &[] };
    let tests = || TESTS.iter().chain(more);
    if arguments.iter().any(|argument| argument == "--list") {
        tests().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|argument| argument == "latency") {
        let measured = latency::main();
        return if measured.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let wanted: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(*word));
    let chosen = tests().filter(|(name, _)| is_wanted(name));
    let failed = all_of(&chosen.collect::<Vec<_>>());
    scene::clear();
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("failed: {}", failed.join(", "));
    ExitCode::FAILURE
}

/// How many run at a time.
const AT_ONCE: usize = 3;

/// Runs them, and names those that failed.
fn all_of(tests: &[&Test]) -> Vec<&'static str> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some((name, test)) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
            let started = Instant::now();
            let word = match catch_unwind(test) {
                Ok(Ok(())) => "ok",
                Ok(Err(_)) => "skipped",
                Err(_) => {
                    failed.lock().unwrap().push(*name);
                    "FAILED"
                }
            };
            println!("{name} ... {word} ({:.1} s)", started.elapsed().as_secs_f64());
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    failed.into_inner().unwrap()
}
