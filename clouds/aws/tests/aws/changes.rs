//! The directories of the tests, changed in as many ways as calls are to be seen, and such that let everything go.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What is replaced by what. Each has to be found somewhere in the directory.
const CHANGES: &[(&str, &[(&str, &str)])] = &[
    (
        "alarms",
        &[
            ("display_name = \"orders\"", "display_name = \"Orders\""),
            ("raw_message_delivery = false", "raw_message_delivery = true"),
            ("threshold           = 0", "threshold           = 5"),
            ("\"Name\" = \"orders-alarms\"", "\"Name\" = \"changed\""),
            ("\"Name\" = \"orders-server\"", "\"Name\" = \"changed\""),
        ],
    ),
    (
        "eks",
        &[
            ("\"1.34\"", "\"1.35\""),
            ("[\"api\", \"audit\"]", "[\"scheduler\", \"api\"]"),
            ("m7i.large", "m7i.xlarge"),
            ("\"provision/pool\" = \"main\"", "\"provision/pool\" = \"other\""),
            ("service_account = \"aws-node\"", "service_account = \"aws-node-2\""),
            (
                "service_account = \"server\"\n  role_arn        = aws_iam_role.main.arn",
                "service_account = \"server\"\n  role_arn        = aws_iam_role.other.arn",
            ),
            ("\"Name\" = \"orders-main\"", "\"Name\" = \"changed\""),
        ],
    ),
    // Versions only go up.
    ("eks-changed", &[("\"provision/pool\" = \"other\"", "\"provision/pool\" = \"another\"")]),
    (
        "files",
        &[
            ("throughput_mode  = \"elastic\"", "throughput_mode  = \"bursting\""),
            ("AFTER_30_DAYS", "AFTER_60_DAYS"),
            (
                "subnet_id       = aws_subnet.b.id\n  security_groups = [aws_security_group.files.id]",
                "subnet_id       = aws_subnet.b.id\n  security_groups = [aws_security_group.more.id]",
            ),
            ("\"Name\" = \"orders\"", "\"Name\" = \"changed\""),
        ],
    ),
    (
        "kafka",
        &[
            ("number_of_broker_nodes = 4", "number_of_broker_nodes = 6"),
            ("enhanced_monitoring    = \"DEFAULT\"", "enhanced_monitoring    = \"PER_BROKER\""),
            ("instance_type   = \"kafka.m7g.large\"", "instance_type   = \"kafka.m7g.xlarge\""),
            ("volume_size = 100", "volume_size = 200"),
            ("num.partitions=3", "num.partitions=6"),
            (
                "    unauthenticated = true\n",
                "    unauthenticated = true\n\n    sasl {\n      iam = true\n    }\n",
            ),
            ("\"Name\" = \"orders\"", "\"Name\" = \"changed\""),
        ],
    ),
    // What can't be changed together with the others: a new version brings its settings along.
    (
        "kafka-changed",
        &[("kafka_version          = \"3.9.x.kraft\"", "kafka_version          = \"4.0.x.kraft\"")],
    ),
    (
        "search",
        &[
            ("instance_count         = 2", "instance_count         = 4"),
            ("\"OpenSearch_2.17\"", "\"OpenSearch_2.19\""),
            ("volume_size = 100", "volume_size = 200"),
            ("es:ESHttp*", "es:ESHttpGet"),
            (", \"logs:PutLogEventsBatch\"]", "]"),
            ("\"Name\" = \"orders\"", "\"Name\" = \"changed\""),
        ],
    ),
    // Versions only go up.
    ("search-changed", &[("volume_size = 200", "volume_size = 300")]),
    (
        "services",
        &[
            ("value        = \"200\"", "value        = \"300\""),
            (
                "  parameter {\n    name         = \"rds.force_ssl\"\n    value        = \"1\"\n    apply_method = \"immediate\"\n  }\n",
                "",
            ),
            ("[aws_subnet.a.id, aws_subnet.b.id]", "[aws_subnet.b.id, aws_subnet.a.id, aws_subnet.c.id]"),
            (
                "resource \"aws_subnet\" \"b\" {",
                "resource \"aws_subnet\" \"c\" {\n  vpc_id            = aws_vpc.main.id\n  cidr_block        = \"10.0.2.0/24\"\n  availability_zone = \"eu-west-1c\"\n\n  tags = {\n    \"provision:deployment\" = \"orders\"\n    \"provision:address\"    = \"aws_subnet.c\"\n  }\n}\n\nresource \"aws_subnet\" \"b\" {",
            ),
            ("backup_retention_period   = 14", "backup_retention_period   = 15"),
            ("\"Name\"                 = \"orders-database\"", "\"Name\"                 = \"changed\""),
            ("Service = \"ec2.amazonaws.com\"", "Service = [\"ec2.amazonaws.com\", \"ssm.amazonaws.com\"]"),
            ("\"Name\"                 = \"orders-machine\"", "\"Name\"                 = \"changed\""),
            (
                "\"provision:address\"    = \"aws_iam_instance_profile.machine\"",
                "\"provision:address\"    = \"aws_iam_instance_profile.machine\"\n    \"Name\" = \"changed\"",
            ),
            ("Encrypts the cluster's secrets", "Encrypts secrets of the cluster"),
            ("enable_key_rotation     = true", "enable_key_rotation     = false"),
            ("\"Name\"                 = \"orders-cluster\"", "\"Name\"                 = \"changed\""),
            (
                "resource \"aws_kms_alias\" \"cluster\" {",
                "resource \"aws_kms_key\" \"other\" {\n  description = \"Takes its place\"\n\n  tags = {\n    \"provision:deployment\" = \"orders\"\n    \"provision:address\"    = \"aws_kms_key.other\"\n  }\n}\n\nresource \"aws_kms_alias\" \"cluster\" {",
            ),
            ("target_key_id = aws_kms_key.cluster.key_id", "target_key_id = aws_kms_key.other.key_id"),
            ("Encrypts inputs and outputs", "Encrypts what comes in and goes out"),
            (
                "\"provision:address\"    = \"aws_secretsmanager_secret.encryption_key\"",
                "\"provision:address\"    = \"aws_secretsmanager_secret.encryption_key\"\n    \"Name\" = \"changed\"",
            ),
            (
                "\"provision:address\"    = \"aws_ssm_parameter.host\"",
                "\"provision:address\"    = \"aws_ssm_parameter.host\"\n    \"Name\" = \"changed\"",
            ),
            (
                "  retention_in_days = var.log_retention_days\n",
                "  kms_key_id        = aws_kms_key.cluster.arn\n",
            ),
            ("\"Name\"                 = \"orders-network-flows\"", "\"Name\"                 = \"changed\""),
            ("\"Name\"                 = \"orders-storage\"", "\"Name\"                 = \"changed\""),
        ],
    ),
    (
        "network",
        &[
            ("map_public_ip_on_launch = false", "map_public_ip_on_launch = true"),
            (
                "nat_gateway_id         = aws_nat_gateway.exit_a.id",
                "gateway_id             = aws_internet_gateway.main.id",
            ),
            (
                "subnet_id      = aws_subnet.public_a.id\n  route_table_id = aws_route_table.public.id",
                "subnet_id      = aws_subnet.public_a.id\n  route_table_id = aws_route_table.private_a.id",
            ),
            (
                "from_port                    = 8080\n  to_port                      = 8080",
                "from_port                    = 8081\n  to_port                      = 8081",
            ),
            ("[aws_route_table.private_a.id]", "[aws_route_table.private_a.id, aws_route_table.public.id]"),
            ("\"Name\" = \"orders-public-a\"", "\"Name\" = \"changed\""),
        ],
    ),
    (
        "machines",
        &[
            ("t3.medium", "t3.large"),
            ("monitoring    = true", "monitoring    = false"),
            ("http_put_response_hop_limit = 1", "http_put_response_hop_limit = 2"),
            ("auto_recovery = \"default\"", "auto_recovery = \"disabled\""),
            ("size              = 20", "size              = 30"),
            ("Address of one", "The address of one"),
        ],
    ),
    (
        "balanced",
        &[
            ("max_size                  = 2", "max_size                  = 3"),
            ("[\"GroupDesiredCapacity\", \"GroupInServiceInstances\"]", "[\"GroupDesiredCapacity\"]"),
            (
                "target_group_arns         = [aws_lb_target_group.server.arn]",
                "target_group_arns         = [aws_lb_target_group.wire.arn]",
            ),
            ("value               = \"orders-server\"", "value               = \"changed\""),
            ("heartbeat_timeout      = 390", "heartbeat_timeout      = 90"),
            ("target_value = 60", "target_value = 70"),
            ("evaluate_target_health = true", "evaluate_target_health = false"),
            ("idle_timeout                     = 3600", "idle_timeout                     = 60"),
            (
                "[aws_security_group.balancer.id]",
                "[aws_security_group.balancer.id, aws_security_group.server.id]",
            ),
            (
                "= [aws_subnet.a.id, aws_subnet.b.id]\n  security_groups",
                "= [aws_subnet.a.id, aws_subnet.b.id, aws_subnet.c.id]\n  security_groups",
            ),
            (
                "resource \"aws_subnet\" \"b\" {",
                "resource \"aws_subnet\" \"c\" {\n  vpc_id            = aws_vpc.main.id\n  availability_zone = \"eu-west-1c\"\n  cidr_block        = \"10.0.64.0/19\"\n}\n\nresource \"aws_subnet\" \"b\" {",
            ),
            (
                "drop_invalid_header_fields       = true",
                "drop_invalid_header_fields       = true\n  ip_address_type                  = \"dualstack\"",
            ),
            ("interval            = 5", "interval            = 6"),
            ("deregistration_delay = 60", "deregistration_delay = 61"),
            ("port              = 80\n", "port              = 81\n"),
            ("\"Name\" = \"orders\"", "\"Name\" = \"changed\""),
        ],
    ),
];

/// Whether there is a way back: versions only go up, and brokers and their disks only become more.
pub(crate) fn can_be_undone(directory: &Path) -> bool {
    directory.file_name().is_none_or(|name| name != "kafka" && name != "eks" && name != "search")
}

/// A changed copy of one of the directories.
pub(crate) fn changed(directory: &Path, copy: &Path) -> PathBuf {
    let name = directory.file_name().unwrap().to_string_lossy();
    let (_, changes) = CHANGES.iter().find(|(of, _)| *of == name).unwrap();
    let mut texts = texts(directory);
    for (before, after) in *changes {
        let mut found = false;
        for text in texts.values_mut().filter(|text| text.contains(before)) {
            *text = text.replace(before, after);
            found = true;
        }
        assert!(found, "{name}: {before}");
    }
    write(copy, &texts)
}

/// The same deployment, with all that can have tags let go.
pub(crate) fn let_go(directory: &Path, copy: &Path) -> PathBuf {
    let texts = texts(directory);
    let all: String = texts.values().cloned().collect();
    let begins = all.find("terraform {").unwrap();
    let ends = all[begins..].find("\nresource ").map_or(all.len(), |at| begins + at);
    let mut text = all[begins..ends].to_owned();
    for line in all.lines().filter_map(|line| line.strip_prefix("resource \"")) {
        let mut words = line.split('"');
        let (kind, name) = (words.next().unwrap(), words.nth(1).unwrap());
        if has_tags(kind) {
            text.push_str(&format!(
                "\nremoved {{\n  from = {kind}.{name}\n\n  lifecycle {{\n    destroy = false\n  }}\n}}\n"
            ));
        }
    }
    write(copy, &BTreeMap::from([("main.tf".to_owned(), text)]))
}

fn has_tags(kind: &str) -> bool {
    provision_kinds::kind(kind).is_some_and(|kind| kind.tags.is_some())
}

fn texts(directory: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn write(folder: &Path, texts: &BTreeMap<String, String>) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    for (name, text) in texts {
        fs::write(folder.join(name), text).unwrap();
    }
    folder.to_owned()
}
