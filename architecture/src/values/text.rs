use super::{Refusal, checked_text};

checked_text! {
    /// A deployment's name: it becomes part of the name of everything that is made.
    DeploymentName: check_deployment_name, pattern Some("^[a-z][a-z0-9-]{0,30}[a-z0-9]$|^[a-z]$"), examples &["orders"];
    /// A cloud's region, as the cloud spells it.
    Region: check_region, pattern Some("^[a-z0-9][a-z0-9-]*$"), examples &["eu-west-1", "europe-west4", "westeurope"];
    /// A zone, as the cloud spells it.
    ZoneName: check_label, pattern Some("^[a-z0-9][a-z0-9-]*$"), examples &["eu-west-1a", "europe-west4-b", "1"];
    /// A machine type, as the cloud spells it.
    MachineType: check_machine_type, pattern Some("^[A-Za-z0-9][A-Za-z0-9._-]*$"), examples &["m7i.large", "n2-standard-4", "Standard_D4s_v5"];
    /// The id of something that exists already in the cloud.
    Identifier: check_identifier, pattern Some("^[A-Za-z0-9][A-Za-z0-9._:/@+=-]*$"), examples &["vpc-0a1b2c3d", "projects/p/global/networks/n"];
    /// The name of a secret in a secret store, or of an environment variable.
    SecretName: check_identifier, pattern Some("^[A-Za-z0-9][A-Za-z0-9._:/@+=-]*$"), examples &["provision/orders/licence"];
    /// The stable id of a rule.
    RuleId: check_rule_id, pattern Some("^[A-Z]{3}-[0-9]{2}[a-z]?$"), examples &["KES-08"];
    /// The key of a kernel parameter, with dots.
    SysctlKey: check_sysctl_key, pattern Some("^[a-z0-9_-]+(\\.[A-Za-z0-9_-]+)+$"), examples &["net.ipv4.tcp_retries2"];
    /// The value of a kernel parameter: decimal numbers or words, separated by single spaces.
    SysctlValue: check_sysctl_value, pattern Some("^[A-Za-z0-9_,.-]+( [A-Za-z0-9_,.-]+)*$"), examples &["5", "10240 65535"];
    /// The key of a tag.
    TagKey: check_tag_key, pattern Some("^[A-Za-z][A-Za-z0-9 _.:/=+@-]{0,127}$"), examples &["team"];
    /// The value of a tag.
    TagValue: check_tag_value, pattern None, examples &["payments"];
    /// A text for people, on one line.
    Text: check_text, pattern None, examples &[];
    /// An e-mail address.
    Address: check_address, pattern Some("^[^@\\s]+@[^@\\s]+$"), examples &["oncall@example.com"];
    /// Where a team's lock and history live.
    LedgerLocation: super::place::check, pattern Some("^(s3|gs|azblob)://.+|^file:.+"), examples &["s3://example-provision/orders", "file:./ledger"];
}

fn only(text: &str, longest: usize, allowed: impl Fn(char) -> bool, holds: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    if text.chars().count() > longest {
        return Err(format!("is longer than {longest} characters"));
    }
    match text.chars().find(|c| !allowed(*c)) {
        Some(c) => Err(format!("holds {c:?}; it may hold {holds}")),
        None => Ok(()),
    }
}

fn check_deployment_name(text: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    only(text, 32, allowed, "a-z, 0-9 and `-`")?;
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("must begin with a letter".to_owned());
    }
    if text.ends_with('-') || text.contains("--") {
        return Err("a `-` stands between two other characters".to_owned());
    }
    Ok(())
}

/// A zone's name is often its region's with a letter more: what is a region must leave room for it.
fn check_region(text: &str) -> Result<(), Refusal> {
    check_short_label(text, 40)
}

fn check_label(text: &str) -> Result<(), Refusal> {
    check_short_label(text, 48)
}

fn check_short_label(text: &str, longest: usize) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    only(text, longest, allowed, "a-z, 0-9 and `-`")?;
    if text.starts_with('-') { Err("must not begin with `-`".to_owned()) } else { Ok(()) }
}

fn check_machine_type(text: &str) -> Result<(), Refusal> {
    only(text, 64, |c| c.is_ascii_alphanumeric() || "._-".contains(c), "letters, digits, `.`, `_` and `-`")?;
    begins_alphanumeric(text)
}

fn check_identifier(text: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._:/@+=-".contains(c);
    only(text, 512, allowed, "letters, digits and `._:/@+=-`")?;
    begins_alphanumeric(text)
}

fn begins_alphanumeric(text: &str) -> Result<(), Refusal> {
    match text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        true => Ok(()),
        false => Err("must begin with a letter or a digit".to_owned()),
    }
}

fn check_rule_id(text: &str) -> Result<(), Refusal> {
    let well_formed = text.split_once('-').is_some_and(|(family, number)| {
        let (digits, suffix) = number.split_at_checked(2).unwrap_or((number, ""));
        family.len() == 3
            && family.bytes().all(|b| b.is_ascii_uppercase())
            && digits.len() == 2
            && digits.bytes().all(|b| b.is_ascii_digit())
            && (suffix.is_empty() || (suffix.len() == 1 && suffix.bytes().all(|b| b.is_ascii_lowercase())))
    });
    if well_formed { Ok(()) } else { Err("a rule's id looks like `KES-08`".to_owned()) }
}

/// A key becomes a path below `/proc/sys`, so nothing in it may climb out of there.
fn check_sysctl_key(text: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    only(text, 128, allowed, "letters, digits, `.`, `_` and `-`")?;
    if !text.contains('.') || text.split('.').any(str::is_empty) {
        return Err(
            "a key has at least two parts with a dot between them, like `net.ipv4.tcp_retries2`".to_owned()
        );
    }
    Ok(())
}

fn check_sysctl_value(text: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_,.- ".contains(c);
    only(text, 256, allowed, "letters, digits, spaces and `_,.-`")?;
    for word in text.split(' ') {
        if word.is_empty() {
            return Err("single spaces stand between its parts, none around them".to_owned());
        }
        let digits = word.trim_start_matches('-');
        if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err("numbers are decimal without leading zeros: the kernel reads `010` as octal and `0x10` as hexadecimal".to_owned());
        }
    }
    Ok(())
}

fn check_tag_key(text: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " _.:/=+@-".contains(c);
    only(text, 128, allowed, "letters, digits, spaces and `_.:/=+@-`")?;
    let lower = text.to_ascii_lowercase();
    for reserved in ["aws:", "azure", "microsoft", "windows", "goog", "provision:", "provision-"] {
        if lower.starts_with(reserved) {
            return Err(format!("keys that begin with `{reserved}` are reserved"));
        }
    }
    begins_alphanumeric(text)
}

fn check_tag_value(text: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+@-".contains(c);
    only(text, 256, allowed, "letters, digits, spaces and `_.:/=+@-`")
}

fn check_text(text: &str) -> Result<(), Refusal> {
    only(text, 500, |c| !c.is_control() && !is_invisible(c), "any visible character")
}

/// Characters that change how the text around them reads, without being seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn check_address(text: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._%+@-".contains(c);
    only(text, 254, allowed, "letters, digits and `._%+@-`")?;
    match text.split_once('@') {
        Some((user, host)) if !user.is_empty() && host.contains('.') && !host.contains('@') => Ok(()),
        _ => Err("an address looks like `oncall@example.com`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deployment_names() {
        for good in ["a", "orders", "orders-2", "a1"] {
            assert!(DeploymentName::try_from(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "Orders", "1a", "a_b", "é", &"a".repeat(33)] {
            assert!(DeploymentName::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_region_leaves_room_for_its_zones() {
        let longest = "r".repeat(40);
        assert!(Region::try_from(longest.as_str()).is_ok());
        assert!(ZoneName::try_from(format!("{longest}-a").as_str()).is_ok());
        assert!(Region::try_from("r".repeat(41).as_str()).is_err());
    }

    #[test]
    fn sysctl_keys_cannot_leave_proc_sys() {
        for good in ["net.ipv4.tcp_retries2", "vm.swappiness", "net.ipv4.conf.eth0.rp_filter"] {
            assert!(SysctlKey::try_from(good).is_ok(), "{good}");
        }
        for bad in ["", "vm", "..", "net..ipv4", "../etc", "net/ipv4", ".vm.x", "vm.x.", "vm.x\n"] {
            assert!(SysctlKey::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sysctl_values_are_plain_decimal() {
        for good in ["5", "0", "-1", "10240 65535", "bbr", "0.5"] {
            assert!(SysctlValue::try_from(good).is_ok(), "{good}");
        }
        for bad in ["", "010", "0x10", " 5", "5  6", "5\n", "5;6", "$(id)"] {
            assert!(SysctlValue::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rule_ids() {
        assert!(RuleId::try_from("KES-16b").is_ok());
        for bad in ["KES16", "kes-16", "KES-1", "KES-161", "KES-16B", "KES-16bc", "É-1"] {
            assert!(RuleId::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn texts_hide_nothing() {
        assert!(Text::try_from("pool sized by the DBA — fine").is_ok());
        for bad in ["", "a\nb", "a\u{202e}b", "a\u{0}b"] {
            assert!(Text::try_from(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_and_tags() {
        assert!(Address::try_from("oncall@example.com").is_ok());
        assert!(Address::try_from("oncall@example").is_err());
        assert!(TagKey::try_from("aws:x").is_err());
        assert!(TagKey::try_from("provision:deployment").is_err());
        assert!(TagKey::try_from("team").is_ok());
    }
}
