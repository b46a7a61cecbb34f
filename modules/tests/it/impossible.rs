//! What cannot be is refused, and the refusal says what to choose instead.

use crate::examples::rendered;

#[test]
fn each_refusal_says_what_to_choose_instead() {
    let kestra = "deployment: orders\nplatform: kestra\nversion: \"1.3\"\nedition: enterprise\nsize: high-availability\n";
    let aws = "cloud: { provider: aws, region: eu-west-1, zones: 3 }\n";
    let google = "cloud: { provider: google, region: europe-west4, zones: 3 }\n";
    let azure = "cloud: { provider: azure, region: westeurope, zones: 3 }\n";
    let cases = [
        (
            format!("{kestra}cloud: {{ provider: aws, region: eu-west-1, zones: 1 }}\nruntime: kubernetes\n"),
            "set `cloud.zones` to 2",
        ),
        (
            format!(
                "{kestra}{aws}runtime: kubernetes\ncomponents: {{ worker: {{ image: \"example.com/kestra:1.0\" }} }}\n"
            ),
            "the same `image`",
        ),
        (
            format!(
                "{kestra}{aws}runtime: kubernetes\ncomponents: {{ worker: {{ machine: m7i.4xlarge }}, executor: {{ machine: m7i.2xlarge }} }}\n"
            ),
            "one machine type for all of them",
        ),
        (format!("{kestra}cloud: {{ provider: google, region: europe-west4, network: {{ cidr: 10.0.0.0/18 }} }}\nruntime: kubernetes\n"), "a range of /17"),
        (format!("{kestra}{google}backends: {{ search: {{ kind: opensearch, managed: true }} }}\n"), "set `managed: false`"),
        (format!("{kestra}{google}backends: {{ queue: {{ managed: true }} }}\n"), "set `managed: false`"),
        (format!("{kestra}{google}load_balancer: {{ internal: true, certificate: \"projects/a/global/sslCertificates/b\" }}\n"), "regions/europe-west4/"),
        (format!("{kestra}{google}load_balancer: {{ certificate: \"projects/a/regions/europe-west4/sslCertificates/b\" }}\n"), "projects/…/global/"),
        (format!("{kestra}{azure}components: {{ worker: {{ grace_period: 20m }} }}\n"), "choose 14m or less"),
        (format!("{kestra}{aws}components: {{ worker: {{ grace_period: 3h }} }}\n"), "choose 119m or less"),
        (
            "deployment: releases\nplatform: octopus\nsize: high-availability\ncloud: { provider: azure, region: westeurope, zones: 3 }\ncomponents: { server: { drain: 30m, grace_period: 31m } }\n".to_owned(),
            "`components.server.grace_period`: on azure",
        ),
        (
            "deployment: releases\nplatform: octopus\nsize: high-availability\ncloud: { provider: google, region: europe-west4, zones: 3 }\ncomponents: { server: { drain: 2h, grace_period: 2h } }\n".to_owned(),
            "`components.server.drain`: on google",
        ),
        (format!("{kestra}{google}tags: {{ Team: payments }}\n"), "small letters"),
        (format!("{kestra}cloud: {{ provider: google, region: europe-west4, network: {{ cidr: 10.0.0.0/22 }} }}\n"), "10.0.0.0/16"),
        (format!("{kestra}cloud: {{ provider: google, region: europe-west4, zones: 2, network: {{ id: main, subnets: {{ europe-west4-a: {{ private: one }}, europe-west4-b: {{ private: two }} }} }} }}\n"), "the same `private` subnet"),
        (format!("{kestra}{google}licence: {{ from: aws-secretsmanager, name: a }}\n"), "google-secret-manager"),
        (
            "deployment: releases\nplatform: octopus\nsize: single-server\ncloud: { provider: google, region: europe-west4 }\nbackends: { database: { kind: sqlserver, version: \"2016\" } }\n".to_owned(),
            "2022",
        ),
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
        (
            format!("{kestra}{azure}backends: {{ queue: {{ managed: true }} }}\n"),
            "for brokers on machines in each zone",
        ),
        (
            format!("{kestra}{azure}backends: {{ search: {{ kind: opensearch, managed: true }} }}\n"),
            "for nodes on machines in each zone",
        ),
        (
            format!("{kestra}{azure}load_balancer: {{ certificate: \"arn:aws:acm:eu-west-1:1:certificate/1\" }}\n"),
            "vault.azure.net/secrets/",
        ),
        (
            format!("{kestra}{azure}licence: {{ from: azure-key-vault, name: orders/licence }}\n"),
            "`secrets_vault_id`",
        ),
        (
            "deployment: orders\nplatform: kestra\nsize: medium\ncloud: { provider: azure, region: westeurope, zones: 2 }\nbackends: { database: { kind: postgres, multi_zone: true, machine: B_Standard_B2s } }\n".to_owned(),
            "like `GP_Standard_D4ds_v5`",
        ),
        (
            "deployment: orders\nplatform: kestra\nsize: medium\ncloud: { provider: aws, region: eu-west-1 }\nbackends: { database: { kind: mysql, version: \"8\" } }\n".to_owned(),
            "choose 8.0 or 8.4",
        ),
        (
            "deployment: orders\nplatform: kestra\nsize: medium\ncloud: { provider: azure, region: westeurope }\nbackends: { database: { kind: mysql, version: \"5.7\" } }\n".to_owned(),
            "choose 8.0 or 8.4",
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
