//! A text as a directory of Terraform: load, evaluate, plan on an empty estate.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use provision_engine::evaluate::Given;
use provision_engine::load::Files;
use provision_engine::plan::{Options, view};
use provision_engine::session::Prepared;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let files = [("main.tf".to_owned(), bytes.to_vec()), ("file".to_owned(), b"text".to_vec())];
    let planned = Prepared::new(Files::in_memory(files.into()), &Given::default()).and_then(|prepared| {
        let planned = prepared.plan(&[], "sandbox", "fuzzed", &Options::default())?;
        Ok(planned.plan)
    });
    match planned {
        Ok(plan) => {
            view::text(&plan, view::Detail::Diff);
            serde_json::to_string(&plan).expect("a plan is a document");
        }
        Err(problems) => assert!(!problems.0.is_empty(), "refused without a reason"),
    }
    Corpus::Keep
});
