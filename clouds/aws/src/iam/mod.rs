//! IAM: roles, what they may do, and how machines get them.

mod attachment;
mod instance_profile;
mod role;
mod role_policy;

use aws_sdk_iam::types::{EntityType, RoleDetail, Tag};
use provision_engine::driver::Failure;

use crate::belonging::is_of;
use crate::connection::Cloud;
use crate::kind::{AnyKind, Wanted, implemented};
use crate::tags::Tags;

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![
        implemented::<attachment::Attachment>(),
        implemented::<instance_profile::Profile>(),
        implemented::<role::Role>(),
        implemented::<role_policy::Policy>(),
    ]
}

/// All roles of the account with their tags and policies, a thousand in a call: lists of roles alone have no tags, and
/// asking for each role would grow with the account
/// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html).
async fn roles(cloud: &Cloud) -> Result<Vec<RoleDetail>, Failure> {
    let roles = cloud
        .pages(
            "iam",
            "GetAccountAuthorizationDetails",
            |marker| {
                let ask = cloud.iam.get_account_authorization_details().filter(EntityType::Role);
                ask.max_items(1000).set_marker(marker).send()
            },
            |page| (page.role_detail_list, page.marker),
        )
        .await?;
    Ok(roles)
}

async fn own_roles(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<RoleDetail>, Failure> {
    let all = roles(cloud).await?;
    Ok(all.into_iter().filter(|role| is_of(&read(role.tags()), &wanted.deployment)).collect())
}

fn read(tags: &[Tag]) -> Tags {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

fn written(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder().key(key).value(value).build().expect("key and value are set")
    };
    tags.iter().map(tag).collect()
}

/// Policies come back with percent signs
/// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html, "URL-encoded compliant with RFC 3986").
fn document(text: &str) -> String {
    if !text.trim_start().starts_with('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_policy_is_read_with_and_without_percent_signs() {
        assert_eq!(super::document("%7B%22a%22%3A%20%22%C3%A4+%22%7D"), "{\"a\": \"ä+\"}");
        assert_eq!(super::document("{\"a\": \"100%\"}"), "{\"a\": \"100%\"}");
    }
}
