use std::error::Error;

use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::http::Response;
use provision_store::Fault;

/// Codes that say: not now.
const BUSY: [&str; 6] =
    ["SlowDown", "RequestTimeout", "Throttling", "ThrottlingException", "InternalError", "OperationAborted"];

pub(super) fn status<E>(error: &SdkError<E, Response>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// What an error means for whether it is worth asking again.
pub(super) fn fault<E>(what: &str, error: &SdkError<E, Response>) -> Fault
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let status = status(error);
    if let Some(service) = error.as_service_error() {
        let code = service.code().unwrap_or_default().to_owned();
        let said = service.message().unwrap_or_default();
        let text = match (code.as_str(), status) {
            ("" | "AccessDenied" | "AccessDeniedException", Some(403)) => missing(what, &permission::<E>()),
            ("", Some(status)) => format!("{what}: AWS answered {status}"),
            _ => format!("{what}: {code}: {said}"),
        };
        let is_busy = BUSY.contains(&code.as_str()) || matches!(status, Some(408 | 429 | 500..));
        return if is_busy { Fault::Unanswered(text) } else { Fault::Failed(text) };
    }
    let text = format!("{what}: {}", DisplayErrorContext(error));
    match error {
        // Nothing is better in a second when there is nobody to be.
        SdkError::ConstructionFailure(_) => Fault::Failed(text),
        _ if text.contains("redential") => Fault::Failed(text),
        _ => Fault::Unanswered(text),
    }
}

pub(super) fn missing(what: &str, permission: &str) -> String {
    format!("{what}: the permission `{permission}` is missing, or a policy denies it")
}

/// What the call needs of which this is the error: `aws_sdk_s3::operation::get_object::GetObjectError`.
fn permission<E>() -> String {
    let name = std::any::type_name::<E>();
    let service = name.strip_prefix("aws_sdk_").and_then(|rest| rest.split("::").next()).unwrap_or_default();
    let operation = name.rsplit("::").next().unwrap_or_default().trim_end_matches("Error");
    let call = format!("{service}:{operation}");
    crate::permissions::needed(&call).unwrap_or(&call).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permission_of_a_call_is_known_by_its_error() {
        use aws_sdk_s3::operation::get_bucket_encryption::GetBucketEncryptionError;
        use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueError;
        assert_eq!(permission::<GetBucketEncryptionError>(), "s3:GetEncryptionConfiguration");
        assert_eq!(permission::<PutSecretValueError>(), "secretsmanager:PutSecretValue");
    }
}
