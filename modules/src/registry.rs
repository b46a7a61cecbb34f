//! Registries of images that ask for a login that we know.

use provision_architecture::spec::Platform;

/// The vendor's registry of Kestra's Enterprise edition: it takes a licence's id and fingerprint.
pub(crate) const KESTRA: &str = "registry.kestra.io";

/// Whether an image is taken with the platform's licence.
pub(crate) fn asks_for_licence(platform: Platform, image: &str) -> bool {
    let host = image.split('/').next();
    platform == Platform::Kestra && host == Some(KESTRA)
}
