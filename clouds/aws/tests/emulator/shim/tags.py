"""EC2: an object's tags are looked up by its id.

Nothing behaves otherwise for it: moto compares the id, as a pattern, with that of every tagged object of the account, for
each object that a filter looks at. Among a thousand of each kind one description takes longer than any caller waits.
"""

from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix


def install() -> None:
    TaggedEC2Resource.get_tags = _tags_of


def _tags_of(self):
    if not self.id:
        return []
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(self.id), "")
    tags = self.ec2_backend.tags.get(self.id, {})
    return [{"resource_id": self.id, "key": key, "value": value, "resource_type": kind} for key, value in tags.items()]
