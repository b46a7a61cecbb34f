use super::{explained, indented, node_settings, pod_settings, script};
use crate::catalogue::PodClass;
use crate::profile::{Profile, Setting};

const HEADER: &str = "# Written by provision tune: edit the profile, not this file.\n";

/// For the values that a node has for all of its pods. A node's `net.ipv4` values don't reach the pods: for those
/// there is the pod's own `securityContext`.
pub(super) fn daemon_set(profile: &Profile) -> String {
    let global: Vec<Setting> = node_settings(profile).cloned().collect();
    let script = script::script(&global);
    format!(
        "{HEADER}\
# Only what the node has for all pods: a node's net.ipv4 values don't reach pods, which have their own namespaces.
apiVersion: v1
kind: ConfigMap
metadata:
  name: provision-tune
  namespace: kube-system
data:
  tune.sh: |
{script}---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: provision-tune
  namespace: kube-system
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: provision-tune
  template:
    metadata:
      labels:
        app.kubernetes.io/name: provision-tune
    spec:
      # The node's own network namespace: some of its values exist nowhere else.
      hostNetwork: true
      automountServiceAccountToken: false
      priorityClassName: system-node-critical
      tolerations:
        - operator: Exists
      initContainers:
        - name: apply
          image: docker.io/library/busybox:1.37.0
          command: [/bin/sh, /provision/tune.sh, apply]
          securityContext:
            privileged: true
          volumeMounts:
            - name: script
              mountPath: /provision
            - name: drop-ins
              mountPath: /etc/sysctl.d
            - name: state
              mountPath: /var/lib/provision
      containers:
        - name: pause
          image: registry.k8s.io/pause:3.10
          resources:
            limits:
              cpu: 10m
              memory: 16Mi
      volumes:
        - name: script
          configMap:
            name: provision-tune
        - name: drop-ins
          hostPath:
            path: /etc/sysctl.d
            type: DirectoryOrCreate
        - name: state
          hostPath:
            path: /var/lib/provision
            type: DirectoryOrCreate
",
        script = indented(&script, 4)
    )
}

/// What the kubelet has to allow by name before pods may set it.
pub(super) fn kubelet(profile: &Profile) -> String {
    let (safe, by_name): (Vec<&Setting>, Vec<&Setting>) =
        pod_settings(profile).partition(|setting| setting.parameter.pod == PodClass::Safe);
    let mut text = String::from(HEADER);
    text += "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
    text += "# On nodes older than the release named, these have to be allowed too:\n";
    for setting in safe {
        if let Some(since) = &setting.parameter.pod_safe_since {
            text += &format!("#   {} (safe since Kubernetes {since})\n", setting.parameter.key);
        }
    }
    if by_name.is_empty() {
        return text + "allowedUnsafeSysctls: []\n";
    }
    text += "allowedUnsafeSysctls:\n";
    by_name.iter().for_each(|setting| text += &format!("  - {}\n", setting.parameter.key));
    text
}

/// A pod's own values; a pod with the host's network may not have any.
pub(super) fn pod(profile: &Profile) -> String {
    let mut text = String::from(HEADER);
    text += "# Take `securityContext` over into the pod's own specification. Not together with hostNetwork: true.\n";
    text += "apiVersion: v1\nkind: Pod\nmetadata:\n  name: example\nspec:\n  securityContext:\n";
    let settings: Vec<&Setting> = pod_settings(profile).collect();
    text += if settings.is_empty() { "    sysctls: []\n" } else { "    sysctls:\n" };
    for setting in settings {
        let Setting { parameter, value, .. } = setting;
        text += &format!("      {}\n", explained(setting));
        text += &format!("      - name: {}\n        value: \"{value}\"\n", parameter.key);
    }
    text + "  containers:\n    - name: example\n      image: registry.k8s.io/pause:3.10\n"
}
