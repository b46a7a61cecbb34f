use std::sync::Arc;

use provision_azure::{Access, Account, Blobs, Container, Environment, KeyVault, credential, identity_of};
use provision_store::{Founder, Sealed, Vault};

use super::{Opened, failed, runtime, shared};
use crate::environment::setting;
use crate::failure::Failure;

fn environment() -> Environment {
    Environment {
        tenant: setting("AZURE_TENANT_ID"),
        client: setting("AZURE_CLIENT_ID"),
        secret: setting("AZURE_CLIENT_SECRET").map(Sealed::new),
        is_workload: setting("AZURE_FEDERATED_TOKEN_FILE").is_some(),
    }
}

/// A key or a signature of the account where one is given, as Azure's own tool takes them; else Entra.
fn account(name: &str) -> Result<(Account, String), Failure> {
    let (access, who) = if let Some(key) = setting("AZURE_STORAGE_KEY") {
        (Access::Key(Sealed::new(key)), format!("whoever has a key of the storage account {name}"))
    } else if let Some(signature) = setting("AZURE_STORAGE_SAS_TOKEN") {
        (
            Access::Signature(Sealed::new(signature)),
            format!("whoever has a shared access signature of the storage account {name}"),
        )
    } else {
        let token = credential(&environment()).map_err(failed("Azure's storage can't be reached"))?;
        let who = runtime()?.block_on(identity_of(Arc::as_ref(&token)));
        let who = who.map_err(failed("Entra can't be asked who we are"))?;
        (Access::Token(token), who)
    };
    let endpoint = setting("AZURE_STORAGE_SERVICE_ENDPOINT");
    Ok((Account { name: name.to_owned(), endpoint, access, transport: None }, who))
}

pub fn open(name: &str, container: &str, prefix: &str) -> Result<Opened, Failure> {
    let (account, who) = account(name)?;
    let _inside = runtime()?.enter();
    let place = Blobs::open(&account, container, prefix);
    shared(place.map_err(failed("the ledger can't be opened"))?, who)
}

pub fn founder(name: &str, container: &str) -> Result<(Box<dyn Founder>, String), Failure> {
    let (account, who) = account(name)?;
    Ok((Box::new(Container::new(account, container)), who))
}

pub fn vault(address: &str) -> Result<(Box<dyn Vault>, String), Failure> {
    let token = credential(&environment()).map_err(failed("Azure's vault can't be reached"))?;
    let who = runtime()?.block_on(identity_of(Arc::as_ref(&token)));
    let who = who.map_err(failed("Entra can't be asked who we are"))?;
    let _inside = runtime()?.enter();
    let vault = KeyVault::open(address, token, None);
    Ok((Box::new(vault.map_err(failed("Azure's vault can't be reached"))?), who))
}
