//! What Terraform is told of an estate: an import for each resource, and no two by the same name.

use std::collections::BTreeSet;
use std::path::Path;

use provision_engine::handover::{self, for_embedded, for_terraform};
use provision_engine::load::{Files, load};
use provision_engine::plan::Options;

use crate::rendered::examples;
use crate::support::{DEPLOYMENT, World, read_directory};

#[test]
fn every_resource_of_every_example_on_aws_can_be_imported() {
    let aws =
        |path: &Path| std::fs::read_to_string(path.join("versions.tf")).unwrap().contains("hashicorp/aws");
    for (name, path) in examples().into_iter().filter(|(_, path)| aws(path)) {
        let mut files = read_directory(&path);
        let world = World::perfect();
        world.applied(&files);
        let prepared = World::prepare(&files);
        let live = world.live(&prepared);
        let planned = prepared.plan(&live, "sandbox", DEPLOYMENT, &Options::default());
        let planned = planned.unwrap_or_else(|problems| panic!("{name}: {problems}"));
        let imports = handover::imports(&planned).unwrap_or_else(|error| panic!("{name}: {error}"));
        let to: BTreeSet<_> = imports.iter().map(|import| &import.to).collect();
        assert_eq!(to, prepared.directory.resources.keys().collect(), "{name}");
        let named: BTreeSet<_> = imports.iter().map(|import| (import.to.kind(), &import.id)).collect();
        assert_eq!(named.len(), imports.len(), "{name}: two imports by one name");

        // Both forms of the file are Terraform that this engine reads, and one asks who applies it.
        for (text, guards) in [(for_terraform(&imports), 0), (for_embedded(&imports, "embedded"), 1)] {
            files.insert(handover::FILE.to_owned(), text.into_bytes());
            let directory =
                load(&Files::in_memory(files.clone())).unwrap_or_else(|it| panic!("{name}: {it}"));
            assert_eq!(directory.imports.len(), imports.len(), "{name}");
            let guard = directory.variables.keys().filter(|variable| *variable == handover::GUARD).count();
            assert_eq!(guard, guards, "{name}");
        }
    }
}
