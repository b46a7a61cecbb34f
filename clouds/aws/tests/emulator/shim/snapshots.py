"""Snapshots are asked for by owner.

docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html: `self` are those of the account. moto answers
with those of thirteen hundred images of others too, whoever is asked for.
"""


def install() -> None:
    from moto.ec2.models.elastic_block_store import EBSBackend

    described = EBSBackend.describe_snapshots

    def describe_snapshots(self, snapshot_ids=None, filters=None):
        found = described(self, snapshot_ids, filters)
        return found if snapshot_ids else [one for one in found if one.owner_id == self.account_id]

    EBSBackend.describe_snapshots = describe_snapshots
