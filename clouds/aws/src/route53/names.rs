//! Names as the service writes them: in small letters, with a dot at the end, and with codes for what isn't a letter, a
//! digit, a hyphen or an underscore (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html).

/// As people write it: `\052.Example.com.` is `*.example.com`.
pub(super) fn plain(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name.strip_suffix('.').unwrap_or(name);
    while let Some(at) = rest.find('\\') {
        let code = rest.get(at + 1..at + 4).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        let (character, end) = code.map_or(('\\', at + 1), |code| (char::from(code), at + 4));
        text.push_str(&rest[..at]);
        text.push(character);
        rest = &rest[end..];
    }
    text.push_str(rest);
    text.to_ascii_lowercase()
}

/// The name that a balancer answers by, without what asks for both families of addresses: the console puts that before it
/// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-to-elb-load-balancer.html).
pub(super) fn of_balancer(name: &str) -> String {
    let name = plain(name);
    match name.strip_prefix("dualstack.") {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_people_write_it() {
        for (written, read) in [
            ("www.example.com.", "www.example.com"),
            ("WWW.Example.com", "www.example.com"),
            ("\\052.example.com.", "*.example.com"),
            ("a\\344b\\", "a\u{e4}b\\"),
            ("a\\9z9.example.com", "a\\9z9.example.com"),
            ("ä\\05ä", "ä\\05ä"),
        ] {
            assert_eq!(plain(written), read, "{written}");
        }
    }

    #[test]
    fn a_balancer_is_known_by_either_of_its_names() {
        let name = "internal-orders-1.eu-west-1.elb.amazonaws.com";
        assert_eq!(of_balancer(&format!("dualstack.{name}.")), name);
        assert_eq!(of_balancer("Internal-Orders-1.eu-west-1.elb.amazonaws.com"), name);
    }
}
