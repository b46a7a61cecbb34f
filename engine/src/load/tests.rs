use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn files(entries: &[(&str, &str)]) -> Files {
    Files::in_memory(
        entries.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect(),
    )
}

fn problems(text: &str) -> String {
    load(&files(&[("main.tf", text)])).map_or_else(|problems| problems.to_string(), |_| String::new())
}

#[test]
fn loads_every_block_of_the_subset() {
    let directory = load(&files(&[(
        "main.tf",
        r#"
terraform {
  required_version = ">= 1.11"
  backend "s3" {}
}
provider "aws" {
  region = var.region
}
variable "region" {
  type        = string
  description = "where"
  default     = "eu-west-1"
  validation {
    condition     = can(regex("^[a-z-]+[0-9]$", var.region))
    error_message = "no region: ${var.region}"
  }
}
locals {
  b = "${local.a}-b"
  a = "a"
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = local.b }
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  depends_on = [aws_vpc.main]
  lifecycle {
    create_before_destroy = true
    prevent_destroy       = true
    ignore_changes        = [tags["Name"], cidr_block]
    precondition {
      condition     = var.region != ""
      error_message = "a region is needed"
    }
  }
}
output "id" {
  value = aws_vpc.main.id
}
moved {
  from = aws_subnet.old
  to   = aws_subnet.a
}
removed {
  from = aws_subnet.gone
  lifecycle {
    destroy = false
  }
}
import {
  to = aws_vpc.main
  id = "vpc-1"
}
"#,
    )]))
    .unwrap();
    assert_eq!(directory.locals.keys().collect::<Vec<_>>(), ["a", "b"], "sorted by need");
    let subnet = &directory.resources[&crate::Address::new("aws_subnet", "a")];
    assert!(subnet.lifecycle.create_before_destroy && subnet.lifecycle.prevent_destroy);
    let ignored = BTreeSet::from(["tags.Name".to_owned(), "cidr_block".to_owned()]);
    assert_eq!(subnet.lifecycle.ignore_changes, Ignored::Paths(ignored));
    assert_eq!((directory.moved.len(), directory.imports.len()), (1, 1));
    assert!(!directory.removed[0].destroy);
}

#[test]
fn reports_everything_wrong_in_one_pass_with_places() {
    let found = problems(
        "resource \"aws_vpc\" \"main\" {\n  count = 2\n  cidr = var.nope\n  x = upper(\"a\")\n}\ndata \"aws_ami\" \"a\" {}\n\
         locals {\n  l = [for x in [] : x]\n}\noutput \"o\" {\n  value = aws_vpc.other.id\n}\n",
    );
    for expected in [
        "main.tf:2:3: `count` is outside the subset",
        "main.tf:3:10: the variable `nope` isn't in the directory",
        "main.tf:4:7: the function `upper`",
        "main.tf:6:1: a block `data`",
        "main.tf:8:7: a `for` expression",
        "main.tf:11:11: the resource `aws_vpc.other` isn't in the directory",
        "--engine terraform",
    ] {
        assert!(found.contains(expected), "{expected} in:\n{found}");
    }
}

#[test]
fn refuses_what_could_run_code() {
    for text in [
        "module \"m\" {\n  source = \"git::https://example.org/m\"\n}",
        "data \"external\" \"x\" {}",
        "resource \"aws_instance\" \"a\" {\n  provisioner \"local-exec\" {}\n}",
        "resource \"aws_instance\" \"a\" {\n  connection {}\n}",
    ] {
        assert!(problems(text).contains("could run code"), "{text}");
    }
    for name in ["x.tf.json", "override.tf", "a_override.tf", "main.tofu", "terraform.tfvars.json"] {
        let loaded = load(&files(&[("main.tf", ""), (name, "")]));
        assert!(loaded.unwrap_err().to_string().contains("could run code"), "{name}");
    }
}

#[test]
fn names_the_members_of_a_circle_of_locals() {
    let found = problems("locals {\n  a = local.b\n  b = [local.c]\n  c = \"${local.a}\"\n}");
    assert!(found.contains("`local.a` → `local.b` → `local.c` → `local.a`"), "{found}");
}

#[test]
fn hostile_text_gives_errors_only() {
    let deep = |open: &str, close: &str, n: usize| {
        format!("locals {{\n  a = {}1{}\n}}", open.repeat(n), close.repeat(n))
    };
    let chain = |n: usize| {
        let mut text = String::from("locals {\n  l0 = \"x\"\n");
        for i in 1..n {
            text.push_str(&format!("  l{i} = local.l{}\n", i - 1));
        }
        text + "}\n"
    };
    for text in [
        deep("[", "]", 100_000),
        deep("(", ")", 100_000),
        deep("{ a = ", "}", 100_000),
        deep("\"${", "}\"", 50_000),
        deep("!", "", 100_000),
        deep("-", "", 100_000),
        deep("1 + ", "", 100_000),
        deep("true ? 1 : ", "", 100_000),
        deep("1 == ", "", 100_000),
        format!("locals {{\n  a = local.a{}\n}}", ".b".repeat(100_000)),
        "a {\n".repeat(100_000),
        "resource \"a".to_owned(),
        "\u{0}".to_owned(),
        "\u{feff}locals {}".to_owned(),
    ] {
        let _ = problems(&text);
    }
    assert_eq!(problems(&chain(20_000)), "");
}

#[test]
fn a_number_that_is_not_exact_is_refused() {
    assert!(problems("locals {\n  a = 123456789012345678901\n}").contains("too large"));
    assert_eq!(problems("locals {\n  a = 123456789012\n}"), "");
}

#[test]
fn reads_no_file_outside_the_directory() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "s").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), "").unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink("main.tf", folder.path().join("own")).unwrap();
    let files = Files::on_disk(folder.path()).unwrap();
    for path in ["../x", "/etc/passwd", "a/../../x", "link", "missing", "."] {
        assert!(files.read(path).is_err(), "{path}");
    }
    assert!(files.read("own").is_ok() && files.read("a/../main.tf").is_ok());
}

#[test]
fn the_digest_covers_every_file_that_was_read() {
    let digest = |a: &str, b: &str| {
        let files = files(&[("main.tf", a), ("hosts/x", b)]);
        load(&files).unwrap();
        files.read("hosts/x").unwrap();
        files.digest()
    };
    assert_eq!(digest("", "1"), digest("", "1"));
    assert_ne!(digest("", "1"), digest("", "2"));
    assert_ne!(digest("", "1"), digest(" ", "1"));
}

#[test]
fn a_file_of_values_holds_values() {
    let values =
        values_file("x.tfvars", "a = \"1\"\nb = [1, { c = true }]\nd = -2\ne = <<EOT\ntext\nEOT\n").unwrap();
    let shown: BTreeMap<_, _> = values.iter().map(|(k, v)| (k.as_str(), v.shown().to_string())).collect();
    assert_eq!(shown["b"], "[1,{\"c\":true}]");
    assert_eq!((shown["d"].as_str(), shown["e"].as_str()), ("-2", "\"text\\n\""));
    assert!(values_file("x.tfvars", "a = var.b").is_err());
}
