//! Tokens of creates, which the cloud remembers longer than what was made with them.

use serde_json::json;

use crate::scene::{TOGETHER, scenes, shared_out};
use crate::support::{End, Tried, Work, actions};

/// Somebody terminates the machine: the next apply asks with the same token, is refused, and starts another one.
pub(crate) fn of_the_dead_are_not_used_again() -> Tried {
    let scenes = scenes()?;
    shared_out(1, |desk, _| {
        // It begins where everything stands.
        let scene = scenes.of("machines destroy");
        scene.on_a_copy(desk, |world, _| {
            let told = world.emulator.act("ec2", "describe_instances", &json!({}));
            let machine = &told["Reservations"][0]["Instances"][0]["InstanceId"];
            world.emulator.act("ec2", "terminate_instances", &json!({"InstanceIds": [machine]}));
            world.emulator.shim("calls", &json!({"forget": true}));
            world.completed(&Work { mode: "apply", ..scene.work(TOGETHER) });
            let calls = world.emulator.shim("calls", &json!({}));
            assert_eq!(calls["calls"]["ec2:RunInstances"], 2, "{calls}");
            let plan = world.completed(&Work { mode: "plan", ..scene.work(TOGETHER) });
            assert_eq!(actions(&plan), [""; 0], "after apply nothing is left to do");
        });
    })
}

/// How the services say that a token came with another call.
const REFUSALS: &[(&str, &str, &str, &str)] = &[
    (
        "machines apply",
        "ec2:RunInstances",
        "IdempotentParameterMismatch",
        "The request uses the same client token as a previous, but non-identical request.",
    ),
    (
        "eks apply",
        "eks:CreateCluster",
        "InvalidRequestException",
        "The clientRequestToken was used with other parameters.",
    ),
];

/// What that call made may live: it is looked for, and when there is nothing another token is used.
pub(crate) fn of_another_call_are_not_used_again() -> Tried {
    let scenes = scenes()?;
    shared_out(REFUSALS.len(), |desk, index| {
        let (scene, operation, code, message) = REFUSALS[index];
        let scene = scenes.of(scene);
        scene.on_a_copy(desk, |world, desk| {
            let fault = json!({"operation": operation, "kind": "error", "status": 400, "code": code, "message": message});
            world.emulator.shim("faults", &fault);
            world.emulator.shim("calls", &json!({"forget": true}));
            match world.run(&scene.work(TOGETHER)) {
                End::Done { complete: true, .. } => {}
                other => panic!("{operation}: {other:?}"),
            }
            let calls = world.emulator.shim("calls", &json!({}));
            assert_eq!(calls["calls"][operation], 2, "{calls}");
            scene.has_ended_well(world, desk, operation);
        });
    })
}
