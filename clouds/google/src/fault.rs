use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::Code;
use provision_store::Fault;

/// What the service answered, in numbers of HTTP whichever protocol it was.
pub(crate) fn status(error: &Error) -> Option<u16> {
    error.http_status_code().or_else(|| {
        Some(match error.status()?.code {
            Code::NotFound => 404,
            Code::AlreadyExists => 409,
            Code::FailedPrecondition => 412,
            Code::PermissionDenied => 403,
            Code::Unauthenticated => 401,
            Code::ResourceExhausted => 429,
            Code::Unavailable | Code::DeadlineExceeded | Code::Internal | Code::Aborted | Code::Unknown => {
                503
            }
            _ => 400,
        })
    })
}

/// What an error means for whether it is worth asking again.
pub(crate) fn fault(what: &str, error: &Error) -> Fault {
    let mut text = format!("{what}: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    match status(error) {
        _ if error.is_authentication() => Fault::Failed(text),
        Some(408 | 429 | 500..) | None => Fault::Unanswered(text),
        Some(_) => Fault::Failed(text),
    }
}
