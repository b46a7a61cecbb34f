//! A user and network namespace of one's own.

use std::fs;
use std::io;

use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};
use rustix::thread::UnshareFlags;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum NamespaceError {
    #[error(
        "user namespaces are forbidden here ({step}: {source}); allow them (sysctl user.max_user_namespaces, \
         kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, the container's seccomp \
         profile) or measure on another machine: nothing was measured"
    )]
    Forbidden { step: &'static str, source: io::Error },
    #[error("the namespace's loopback interface could not be started: {0}")]
    Loopback(io::Error),
}

/// Moves this process, which must have a single thread, into a new network namespace that it may configure, with a
/// loopback interface that is up.
pub fn enter() -> Result<(), NamespaceError> {
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    let forbidden = |step| move |source: io::Error| NamespaceError::Forbidden { step, source };
    unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNET)
        .map_err(io::Error::from)
        .map_err(forbidden("unshare"))?;
    // Without this, an unprivileged process may not map its group.
    fs::write("/proc/self/setgroups", "deny").map_err(forbidden("setgroups"))?;
    fs::write("/proc/self/uid_map", format!("0 {} 1", user.as_raw())).map_err(forbidden("uid_map"))?;
    fs::write("/proc/self/gid_map", format!("0 {} 1", group.as_raw())).map_err(forbidden("gid_map"))?;
    start_loopback().map_err(|error| match error {
        // A security module may let us in and then take every capability away.
        Errno::PERM | Errno::ACCESS => forbidden("loopback")(error.into()),
        error => NamespaceError::Loopback(error.into()),
    })
}

#[expect(unsafe_code, reason = "the only way into a namespace; file descriptors stay shared with nobody")]
fn unshare(flags: UnshareFlags) -> rustix::io::Result<()> {
    // SAFETY: CLONE_FILES is not among the flags, so that no other thread's descriptors change under it.
    unsafe { rustix::thread::unshare_unsafe(flags) }
}

const RTM_NEWLINK: u16 = 16;
const NLM_F_REQUEST_ACK: u16 = 1 | 4;
const NLMSG_ERROR: u16 = 2;
const IFF_UP: u32 = 1;
/// The first interface of every network namespace.
const LOOPBACK: i32 = 1;

/// Asks the kernel over netlink to set the interface up.
fn start_loopback() -> rustix::io::Result<()> {
    // Protocol 0 of netlink is the one for interfaces and routes.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    let mut message = Vec::with_capacity(32);
    message.extend(32_u32.to_ne_bytes()); // length of all
    message.extend(RTM_NEWLINK.to_ne_bytes());
    message.extend(NLM_F_REQUEST_ACK.to_ne_bytes());
    message.extend(1_u32.to_ne_bytes()); // sequence
    message.extend(0_u32.to_ne_bytes()); // to the kernel
    message.extend([0; 4]); // family, padding, type: any
    message.extend(LOOPBACK.to_ne_bytes());
    message.extend(IFF_UP.to_ne_bytes());
    message.extend(IFF_UP.to_ne_bytes()); // of the flags, change this one
    send(&socket, &message, SendFlags::empty())?;
    let mut answer = [0; 256];
    let (length, _) = recv(&socket, &mut answer[..], RecvFlags::empty())?;
    let answer = &answer[..length];
    let kind = answer.get(4..6).map(|bytes| u16::from_ne_bytes([bytes[0], bytes[1]]));
    let code = answer.get(16..20).map(|bytes| i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    match (kind, code) {
        (Some(NLMSG_ERROR), Some(0)) => Ok(()),
        (Some(NLMSG_ERROR), Some(code)) => Err(Errno::from_raw_os_error(-code)),
        _ => Err(Errno::PROTO),
    }
}
