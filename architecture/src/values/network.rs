use std::fmt;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::{Refusal, read_by_try_from};

/// A private IPv4 range, as `10.0.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr(Ipv4Net);

impl Cidr {
    pub fn network(self) -> Ipv4Net {
        self.0
    }
}

impl TryFrom<&str> for Cidr {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let refusal = || "a range is written like `10.0.0.0/16`".to_owned();
        let network: Ipv4Net = text.parse().map_err(|_| refusal())?;
        // `010` is ten to some readers and eight to others.
        if network.to_string() != text {
            return Err(refusal());
        }
        if network.addr() != network.network() {
            return Err(format!("has bits set beyond its length; did you mean `{}`?", network.trunc()));
        }
        if !(16..=24).contains(&network.prefix_len()) {
            return Err(
                "its length lies between /16 and /24: smaller ranges can't hold the subnets of three zones"
                    .to_owned(),
            );
        }
        if !is_private(network.network()) || !is_private(network.broadcast()) {
            return Err(
                "is not private: use a part of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10"
                    .to_owned(),
            );
        }
        Ok(Self(network))
    }
}

fn is_private(address: Ipv4Addr) -> bool {
    let shared = address.octets()[0] == 100 && address.octets()[1] & 0b1100_0000 == 64;
    address.is_private() || shared
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl serde::Serialize for Cidr {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

read_by_try_from!(Cidr, "A private IPv4 range.", Some("^\\d+\\.\\d+\\.\\d+\\.\\d+/\\d+$"), &["10.0.0.0/16"]);

/// A DNS name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct HostName(String);

impl HostName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for HostName {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let good_label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let good = text.len() <= 253 && text.contains('.') && text.split('.').all(good_label);
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err("a host name is written like `kestra.example.com`, in lower case".to_owned())
        }
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

read_by_try_from!(HostName, "A DNS name.", Some("^[a-z0-9-]+(\\.[a-z0-9-]+)+$"), &["kestra.example.com"]);

/// A TCP port.
pub type Port = u16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_ranges_of_a_useful_size() {
        for good in ["10.0.0.0/16", "172.31.0.0/20", "192.168.4.0/24", "100.64.0.0/16"] {
            assert!(Cidr::try_from(good).is_ok(), "{good}");
        }
        for bad in [
            "10.0.0.0/8",
            "10.0.0.0/25",
            "10.0.0.1/16",
            "8.8.0.0/16",
            "172.32.0.0/16",
            "10.0.0.0",
            "::/16",
            "010.0.0.0/16",
        ] {
            assert!(Cidr::try_from(bad).is_err(), "{bad}");
        }
        let refusal = Cidr::try_from("10.0.3.0/16").expect_err("bits beyond");
        assert!(refusal.contains("10.0.0.0/16"), "{refusal}");
    }

    #[test]
    fn host_names() {
        assert!(HostName::try_from("kestra.example.com").is_ok());
        for bad in ["", "localhost", "Kestra.example.com", "a..b", "-a.b", "a.b-", "a b.c", "a.b/"] {
            assert!(HostName::try_from(bad).is_err(), "{bad}");
        }
    }
}
