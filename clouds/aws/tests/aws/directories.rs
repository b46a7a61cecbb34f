//! The directories that tests apply, whole: what several of them begin with stands in files of its own.

/// A directory's Terraform, after the parts that it shares with others.
macro_rules! directory {
    ($name:literal after $($part:literal),*) => {
        concat!(
            $(include_str!(concat!("directories/shared/", $part, ".tf")), "\n",)*
            include_str!(concat!("directories/", $name, ".tf"))
        )
    };
}

pub(crate) const ALARMS: &str = directory!("alarms" after "provider");
pub(crate) const BALANCED: &str = directory!("balanced" after "provider", "subnet", "second_subnet");
pub(crate) const CONFIGURATION: &str = directory!("configuration" after "provider");
pub(crate) const EKS: &str = directory!("eks" after "provider", "subnet", "second_subnet");
pub(crate) const FILES: &str = directory!("files" after "provider", "subnet", "second_subnet");
pub(crate) const KAFKA: &str = directory!("kafka" after "provider", "subnet", "second_subnet");
pub(crate) const MACHINES: &str = directory!("machines" after "provider", "subnet");
pub(crate) const NETWORK: &str = directory!("network" after "provider");
pub(crate) const SEARCH: &str = directory!("search" after "provider", "subnet", "second_subnet");
pub(crate) const SECRET: &str = directory!("secret" after "provider");
/// More than the tests' account may have, of everything.
pub(crate) const SHORT: &str = directory!("short" after "provider", "subnet", "second_subnet");
/// More beside `BALANCED`.
pub(crate) const STANDING: &str = directory!("standing" after);
