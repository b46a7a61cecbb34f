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

    /// Whether it is asked for too much.
    pub(crate) fn wants_less(&self) -> bool {
        self.failure.class == Class::Throttled || matches(OVERLOADED, &self.code)
    }
}

/// How a refusal begins that is for a create's token alone. What a create hands on has its words only.
const TOKEN_IS_KNOWN: &str = "the cloud knows its token of another call";

pub(crate) fn is_about_the_token(failure: &Failure) -> bool {
    failure.message.contains(TOKEN_IS_KNOWN)
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
];

/// The service has no room at the moment. Nobody promises that it has done nothing
/// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, server errors).
const OVERLOADED: Codes = &["Unavailable", "ServiceUnavailable", "ServiceUnavailableException"];

/// The token of a create is one that the cloud remembers: of a machine that was terminated, or of a call that said something
/// else, and what that one made may live. EKS has no code for it.
const OF_TOKENS: &[(&str, &str, Class)] = &[
    ("IdempotentInstanceTerminated", "", Class::Fatal),
    ("IdempotentParameterMismatch", "", Class::Unanswered),
    ("InvalidRequestException", "clientrequesttoken", Class::Unanswered),
    ("InvalidParameterException", "clientrequesttoken", Class::Unanswered),
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
    "NoSuchHostedZone",
    "NatGatewayNotFound",
    "ParameterNotFound",
];

/// The service is at work on it and takes the call afterwards: a backup of a database, a change of a disk, a group that grows.
const BUSY: Codes = &[
    "InvalidDBInstanceState",
    "InvalidDBInstanceStateFault",
    "IncorrectModificationState",
    "ScalingActivityInProgress",
];

/// Something that was made a moment ago isn't known everywhere, or is still busy with the last change: the services say
/// "wait" (IAM: ConcurrentModification, EntityTemporarilyUnmodifiable, CloudWatch Logs: OperationAbortedException, Auto
/// Scaling: ResourceContention, EFS: IncorrectFileSystemLifeCycleState, each on its API's page of errors).
const NOT_YET: Codes = &[
    "*.NotFound",
    "*NotFoundException",
    "*NotFoundFault",
    "*NotFound",
    "NoSuchEntity",
    "NoSuchBucket",
    "OperationAborted",
    "OperationAbortedException",
    "ConcurrentAccess",
    "ConcurrentModification",
    "ConcurrentTagAccess",
    "EntityTemporarilyUnmodifiable",
    "IdempotentCallInProgress",
    "IncorrectFileSystemLifeCycleState",
    "IncorrectMountTargetState",
    "ResourceContention",
    "ResourcePropagationDelayException",
    "StaleTag",
    "IncorrectInstanceState",
    "IncorrectState",
    "InvalidInstanceID.NotLinkable",
    "InvalidNatGatewayID.NotFound",
    "PendingVerification",
];

/// Some codes say nothing; the words tell it apart. What services can't see yet is an invalid parameter: a role, an instance
/// profile (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, "changes that I make are not always
/// immediately visible"), an image parameter, a template. RDS makes its own role in an account at its first use
/// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html).
const BY_WORDS: &[(&str, &str, Class)] = &[
    ("InvalidParameterValue", "currently in use", Class::Conflict),
    ("InvalidParameterValue", "iam instance profile", Class::NotYetConsistent),
    ("InvalidParameterValue", "invalid iaminstanceprofile", Class::NotYetConsistent),
    ("ValidationError", "invalid iaminstanceprofile", Class::NotYetConsistent),
    // Of a template: its other faults are no matter of time, and are told with the same beginning.
    ("ValidationError", "invalid iam instance profile", Class::NotYetConsistent),
    ("ValidationError", "target group", Class::NotYetConsistent),
    // OpenSearch, of a log group whose policy was written a moment ago.
    ("ValidationException", "does not grant sufficient permissions", Class::NotYetConsistent),
    ("InvalidParameter", "unable to assume", Class::NotYetConsistent),
    ("InvalidParameterException", "unable to assume", Class::NotYetConsistent),
    ("InvalidParameterException", "cannot be assumed", Class::NotYetConsistent),
    ("InvalidParameterValue", "cannot be assumed", Class::NotYetConsistent),
    ("InvalidParameterValueException", "cannot be assumed", Class::NotYetConsistent),
    ("InvalidParameterValue", "permission to create service linked role", Class::NotYetConsistent),
    ("InvalidParameterException", "could not be assumed", Class::NotYetConsistent),
    ("InvalidParameterException", "doesn't have the amazon eks managed policies", Class::NotYetConsistent),
    ("InvalidRequestException", "is not in active status", Class::Busy),
    ("InvalidRequestException", "in progress", Class::Busy),
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
    // It is being backed up, changed, or made.
    "InvalidDBClusterStateFault",
    "InvalidDBParameterGroupState",
    "InvalidDBSubnetGroupStateFault",
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
    "ForbiddenException",
    "NotAuthorized",
];

/// Other codes with a 403 are about a permission when their words say so.
const NOT_ALLOWED_WORDS: &[&str] = &["not authorized", "access denied", "permission"];

/// What a person has to know who reads it. None of it is a limit of the account or a permission
/// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html; S3:
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
const EXPLAINED: &[(Codes, &str)] = &[
    (
        &[
            "InsufficientAddressCapacity",
            "InsufficientCapacity",
            "InsufficientDBInstanceCapacity",
            "InsufficientHostCapacity",
            "InsufficientInstanceCapacity",
            "InsufficientVolumeCapacity",
        ],
        "the zone has none of these left, which is no limit of the account: try again later, or with another type or zone",
    ),
    (
        &[
            "InsufficientFreeAddressesInSubnet",
            "NoFreeAddressesInSubnet",
            "InsufficientAvailableIPsInSubnetFault",
        ],
        "the subnet has no free addresses left: release some, or take a larger one",
    ),
    (
        &[
            "OptInRequired",
            "SubscriptionRequiredException",
            "NotSignedUp",
            "AccountProblem",
            "Blocked",
            "AllAccessDisabled",
        ],
        "the account can't use the service, or not yet: look at what it is subscribed to, and at what AWS wrote to its owner",
    ),
    // Of credentials it says other words.
    (&["AuthFailure"], "it isn't this account's, or isn't for it to use"),
];

/// The machine's clock is more than some minutes off: every call would be refused.
const CLOCK: &[(&str, &str)] = &[
    ("RequestTimeTooSkewed", ""),
    ("RequestInTheFuture", ""),
    ("SignatureDoesNotMatch", "signature expired"),
    ("SignatureDoesNotMatch", "signature not yet current"),
    ("InvalidSignatureException", "signature expired"),
    ("InvalidSignatureException", "signature not yet current"),
];

/// EC2 sends one code for credentials that are wrong and for what is somebody else's
/// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, AuthFailure).
const NOT_VALIDATED: (&str, &str) = ("AuthFailure", "validate the provided access credentials");

const CREDENTIALS: Codes = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
];

/// S3 has not got all of the call in time (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html): a 400.
const UNANSWERED: Codes = &["RequestTimeout", "RequestTimeoutException"];

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
    let said = Said { action, code, status, lower: message.to_lowercase(), words };
    let (class, text) =
        said.of_its_words().or_else(|| said.of_who_asks()).unwrap_or_else(|| said.of_the_call());
    Failed { code: code.to_owned(), failure: Failure::new(class, text) }
}

/// What the cloud answered, and what the class and the words for people are.
struct Said<'a> {
    action: &'a str,
    code: &'a str,
    status: u16,
    /// The message, as it is looked through.
    lower: String,
    /// All that was said, as it is handed on.
    words: String,
}

impl Said<'_> {
    fn is(&self, code: &str, part: &str) -> bool {
        self.code == code && self.lower.contains(part)
    }

    fn of_its_words(&self) -> Option<(Class, String)> {
        let Said { action, words, .. } = self;
        if let Some((.., class)) = OF_TOKENS.iter().find(|(code, part, _)| self.is(code, part)) {
            return Some((*class, format!("{action}: {TOKEN_IS_KNOWN}: {words}")));
        }
        if matches(THROTTLED, self.code) || self.status == 429 {
            return Some((Class::Throttled, format!("{action}: {words}")));
        }
        let (.., class) = BY_WORDS.iter().find(|(code, part, _)| self.is(code, part))?;
        Some((*class, format!("{action}: {words}")))
    }

    /// Who asks may not, or has no more of it: asking again changes nothing.
    fn of_who_asks(&self) -> Option<(Class, String)> {
        let Said { action, words, .. } = self;
        if CLOCK.iter().any(|(code, part)| self.is(code, part)) {
            let text = format!("{action}: this machine's clock is wrong: {words}. Set it, and go on");
            return Some((Class::LoggedOut, text));
        }
        if matches(CREDENTIALS, self.code) || self.is(NOT_VALIDATED.0, NOT_VALIDATED.1) {
            let text = format!("{action}: the credentials are not accepted any more: {words}. {LOG_IN}");
            return Some((Class::LoggedOut, text));
        }
        if let Some((_, why)) = EXPLAINED.iter().find(|(codes, _)| matches(codes, self.code)) {
            return Some((Class::Fatal, format!("{action}: {why}: {words}")));
        }
        let speaks_of_it =
            self.code.is_empty() || NOT_ALLOWED_WORDS.iter().any(|part| self.lower.contains(part));
        if matches(NOT_ALLOWED, self.code) || (self.status == 403 && speaks_of_it) {
            let needed = crate::permissions::needed(action).unwrap_or(action);
            return Some((Class::Fatal, format!("the permission `{needed}` is missing: {words}")));
        }
        let over = || (Class::Quota, format!("{action}: over a limit of the account: {words}"));
        matches(QUOTA, self.code).then(over)
    }

    fn of_the_call(&self) -> (Class, String) {
        let Said { action, words, .. } = self;
        if matches(UNANSWERED, self.code) {
            return (Class::Unanswered, format!("{action}: {words}"));
        }
        let class = if matches(CONFLICT, self.code) {
            Class::Conflict
        } else if matches(BUSY, self.code) {
            Class::Busy
        } else if matches(NOT_YET, self.code) {
            Class::NotYetConsistent
        } else if self.status >= 500 {
            return (Class::Unanswered, format!("{action} failed on the cloud's side: {words}"));
        } else {
            Class::Fatal
        };
        (class, format!("{action}: {words}"))
    }
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
            // Route 53, while it is still at the change before.
            ("PriorRequestNotComplete", "", 400, Class::Throttled),
            ("NoSuchHostedZone", "No hosted zone found with ID: Z1", 404, Class::Fatal),
            ("InternalError", "", 500, Class::Unanswered),
            ("Unavailable", "The server is overloaded", 503, Class::Unanswered),
            ("ServiceUnavailable", "", 503, Class::Unanswered),
            ("SlowDown", "Please reduce your request rate", 503, Class::Throttled),
            ("InvalidVpcID.NotFound", "", 400, Class::NotYetConsistent),
            ("VpcLimitExceeded", "", 400, Class::Quota),
            ("DBInstanceAlreadyExists", "", 400, Class::Conflict),
            ("DependencyViolation", "", 400, Class::Conflict),
            ("UnauthorizedOperation", "", 403, Class::Fatal),
            ("ExpiredToken", "", 400, Class::LoggedOut),
            (
                "AuthFailure",
                "AWS was not able to validate the provided access credentials",
                401,
                Class::LoggedOut,
            ),
            ("AuthFailure", "Not authorized for images: [ami-12345678]", 403, Class::Fatal),
            ("InsufficientInstanceCapacity", "", 500, Class::Fatal),
            ("InsufficientFreeAddressesInSubnet", "", 400, Class::Fatal),
            ("InvalidParameterValue", "no such thing", 400, Class::Fatal),
            ("InvalidDBInstanceState", "Instance orders is not in available state.", 400, Class::Busy),
            ("IncorrectModificationState", "", 400, Class::Busy),
            ("ScalingActivityInProgress", "", 400, Class::Busy),
            ("ResourceInUseException", "", 409, Class::Conflict),
            ("ConflictException", "", 409, Class::Conflict),
            ("ResourceContention", "", 500, Class::NotYetConsistent),
            ("ConcurrentModification", "", 409, Class::NotYetConsistent),
            ("ConcurrentTagAccess", "", 400, Class::NotYetConsistent),
            ("EntityTemporarilyUnmodifiable", "", 409, Class::NotYetConsistent),
            ("IncorrectFileSystemLifeCycleState", "", 409, Class::NotYetConsistent),
            ("IncorrectState", "", 400, Class::NotYetConsistent),
            ("OperationAbortedException", "", 400, Class::NotYetConsistent),
            ("ResourcePropagationDelayException", "", 428, Class::NotYetConsistent),
            ("StaleTag", "", 400, Class::NotYetConsistent),
            (
                "ValidationError",
                "You must use a valid fully-formed launch template. Value (x) for parameter iamInstanceProfile.name is \
                 invalid. Invalid IAM Instance Profile name",
                400,
                Class::NotYetConsistent,
            ),
            (
                "ValidationError",
                "You must use a valid fully-formed launch template. The image id '[ami-12345678]' does not exist",
                400,
                Class::Fatal,
            ),
            ("RequestTimeout", "", 400, Class::Unanswered),
            ("DependencyTimeoutException", "", 503, Class::Unanswered),
            ("TooManyRequestsException", "", 429, Class::Throttled),
            (
                "InvalidParameterValue",
                "Unable to create the resource. Verify that you have permission to create service linked role. \
                 Otherwise wait and try again later",
                400,
                Class::NotYetConsistent,
            ),
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
    fn a_token_that_another_call_had_is_known_by_its_code_or_words() {
        for (code, message, class) in [
            (
                "IdempotentInstanceTerminated",
                "The client token you have provided is associated with a resource that is already deleted.",
                Class::Fatal,
            ),
            ("IdempotentParameterMismatch", "", Class::Unanswered),
            (
                "InvalidRequestException",
                "The clientRequestToken was used with other parameters",
                Class::Unanswered,
            ),
        ] {
            let failure = said("eks:CreateCluster", code, message, 400).failure;
            assert!(is_about_the_token(&failure), "{code}");
            assert_eq!(failure.class, class, "{code}");
        }
        let other = said("ec2:RunInstances", "InvalidParameterValue", "Invalid availability zone", 400);
        assert!(!is_about_the_token(&other.failure));
        let expired = said("ec2:RunInstances", "InvalidClientTokenId", "The security token is invalid", 403);
        assert!(!is_about_the_token(&expired.failure));
    }

    #[test]
    fn an_answer_without_words_is_told_by_its_number() {
        let told = |status| said("s3:HeadBucket", "", "", status).failure.message;
        assert!(told(403).ends_with("is missing: answered with 403, without a word"), "{}", told(403));
        assert!(told(500).ends_with("side: answered with 500, without a word"), "{}", told(500));
        assert!(!told(400).contains(": :"), "{}", told(400));
    }

    #[test]
    fn what_is_no_limit_and_no_permission_is_told_as_what_it_is() {
        for (code, message, status, words) in [
            ("InsufficientInstanceCapacity", "", 500, "the zone has none of these left"),
            ("InsufficientDBInstanceCapacity", "", 400, "the zone has none of these left"),
            ("NoFreeAddressesInSubnet", "", 409, "no free addresses left"),
            (
                "OptInRequired",
                "You are not subscribed to this service",
                403,
                "can't use the service, or not yet",
            ),
            ("AccountProblem", "", 403, "can't use the service, or not yet"),
            ("AuthFailure", "You do not own the resource", 403, "it isn't this account's"),
            ("RequestTimeTooSkewed", "", 403, "this machine's clock is wrong"),
            (
                "SignatureDoesNotMatch",
                "Signature expired: 20260101T000000Z",
                403,
                "this machine's clock is wrong",
            ),
            (
                "SignatureDoesNotMatch",
                "The signature we calculated does not match",
                403,
                "credentials are not accepted",
            ),
            ("InvalidObjectState", "The operation is not valid", 403, "ec2:X: InvalidObjectState"),
        ] {
            let said = said("ec2:X", code, message, status).failure.message;
            assert!(said.contains(words), "{code}: {said}");
            let others = ["the permission", "a limit of the account:"];
            assert!(others.iter().all(|other| !said.contains(other)), "{code}: {said}");
        }
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
    fn who_has_no_room_is_asked_more_slowly_and_may_have_done_it() {
        let said = |code: &str, status| said("kms:CreateKey", code, "", status);
        assert!(
            said("ServiceUnavailable", 503).wants_less() && said("ThrottlingException", 400).wants_less()
        );
        assert!(!said("InternalError", 500).wants_less());
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
