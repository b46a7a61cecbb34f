//! The store that a team shares: made and secured.

use provision_engine::ledger::Location;
#[cfg(any(feature = "aws", feature = "google", feature = "azure"))]
use provision_store::{Founder, Founding};

use super::Whereabouts;
use crate::failure::Failure;
use crate::output::Output;

/// What was done, or was found done.
pub struct Deed {
    pub what: String,
    pub is_new: bool,
}

pub struct Founded {
    pub location: Location,
    pub deeds: Vec<Deed>,
}

/// Makes it, after `agreed` said yes to the question.
pub fn found(
    location: &Location,
    place: &Whereabouts,
    agreed: &dyn Fn(&str) -> Result<bool, Failure>,
    output: &Output,
) -> Result<Founded, Failure> {
    match location {
        Location::File(_) => {
            Err(Failure::new(format!("{location} is a folder: there is nothing to be made for it"))
                .hint("a store for a team is `s3://BUCKET`, `gs://BUCKET` or `azblob://ACCOUNT/CONTAINER`"))
        }
        #[cfg(feature = "aws")]
        Location::S3 { bucket, prefix } => {
            let bucket = Some(bucket.as_str()).filter(|bucket| !bucket.is_empty());
            let (founder, name, who) = super::aws::founder(bucket, &place.region)?;
            let location = Location::S3 { bucket: name, prefix: prefix.clone() };
            with(founder.as_ref(), location, &who, place, agreed, output)
        }
        #[cfg(feature = "google")]
        Location::Google { bucket, .. } => {
            let (founder, who) = super::google::founder(bucket);
            with(founder.as_ref(), location.clone(), &who, place, agreed, output)
        }
        #[cfg(feature = "azure")]
        Location::Azure { account, container, .. } => {
            let (founder, who) = super::azure::founder(account, container)?;
            with(founder.as_ref(), location.clone(), &who, place, agreed, output)
        }
        #[cfg(not(all(feature = "aws", feature = "google", feature = "azure")))]
        other => {
            let _ = (place, agreed, output);
            let named = match other {
                Location::S3 { bucket, .. } if bucket.is_empty() => "Amazon S3".to_owned(),
                other => other.to_string(),
            };
            Err(super::missing(&named, super::feature_of(other)))
        }
    }
}

#[cfg(any(feature = "aws", feature = "google", feature = "azure"))]
fn with(
    founder: &dyn Founder,
    location: Location,
    who: &str,
    place: &Whereabouts,
    agreed: &dyn Fn(&str) -> Result<bool, Failure>,
    output: &Output,
) -> Result<Founded, Failure> {
    output.say(&format!("As {who}."));
    if !agreed(&format!("This makes {location} in {}, or brings it into order.", place.region))? {
        return Err(Failure::new("nothing was made"));
    }
    let plan = Founding { region: place.region.clone(), project: place.project.clone() };
    let deeds = super::runtime()?.block_on(founder.found(&plan));
    let deeds = deeds.map_err(super::failed("the store is not in order"))?;
    let deeds = deeds.into_iter().map(|deed| Deed { what: deed.what, is_new: deed.is_new }).collect();
    Ok(Founded { location, deeds })
}
