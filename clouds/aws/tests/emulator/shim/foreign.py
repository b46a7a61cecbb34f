"""Somebody else's resources, made past the API: two thousand calls would take their time."""

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT

OTHER = "210987654321"


def bucket(name: str, region: str) -> dict:
    """A bucket of another account."""
    from moto.s3.models import s3_backends

    s3_backends[OTHER]["aws"].create_bucket(name, region)
    return {"account": OTHER}


def make(count: int, region: str) -> dict:
    from moto.ec2.models import ec2_backends
    from moto.iam.models import iam_backends
    from moto.logs.models import logs_backends
    from moto.s3.models import s3_backends
    from moto.ssm.models import ssm_backends

    ec2 = ec2_backends[ACCOUNT][region]
    iam = iam_backends[ACCOUNT]["aws"]
    tags = {"provision:deployment": "somebody-elses"}
    network = ec2.create_vpc("10.200.0.0/16", tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    made = 1
    while made < count:
        name = f"foreign-{made}"
        kind = made % 6
        if kind == 0:
            ec2.create_security_group(name, "somebody else's", network.id)
        elif kind == 1:
            iam.create_role(name, "{}", "/", None, "", [], 3600)
        elif kind == 2:
            ssm_backends[ACCOUNT][region].put_parameter(
                name=f"/foreign/{name}", description="", value="theirs", parameter_type="String", allowed_pattern=None,
                keyid=None, overwrite=False, tags=[], data_type="text", tier="Standard", policies=None,
            )
        elif kind == 3:
            logs_backends[ACCOUNT][region].create_log_group(f"/foreign/{name}", {})
        elif kind == 4 and made < 600:
            s3_backends[ACCOUNT]["aws"].create_bucket(name, region)
        else:
            ec2.create_volume(size=8, zone_name=f"{region}a")
        made += 1
    return {"made": made}
