"""Launch templates."""

import moto.ec2.models.launch_templates as models
import moto.ec2.responses.launch_templates as responses
from moto.ec2.models.instances import Instance
from moto.ec2.utils import parse_user_data


def install() -> None:
    models.LaunchTemplateVersion.user_data = property(_user_data)
    original = models.LaunchTemplate.create_version

    def create_version(self, data, description, *rest, **named):
        return original(self, data, description, *rest, **named)

    models.LaunchTemplate.create_version = create_version
    make = models.LaunchTemplateBackend.create_launch_template

    def create_launch_template(self, name, description, data, tag_spec):
        # The tags of the template itself are no part of what it says.
        specifications = data.get("TagSpecifications", [])
        data["TagSpecifications"] = [one for one in specifications if one["ResourceType"] != "launch-template"]
        return make(self, name, description, data, tag_spec)

    models.LaunchTemplateBackend.create_launch_template = create_launch_template
    responses.LaunchTemplates.describe_launch_templates = _paged(responses.LaunchTemplates.describe_launch_templates)
    interfaces = Instance.prep_nics

    def prep_nics(self, nic_spec, *rest, **named):
        there = set(self.ec2_backend.enis)
        kept = any(str(nic.get("DeviceIndex")) == "0" and nic.get("DeleteOnTermination") is False for nic in nic_spec)
        interfaces(self, nic_spec, *rest, **named)
        # A machine stands where its first interface stands; moto only looks at a subnet that is named.
        # docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
        first = self.nics.get(0) or self.nics.get("0")
        if first is not None and first.subnet is not None:
            self._placement.zone = first.subnet.availability_zone
        # The first interface goes with the machine that it was made with, if nothing else is said; moto leaves it.
        # docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html
        if first is not None and first.id not in there:
            first.delete_on_termination = not kept

    Instance.prep_nics = prep_nics
    setup = Instance.setup_defaults
    Instance.setup_defaults = lambda self: None if _brings_its_root(self) else setup(self)


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplates.html: MaxResults and NextToken. moto answers with
# the first ones and never says that there are more.
def _paged(original):
    def describe_launch_templates(self):
        size, start = self._get_int_param("MaxResults", 200), int(self._get_param("NextToken") or 0)
        self._get_int_param = lambda _name, _default=None: None
        answer = original(self)
        found = answer.result["LaunchTemplates"]
        answer.result["LaunchTemplates"] = found[start : start + size]
        if len(found) > start + size:
            answer.result["NextToken"] = str(start + size)
        return answer

    return describe_launch_templates


def _user_data(version):
    """Versions from the second on keep user data as text; moto can't read it back and answers 500."""
    value = version.data.get("UserData")
    return parse_user_data(value) if isinstance(value, (str, bytes)) else value


def _brings_its_root(instance):
    """A mapping of the image's root device is the root disk, not a second one. Amazon Linux has it at /dev/xvda
    (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html); moto can't look up an image by parameter."""
    if not str(instance.image_id).startswith("resolve:ssm:"):
        return False
    instance.root_device_name = "/dev/xvda"
    tags = {tag["key"]: tag["value"] for tag in instance.get_tags()}
    template = tags.get("aws:ec2launchtemplate:id")
    if not template:
        return False
    version = instance.ec2_backend.get_launch_template(template).get_version(tags["aws:ec2launchtemplate:version"])
    mappings = version.data.get("BlockDeviceMappings", [])
    return any(mapping["DeviceName"] == instance.root_device_name for mapping in mappings)
