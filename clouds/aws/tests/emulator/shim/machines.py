"""Machines: their detailed monitoring and their maintenance options are set and changed. moto can't do either.

docs.aws.amazon.com/AWSEC2/latest/APIReference/API_MonitorInstances.html and API_UnmonitorInstances.html: the answer says
"pending" or "disabling", and the machine says "enabled" or "disabled" a moment later.
API_ModifyInstanceMaintenanceOptions.html, API_InstanceMaintenanceOptions.html: automatic recovery is "default" or "disabled".
"""

from moto.core.responses import ActionResult
from moto.ec2.models.instances import Instance
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.monitoring import Monitoring


def install() -> None:
    Monitoring.monitor_instances = _switched("pending", "enabled")
    Monitoring.unmonitor_instances = _switched("disabling", "disabled")
    Instance.maintenance_options = {"AutoRecovery": "default"}
    InstanceResponse.run_instances = _started(InstanceResponse.run_instances)
    InstanceResponse.modify_instance_maintenance_options = _kept


def _switched(at_first, then):
    def switch(self):
        machines = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
        self.error_on_dryrun()
        for machine in machines:
            machine.monitoring_state = then
        said = [{"InstanceId": machine.id, "Monitoring": {"State": at_first}} for machine in machines]
        return ActionResult({"InstanceMonitorings": said})

    return switch


def _started(original):
    def run_instances(self):
        answer = original(self)
        wanted = self._get_param("MaintenanceOptions.AutoRecovery")
        for machine in answer.result.instances if wanted else []:
            machine.maintenance_options = {"AutoRecovery": wanted}
        return answer

    return run_instances


def _kept(self):
    machine = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    self.error_on_dryrun()
    machine.maintenance_options = {"AutoRecovery": self._get_param("AutoRecovery")}
    return ActionResult({"InstanceId": machine.id, **machine.maintenance_options})
