"""A zone that failed: its machines are gone, and none starts there."""

failed: set = set()


def fail(zone: str) -> dict:
    from moto.autoscaling.models import autoscaling_backends
    from moto.core import DEFAULT_ACCOUNT_ID

    from . import groups

    failed.add(zone)
    backend = autoscaling_backends[DEFAULT_ACCOUNT_ID][zone[:-1]]
    gone = [
        instance.id
        for reservation in backend.ec2_backend.all_reservations()
        for instance in reservation.instances
        if instance.placement.zone == zone and instance.state == "running"
    ]
    for instance_id in gone:
        members = [s.instance.id for g in backend.autoscaling_groups.values() for s in g.instance_states]
        if instance_id in members:
            groups.replace(backend, instance_id)
        else:
            backend.ec2_backend.stop_instances([instance_id])
    _databases_take_over(zone)
    return {"gone": gone}


# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html: the standby takes over, and the two have
# changed places.
def _databases_take_over(zone):
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.rds.models import rds_backends

    for database in rds_backends[DEFAULT_ACCOUNT_ID][zone[:-1]].databases.values():
        if database.multi_az and database.availability_zone == zone:
            other = database.secondary_availability_zone
            database.availability_zone, database._secondary = other, zone


def recover(zone: str) -> dict:
    from moto.autoscaling.models import autoscaling_backends
    from moto.core import DEFAULT_ACCOUNT_ID

    failed.discard(zone)
    backend = autoscaling_backends[DEFAULT_ACCOUNT_ID][zone[:-1]]
    for name, group in backend.autoscaling_groups.items():
        # What was short of machines gets them now.
        backend.set_desired_capacity(name, group.desired_capacity)
    return {}
