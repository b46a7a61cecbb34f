//! Secrets are put once, and over an old one only when that was agreed to.

use provision_aws::store::{SecretsManager, configuration};
use provision_google::{SecretManager, Settings};
use provision_store::{Put, Sealed, Vault};

use super::World;
use super::places::{self, runtime};

pub(crate) fn all(world: &World) {
    let runtime = runtime();
    let settings = runtime.block_on(configuration(Some("eu-west-1")));
    put(&SecretsManager::new(&settings), "provision/orders/licence");
    let settings = Settings { secrets: Some(world.google.clone()), ..Settings::default() };
    let google = runtime.block_on(SecretManager::open(&settings, "tests")).unwrap();
    put(&google, "orders-licence");
    let _inside = runtime.enter();
    let azure = places::key_vault(&world.certificate, world.vault);
    put(&azure, "orders-licence");
    let refused = runtime.block_on(azure.put("orders/licence", &Sealed::new("hunter2".to_owned()), false));
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("orders/licence") && !refused.contains("hunter"), "{refused}");
}

fn put(vault: &dyn Vault, name: &str) {
    let runtime = runtime();
    runtime.block_on(async {
        assert!(!vault.holds(name).await.unwrap());
        let (first, second) = (Sealed::new("hunter2".to_owned()), Sealed::new("hunter3".to_owned()));
        assert_eq!(vault.put(name, &first, false).await.unwrap(), Put::Made);
        assert!(vault.holds(name).await.unwrap());
        assert_eq!(vault.put(name, &second, false).await.unwrap(), Put::Kept);
        assert_eq!(vault.put(name, &second, true).await.unwrap(), Put::Replaced);
    });
    assert!(!format!("{:?}", Sealed::new("hunter2".to_owned())).contains("hunter"));
}
