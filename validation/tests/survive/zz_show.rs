use super::common::*;
use provision_validation::survive::*;
#[test]
fn show() {
    for (zones, fields) in [
        (
            3,
            "platform: kestra\nversion: \"2.0\"\nsize: high-availability\nhost: { detect_dead_peer_within: 15s }\nobjectives: [\"zone: ui running, executing < 60s\"]\n",
        ),
        (1, "platform: kestra\nversion: \"0.18\"\nsize: medium\n"),
        (3, "platform: kestra\nversion: \"1.3\"\nsize: high-availability\nedition: enterprise\n"),
        (2, "platform: octopus\nedition: professional\nsize: high-availability\n"),
    ] {
        let t = in_zones(zones, fields);
        let r = report_with(&t, Options { pairs: true, during_upgrade: true, ..Options::default() });
        println!("{}", r.written(Format::Text));
    }
}
