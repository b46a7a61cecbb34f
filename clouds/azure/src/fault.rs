use azure_core::Error;
use azure_core::error::ErrorKind;
use provision_store::Fault;

pub(crate) fn status(error: &Error) -> Option<u16> {
    error.http_status().map(u16::from)
}

/// The service's own word for what is wrong.
pub(crate) fn code(error: &Error) -> &str {
    match error.kind() {
        ErrorKind::HttpResponse { error_code, .. } => error_code.as_deref().unwrap_or_default(),
        _ => "",
    }
}

/// What an error means for whether it is worth asking again. Says nothing of the address: it may hold a signature.
pub(crate) fn fault(what: &str, error: &Error) -> Fault {
    match (error.kind(), status(error)) {
        (_, Some(status)) => {
            let text = format!("{what}: Azure answered {status} {}", code(error));
            if matches!(status, 408 | 429 | 500..) { Fault::Unanswered(text) } else { Fault::Failed(text) }
        }
        (ErrorKind::Credential, _) => Fault::Failed(format!("{what}: no credentials: {error}")),
        (ErrorKind::DataConversion, _) => Fault::Failed(format!("{what}: the answer makes no sense")),
        (kind, _) => Fault::Unanswered(format!("{what}: {kind}")),
    }
}
