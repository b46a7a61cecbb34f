"""What moto 5.2.5 does otherwise than AWS, as far as it would make tests of a driver dishonest.

Each behaviour names the AWS documentation that it follows. The patches reach into moto's insides: its version is
pinned in testing/python/aws.txt.
"""

from . import (
    alarms, balancers, buckets, efs, eks, groups, kafka, launch, limits, logs, machines, network, parameters, permissions,
    policies, rds, records, search, secrets, snapshots, tags, topics,
)
from .gate import Gate


def install() -> None:
    parts = (
        launch, machines, groups, policies, network, balancers, rds, buckets, kafka, search, efs, eks, snapshots, tags,
        topics, alarms, limits, logs, parameters, records, secrets, permissions,
    )
    for part in parts:
        part.install()


__all__ = ["Gate", "install"]
