"""Limits of the account as the services tell them, and as a test sets them: POST /_shim/limits {"vpc/L-F678F1CE": 2}.

moto knows some of them and never changes them. It doesn't refuse what is beyond: a test that wants that plans a fault.

docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html
docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAccountLimits.html
docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeAccountLimits.html
docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeAccountAttributes.html, and what a new account has:
docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html
"""

from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, PaginatedResult
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.ec2.responses.account_attributes import AccountAttributes
from moto.elbv2.responses import ELBV2Response
from moto.rds.responses import RDSResponse
from moto.servicequotas.models import ServiceQuotasBackend

_set: dict = {}
# An account that had its machines' limit raised once.
PROCESSORS = {
    "ServiceCode": "ec2", "QuotaCode": "L-1216C47A", "Value": 256.0, "Unit": "None", "Adjustable": True,
    "QuotaName": "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
}
DATABASES = {"DBInstances": 40, "AllocatedStorage": 100_000, "DBSubnetGroups": 50, "DBParameterGroups": 50}
# Some of those that there are.
VERSIONS = {
    "postgres": ("14.17", "15.12", "16.8", "17.4"), "sqlserver-se": ("15.00.4430.1.v1", "16.00.4185.3.v1"),
}


def set_to(limits) -> None:
    _set.clear()
    _set.update(limits)


def install() -> None:
    _quotas()
    AccountAttributes.describe_account_attributes = _of_ec2(AccountAttributes.describe_account_attributes)
    AutoScalingResponse.describe_account_limits = _of_groups
    ELBV2Response.describe_account_limits = _of_balancers(ELBV2Response.describe_account_limits)
    RDSResponse.describe_account_attributes = _of_databases
    RDSResponse.describe_orderable_db_instance_options = _orderable


def _quotas():
    original = ServiceQuotasBackend.get_service_quota

    def get_service_quota(self, service_code, quota_code):
        is_ours = (service_code, quota_code) == ("ec2", PROCESSORS["QuotaCode"])
        known = PROCESSORS if is_ours else original(self, service_code, quota_code)
        return {**known, "Value": float(_set.get(f"{service_code}/{quota_code}", known["Value"]))}

    ServiceQuotasBackend.get_service_quota = get_service_quota


def _of_ec2(original):
    def describe_account_attributes(self):
        answer = original(self)
        for attribute in answer.result["AccountAttributes"]:
            value = _set.get(f"ec2/{attribute['AttributeName']}")
            if value is not None:
                attribute["AttributeValues"] = [{"AttributeValue": str(value)}]
        return answer

    return describe_account_attributes


def _of_groups(self):
    return ActionResult({
        "MaxNumberOfAutoScalingGroups": _set.get("autoscaling/groups", 500),
        "MaxNumberOfLaunchConfigurations": 200,
        "NumberOfAutoScalingGroups": len(self.autoscaling_backend.autoscaling_groups),
        "NumberOfLaunchConfigurations": len(self.autoscaling_backend.launch_configurations),
    })


def _of_balancers(original):
    def describe_account_limits(self):
        answer = original(self)
        for limit in answer.result["Limits"]:
            limit["Max"] = str(_set.get(f"elasticloadbalancing/{limit['Name']}", limit["Max"]))
        return answer

    return describe_account_limits


def _of_databases(self):
    databases = self.backend.databases.values()
    used = {
        "DBInstances": len(databases),
        "AllocatedStorage": sum(int(database.allocated_storage or 0) for database in databases),
        "DBSubnetGroups": len(self.backend.subnet_groups),
        "DBParameterGroups": len(self.backend.db_parameter_groups),
    }
    quotas = [
        {"AccountQuotaName": name, "Used": used[name], "Max": _set.get(f"rds/{name}", most)}
        for name, most in DATABASES.items()
    ]
    return ActionResult({"AccountQuotas": quotas})


# A class stands where the machines of its name do: moto has a list of those, and of RDS one of two engines only.
def _orderable(self):
    engine, wanted = self.params.get("Engine"), self.params.get("DBInstanceClass") or ""
    machines = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(self.region, [])
    zones = sorted(offer["Location"] for offer in machines if f"db.{offer['InstanceType']}" == wanted)
    versions = VERSIONS.get(engine, ()) if zones else ()
    asked = self.params.get("EngineVersion")
    options = [
        {
            "Engine": engine, "EngineVersion": version, "DBInstanceClass": wanted, "MultiAZCapable": True, "Vpc": True,
            "AvailabilityZones": [{"Name": zone} for zone in zones],
        }
        for version in versions if asked in (None, version)
    ]
    return PaginatedResult({"OrderableDBInstanceOptions": options})
