//! The role by which the service reaches into networks: the account has to have it before its first domain in one. The
//! console makes it unasked, a call doesn't
//! (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr-aos.html).

use provision_engine::driver::{Class, Failure};

use crate::connection::Cloud;
use crate::failure::Failed;

const OF: &str = "opensearchservice.amazonaws.com";

/// The service refuses for want of it.
pub(super) fn is_missing(failed: &Failed) -> bool {
    failed.code == "ValidationException" && failed.failure.message.contains("service-linked role")
}

/// Makes it, and says why the domain has to be asked for again.
pub(super) async fn made(cloud: &Cloud) -> Result<Failure, Failure> {
    let sent = cloud.iam.create_service_linked_role().aws_service_name(OF).send();
    match cloud.call("iam", "CreateServiceLinkedRole", sent).await {
        // Somebody made it a moment ago.
        Err(failed) if failed.code == "InvalidInput" && failed.failure.message.contains("has been taken") => {
        }
        result => drop(result?),
    }
    let message =
        format!("the account's role for `{OF}` was made a moment ago, and the service doesn't know it yet");
    Ok(Failure::new(Class::NotYetConsistent, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::said;

    #[test]
    fn its_want_is_told_by_the_words() {
        let words = "Before you can proceed, you must enable a service-linked role to give Amazon OpenSearch Service \
                     permissions to access your VPC.";
        assert!(is_missing(&said("es:CreateDomain", "ValidationException", words, 400)));
        assert!(!is_missing(&said("es:CreateDomain", "ValidationException", "Invalid instance type", 400)));
    }
}
