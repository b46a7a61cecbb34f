"""Which operation a request asks for: `ec2:CreateVpc`, `s3:PutBucketPolicy`."""

import re
from urllib.parse import parse_qs, unquote

from moto.core.request import Request

# What signs its requests with another name than its model has.
MODELS = {"elasticfilesystem": "efs", "es": "opensearch", "monitoring": "cloudwatch"}
# What signs with another name than its permissions have.
PERMISSIONS = {"monitoring": "cloudwatch"}
# Those that ask with paths.
BY_PATH = {"eks", "elasticfilesystem", "kafka", "es", "route53"}

CBOR = re.compile(r"^/service/(\w+)/operation/(\w+)$")
CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")

# Sub-resource of a bucket → what its operations are called.
BUCKET = {
    "versioning": "BucketVersioning", "encryption": "BucketEncryption", "publicAccessBlock": "PublicAccessBlock",
    "policy": "BucketPolicy", "lifecycle": "BucketLifecycleConfiguration", "tagging": "BucketTagging",
    "ownershipControls": "BucketOwnershipControls", "location": "BucketLocation", "acl": "BucketAcl",
}


class Asked:
    def __init__(self, env, body):
        found = CREDENTIAL.search(env.get("HTTP_AUTHORIZATION", ""))
        self.access_key, self.region, self.service = found.groups() if found else ("", "", "")
        self.query = parse_qs(body.decode("utf-8", "replace")) if b"Action=" in body else {}
        self.action = self._action(env, body) or "?"
        self.speaks_cbor = bool(CBOR.match(env["PATH_INFO"])) and "cbor" in env.get("HTTP_SMITHY_PROTOCOL", "")
        self.name = f"{PERMISSIONS.get(self.service, self.service)}:{self.action}"
        # Which one it is of the calls that a kill counts, and of which kill.
        self.turn = None

    def _action(self, env, body):
        if self.query:
            return self.query["Action"][0]
        if env.get("HTTP_X_AMZ_TARGET"):
            return env["HTTP_X_AMZ_TARGET"].split(".")[-1]
        cbor = CBOR.match(env["PATH_INFO"])
        if cbor:
            return cbor.group(2)
        if self.service == "s3":
            return _of_s3(env)
        if self.service in BY_PATH:
            return _by_path(MODELS.get(self.service, self.service), env)
        return None

    @property
    def is_dry(self):
        return self.query.get("DryRun", ["false"])[0].lower() == "true"

    @property
    def changes(self):
        return not self.is_dry and not self.action.startswith(("Describe", "List", "Get", "Head", "?"))


def _by_path(model, env):
    from moto.core.routing import get_service_router
    from werkzeug.exceptions import NotFound

    try:
        operation, _ = get_service_router(model).match(Request(env.copy()))
    except (NotFound, NotImplementedError):
        return None
    return operation.name


def _of_s3(env):
    path = [part for part in unquote(env["PATH_INFO"]).split("/") if part]
    asked = parse_qs(env.get("QUERY_STRING", ""), keep_blank_values=True)
    verb = {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "HEAD": "Head", "POST": "Post"}[env["REQUEST_METHOD"]]
    if not path:
        return "ListBuckets"
    if len(path) > 1:
        return f"{verb}Object"
    for name, operation in BUCKET.items():
        if name in asked:
            if verb == "Delete" and operation == "BucketLifecycleConfiguration":
                return "DeleteBucketLifecycle"
            return verb + operation
    if "versions" in asked:
        return "ListObjectVersions"
    if "delete" in asked:
        return "DeleteObjects"
    return {"Get": "ListObjectsV2", "Put": "CreateBucket", "Delete": "DeleteBucket", "Head": "HeadBucket"}.get(verb)
