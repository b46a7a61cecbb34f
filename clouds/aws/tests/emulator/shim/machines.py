"""Machines: their detailed monitoring is switched on and off.

docs.aws.amazon.com/AWSEC2/latest/APIReference/API_MonitorInstances.html and API_UnmonitorInstances.html: the answer says
"pending" or "disabling", and the machine says "enabled" or "disabled" a moment later. moto can't do either.
"""

from moto.core.responses import ActionResult
from moto.ec2.responses.monitoring import Monitoring


def install() -> None:
    Monitoring.monitor_instances = _switched("pending", "enabled")
    Monitoring.unmonitor_instances = _switched("disabling", "disabled")


def _switched(at_first, then):
    def switch(self):
        machines = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
        self.error_on_dryrun()
        for machine in machines:
            machine.monitoring_state = then
        said = [{"InstanceId": machine.id, "Monitoring": {"State": at_first}} for machine in machines]
        return ActionResult({"InstanceMonitorings": said})

    return switch
