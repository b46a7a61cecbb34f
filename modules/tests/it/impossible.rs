//! What cannot be is refused, and the refusal says what to choose instead.

use crate::examples::rendered;

#[test]
fn each_refusal_says_what_to_choose_instead() {
    let kestra = "deployment: orders\nplatform: kestra\nversion: \"1.3\"\nedition: enterprise\nsize: high-availability\n";
    let aws = "cloud: { provider: aws, region: eu-west-1, zones: 3 }\n";
    let cases = [
        (format!("{kestra}cloud: {{ provider: google, region: europe-west4 }}\n"), "choose `aws`"),
        (format!("{kestra}{aws}runtime: kubernetes\n"), "choose `machines`"),
        (format!("{kestra}{aws}backends: {{ search: {{ managed: true }} }}\n"), "choose `kind: opensearch`"),
        (format!("{kestra}{aws}backends: {{ queue: {{ brokers: 4 }} }}\n"), "ask for a multiple of 3"),
        (format!("{kestra}{aws}backends: {{ queue: {{ machine: m7i.large }} }}\n"), "like `kafka.m7g.large`"),
        (format!("{kestra}{aws}load_balancer: {{ internal: false }}\n"), "set `internal: true`"),
        (format!("{kestra}{aws}licence: {{ from: env, name: LICENCE }}\n"), "aws-secretsmanager"),
        (format!("{kestra}{aws}components: {{ worker: {{ image: \"kestra/kestra:latest\" }} }}\n"), "1.2.3"),
        (
            "deployment: releases\nplatform: octopus\nsize: single-server\ncloud: { provider: aws, region: eu-west-1 }\nbackends: { database: { kind: azure-sql } }\n".to_owned(),
            "choose `sqlserver`",
        ),
        (
            "deployment: releases\nplatform: octopus\nsize: single-server\ncloud: { provider: aws, region: eu-west-1 }\nbackends: { database: { kind: sqlserver, version: \"2012\" } }\n".to_owned(),
            "2022",
        ),
        (
            "deployment: orders\nplatform: kestra\nsize: medium\ncloud: { provider: aws, region: eu-west-1 }\nbackends: { database: { kind: postgres, managed: false } }\n".to_owned(),
            "set `managed: true`",
        ),
    ];
    for (spec, advice) in cases {
        let refusal = rendered(&spec).map(|_| ()).expect_err(&spec).to_string();
        assert!(refusal.contains(advice), "{refusal}\n{spec}");
    }
}

#[test]
fn too_many_tags_are_refused_before_the_cloud_refuses_them() {
    let tags: Vec<String> = (0..48).map(|number| format!("key{number}: value")).collect();
    let spec = format!(
        "deployment: orders\nplatform: kestra\nsize: small\ncloud: {{ provider: aws, region: eu-west-1 }}\ntags: {{ {} }}\n",
        tags.join(", ")
    );
    assert!(rendered(&spec).map(|_| ()).expect_err("51 tags").to_string().contains("50"));
}
