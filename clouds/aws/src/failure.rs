//! What an error of the cloud means for what to do next.
//!
//! Codes as the services document them: EC2 https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
//! every service https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use provision_engine::driver::{Class, Failure};

/// A failure together with the cloud's own word for it.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    pub(crate) code: String,
    pub(crate) failure: Failure,
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        failed.failure
    }
}

impl Failed {
    pub(crate) fn is_gone(&self) -> bool {
        matches(GONE, &self.code)
    }
}

/// That it is gone already is an answer.
pub(crate) fn unless_gone<T>(result: Result<T, Failed>) -> Result<Option<T>, Failure> {
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(failed) if failed.is_gone() => Ok(None),
        Err(failed) => Err(failed.failure),
    }
}

/// One code, or with a star all that end, or begin, like it: `*NotFoundException` is MSK's `NotFoundException`, too.
type Codes = &'static [&'static str];

const THROTTLED: Codes = &[
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "Throttled",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "TooManyUpdates",
    "PriorRequestNotComplete",
    "SlowDown",
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    // The service has no room at the moment, and has done nothing.
    "Unavailable",
    "ServiceUnavailable",
    "ServiceUnavailableException",
];

/// The object isn't there, or not any more.
const GONE: Codes = &[
    "*.NotFound",
    "*NotFoundException",
    "*NotFoundFault",
    "*NotFound",
    "*.Malformed",
    "InvalidAllocationID.NotFound",
    "NoSuchEntity",
    "NoSuchBucket",
    "NoSuchKey",
    "NatGatewayNotFound",
    "ParameterNotFound",
];

/// Something that was made a moment ago isn't known everywhere.
const NOT_YET: Codes = &[
    "*.NotFound",
    "*NotFoundException",
    "*NotFoundFault",
    "*NotFound",
    "NoSuchEntity",
    "NoSuchBucket",
    "OperationAborted",
    "ConcurrentAccess",
    "IncorrectInstanceState",
    "IncorrectState",
    "InvalidInstanceID.NotLinkable",
    "InvalidNatGatewayID.NotFound",
    "PendingVerification",
];

/// Some codes say nothing; the words tell it apart. What services can't see yet is an invalid parameter: a role, an instance
/// profile (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, "changes that I make are not always
/// immediately visible"), an image parameter, a template.
const BY_WORDS: &[(&str, &str, Class)] = &[
    ("InvalidParameterValue", "currently in use", Class::Conflict),
    ("InvalidParameterValue", "iam instance profile", Class::NotYetConsistent),
    ("InvalidParameterValue", "invalid iaminstanceprofile", Class::NotYetConsistent),
    ("ValidationError", "invalid iaminstanceprofile", Class::NotYetConsistent),
    ("ValidationError", "iaminstanceprofile", Class::NotYetConsistent),
    ("ValidationError", "launch template", Class::NotYetConsistent),
    ("ValidationError", "target group", Class::NotYetConsistent),
    ("InvalidParameter", "unable to assume", Class::NotYetConsistent),
    ("InvalidParameterException", "unable to assume", Class::NotYetConsistent),
    ("InvalidParameterException", "cannot be assumed", Class::NotYetConsistent),
    ("InvalidParameterValue", "cannot be assumed", Class::NotYetConsistent),
    ("InvalidParameterValueException", "cannot be assumed", Class::NotYetConsistent),
    ("InvalidParameterException", "could not be assumed", Class::NotYetConsistent),
    ("InvalidParameterException", "doesn't have the amazon eks managed policies", Class::NotYetConsistent),
    ("InvalidRequestException", "is not in active status", Class::NotYetConsistent),
    ("InvalidRequestException", "in progress", Class::Conflict),
    ("MalformedPolicyDocument", "invalid principal", Class::NotYetConsistent),
    ("MalformedPolicy", "invalid principal", Class::NotYetConsistent),
    ("AccessDenied", "access denied for bucket", Class::NotYetConsistent),
    ("InvalidConfigurationRequest", "access denied for bucket", Class::NotYetConsistent),
];

const QUOTA: Codes = &[
    "*LimitExceeded",
    "*LimitExceededException",
    "*LimitExceededFault",
    "*QuotaExceeded",
    "*QuotaExceededFault",
    "*QuotaExceededException",
    "LimitExceeded",
    "LimitExceededException",
    "InstanceLimitExceeded",
    "InsufficientInstanceCapacity",
    "InsufficientFreeAddressesInSubnet",
    "NoFreeAddressesInSubnet",
    "AddressLimitExceeded",
    "TooManyBuckets",
    "TooManyLoadBalancers",
    "TooManyTargetGroups",
    "TooManyListeners",
    "TooManyTargets",
];

const CONFLICT: Codes = &[
    "*.Duplicate",
    "*AlreadyExists",
    "*AlreadyExistsException",
    "*AlreadyExistsFault",
    "*AlreadyExist",
    "AlreadyExists",
    "AlreadyExistsFault",
    "InvalidLaunchTemplateName.AlreadyExistsException",
    "EntityAlreadyExists",
    "ResourceExistsException",
    "ResourceAlreadyExistsException",
    "BucketAlreadyExists",
    "BucketAlreadyOwnedByYou",
    "Duplicate*",
    "DependencyViolation",
    "DeleteConflict",
    "ResourceInUse",
    "ResourceInUseException",
    "ResourceInUseFault",
    "*.InUse",
    "*InUse",
    "InvalidIPAddress.InUse",
    "Resource.AlreadyAssociated",
    "Resource.AlreadyAssigned",
    "InvalidSubnet.Conflict",
    "ScalingActivityInProgress",
    "ConflictException",
    "BucketNotEmpty",
    "VolumeInUse",
    "RouteAlreadyExists",
];

const NOT_ALLOWED: Codes = &[
    "UnauthorizedOperation",
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
];

const CREDENTIALS: Codes = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "AuthFailure",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
];

fn matches(codes: Codes, code: &str) -> bool {
    codes.iter().any(|known| match (known.strip_prefix('*'), known.strip_suffix('*')) {
        (Some(end), _) => code.ends_with(end),
        (_, Some(start)) => code.starts_with(start),
        _ => *known == code,
    })
}

/// What a call's error means. `service` and `operation` are those of a permission: `ec2`, `CreateVpc`.
pub(crate) fn failed<E>(service: &str, operation: &str, error: &SdkError<E, HttpResponse>) -> Failed
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let action = format!("{service}:{operation}");
    match error {
        SdkError::ServiceError(answer) => {
            let meta = answer.err().meta();
            let status = answer.raw().status().as_u16();
            if status < 300 {
                let words = words(answer.err());
                return plain(
                    Class::Unanswered,
                    format!("{action} was answered with what can't be read: {words}"),
                );
            }
            said(&action, meta.code().unwrap_or_default(), meta.message().unwrap_or_default(), status)
        }
        SdkError::ConstructionFailure(_) => {
            plain(Class::Fatal, format!("{action} can't be asked for: {}", words(error)))
        }
        SdkError::DispatchFailure(dispatch) if !dispatch.is_io() && !dispatch.is_timeout() => {
            let words = words(error);
            if words.to_lowercase().contains("credential") {
                plain(Class::LoggedOut, format!("{action}: there are no credentials: {words}. {LOG_IN}"))
            } else {
                plain(Class::Unanswered, format!("{action} was not answered: {words}"))
            }
        }
        _ => plain(Class::Unanswered, format!("{action} was not answered: {}", words(error))),
    }
}

const LOG_IN: &str = "Log in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and \
    AWS_SECRET_ACCESS_KEY, and run the same command again: it goes on where it stopped";

fn plain(class: Class, message: String) -> Failed {
    Failed { code: String::new(), failure: Failure::new(class, message) }
}

/// The cloud said something.
pub(crate) fn said(action: &str, code: &str, message: &str, status: u16) -> Failed {
    // An answer to a HEAD has no words, and one that a machine on the way gave may have none either.
    let words: Vec<&str> = [code, message].into_iter().filter(|word| !word.is_empty()).collect();
    let words =
        if words.is_empty() { format!("answered with {status}, without a word") } else { words.join(": ") };
    let lower = message.to_lowercase();
    let by_words = BY_WORDS.iter().find(|(known, words, _)| *known == code && lower.contains(words));
    let (class, text) = if matches(THROTTLED, code) || status == 429 {
        (Class::Throttled, format!("{action}: {words}"))
    } else if let Some((.., class)) = by_words {
        (*class, format!("{action}: {words}"))
    } else if matches(CREDENTIALS, code) {
        (Class::LoggedOut, format!("{action}: the credentials are not accepted any more: {words}. {LOG_IN}"))
    } else if matches(NOT_ALLOWED, code) || status == 403 {
        let needed = crate::permissions::needed(action).unwrap_or(action);
        (Class::Fatal, format!("the permission `{needed}` is missing: {words}"))
    } else if matches(QUOTA, code) {
        (Class::Quota, format!("{action}: over a limit of the account: {words}"))
    } else if matches(CONFLICT, code) {
        (Class::Conflict, format!("{action}: {words}"))
    } else if matches(NOT_YET, code) {
        (Class::NotYetConsistent, format!("{action}: {words}"))
    } else if status >= 500 {
        (Class::Unanswered, format!("{action} failed on the cloud's side: {words}"))
    } else {
        (Class::Fatal, format!("{action}: {words}"))
    };
    Failed { code: code.to_owned(), failure: Failure::new(class, text) }
}

/// An error and what caused it.
fn words(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_what_the_services_document() {
        for (code, message, status, class) in [
            ("RequestLimitExceeded", "", 503, Class::Throttled),
            ("Throttling", "Rate exceeded", 400, Class::Throttled),
            ("InternalError", "", 500, Class::Unanswered),
            ("InvalidVpcID.NotFound", "", 400, Class::NotYetConsistent),
            ("VpcLimitExceeded", "", 400, Class::Quota),
            ("DBInstanceAlreadyExists", "", 400, Class::Conflict),
            ("DependencyViolation", "", 400, Class::Conflict),
            ("UnauthorizedOperation", "", 403, Class::Fatal),
            ("ExpiredToken", "", 400, Class::LoggedOut),
            ("InvalidParameterValue", "no such thing", 400, Class::Fatal),
            // OpenSearch Service gives what isn't there, and what can't be, the same number.
            ("ResourceNotFoundException", "", 409, Class::NotYetConsistent),
            ("ResourceAlreadyExistsException", "", 409, Class::Conflict),
            ("LimitExceededException", "", 409, Class::Quota),
            ("DisabledOperationException", "", 409, Class::Fatal),
            ("InvalidTypeException", "", 409, Class::Fatal),
            ("InternalException", "", 500, Class::Unanswered),
            (
                "InvalidParameterValue",
                "Value (x) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
                400,
                Class::NotYetConsistent,
            ),
        ] {
            assert_eq!(said("ec2:X", code, message, status).failure.class, class, "{code}");
        }
    }

    #[test]
    fn an_answer_without_words_is_told_by_its_number() {
        let told = |status| said("s3:HeadBucket", "", "", status).failure.message;
        assert!(told(403).ends_with("is missing: answered with 403, without a word"), "{}", told(403));
        assert!(told(500).ends_with("side: answered with 500, without a word"), "{}", told(500));
        assert!(!told(400).contains(": :"), "{}", told(400));
    }

    #[test]
    fn a_missing_permission_is_named() {
        let failed = said("ec2:CreateVpc", "UnauthorizedOperation", "You are not authorized", 403);
        assert!(failed.failure.message.contains("the permission `ec2:CreateVpc` is missing"));
        // As it is written into a policy, not as the call is called.
        let failed = said("s3:GetBucketEncryption", "AccessDenied", "Access Denied", 403);
        assert!(failed.failure.message.contains("the permission `s3:GetEncryptionConfiguration` is missing"));
    }

    #[test]
    fn what_is_gone_is_known_by_its_code() {
        for code in [
            "InvalidVpcID.NotFound",
            "LoadBalancerNotFound",
            "NoSuchEntity",
            "NotFoundException",
            "ResourceNotFoundException",
        ] {
            assert!(said("x", code, "", 404).is_gone(), "{code}");
        }
        assert!(!said("x", "DependencyViolation", "", 400).is_gone());
    }
}
