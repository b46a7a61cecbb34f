"""Who may do what: moto's own check of policies, for one user whose policies a test gives.

POST /_shim/permissions {"policies": [...], "deny": "first" | "ec2:CreateVpc" | null}: answers with the keys of a user that
has these policies; from then on nobody may do anything without. `deny` takes a permission out of the policies before they
are looked at: that one, or each at its first use. POST /_shim/permissions {}: everybody may do everything again.
POST /_shim/denied: what was asked for so far, and what was denied since the last time.

moto checks by action. What it calls otherwise than IAM, or for no resource, is put right here:
docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html,
docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html.
And it refuses in one form for all; each service has its own:
docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (UnauthorizedOperation),
docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html (AccessDenied; AccessDeniedException where JSON is spoken).
"""

import json
import re
import threading

_lock = threading.Lock()
_state: dict = {"deny": None}
_asked: set = set()
_denied: list = []
# By what stands in the query.
NAMES = {
    "GET": {
        "lifecycle": "GetLifecycleConfiguration", "encryption": "GetEncryptionConfiguration",
        "publicAccessBlock": "GetBucketPublicAccessBlock", "ownershipControls": "GetBucketOwnershipControls",
    },
    "PUT": {
        "encryption": "PutEncryptionConfiguration", "publicAccessBlock": "PutBucketPublicAccessBlock",
        "ownershipControls": "PutBucketOwnershipControls",
    },
}


def install() -> None:
    from moto.iam import access_control
    from moto.iam.responses import IamResponse
    from moto.s3 import responses as s3

    for verb, names in NAMES.items():
        # The first that stands in the query decides, and the last one always does.
        known = s3.ACTION_MAP["BUCKET"][verb]
        s3.ACTION_MAP["BUCKET"][verb] = {**names, **{key: value for key, value in known.items() if key not in names}}
    s3.ACTION_MAP["BUCKET"]["HEAD"]["DEFAULT"] = "ListBucket"
    IamResponse._determine_resource = _resource_of_iam
    # The shim has turned some calls into another form since they were signed.
    access_control.IAMRequestBase.check_signature = lambda self: None
    checked = access_control.IAMRequestBase.check_action_permitted

    def check_action_permitted(self, resource):
        # CloudWatch signs with another name than its permissions have.
        action = self._action = re.sub("^monitoring:", "cloudwatch:", self._action)
        if action == "sts:GetCallerIdentity":
            return
        if action == "s3:ListBucket" and resource == "arn:aws:s3:::*":
            action = self._action = "s3:ListAllMyBuckets"
        if action == "iam:CreateServiceLinkedRole":
            with_conditions, service = self._access_key.collect_policies(), _only(self._data["AWSServiceName"])
            self._access_key.collect_policies = lambda: [_held_against(policy, service) for policy in with_conditions]
        with _lock:
            first = action not in _asked
            _asked.add(action)
        if _state["deny"] == action or (_state["deny"] == "first" and first):
            with_it = self._access_key.collect_policies()
            self._access_key.collect_policies = lambda: [_without(policy, action) for policy in with_it]
            with _lock:
                _denied.append(action)
        checked(self, resource)

    access_control.IAMRequestBase.check_action_permitted = check_action_permitted


def _resource_of_iam(self) -> str:
    for name, kind in (("InstanceProfileName", "instance-profile"), ("RoleName", "role")):
        value = self._get_param(name)
        if value:
            return f"arn:aws:iam::{self.current_account}:{kind}/{value}"
    # docs.aws.amazon.com/IAM/latest/UserGuide/create-service-linked-role.html
    service = self._get_param("AWSServiceName")
    return f"arn:aws:iam::{self.current_account}:role/aws-service-role/{service}/x" if service else "*"


def _only(value):
    return value[0] if isinstance(value, list) else value


def _held_against(policy, service):
    """Without what is for other services' roles, and without its condition: moto takes each condition for one that isn't met.

    docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#available-keys-for-iam
    """
    document = json.loads(policy["policy_document"])
    said = lambda statement: statement.get("Condition", {}).get("StringEquals", {}).get("iam:AWSServiceName")  # noqa: E731
    statements = [one for one in document["Statement"] if said(one) is None or service in said(one)]
    for statement in statements:
        if said(statement):
            del statement["Condition"]
    return {"policy_document": json.dumps({**document, "Statement": statements})}


def _without(policy, action):
    document = json.loads(policy["policy_document"])
    for statement in document["Statement"]:
        statement["Action"] = [other for other in statement["Action"] if other != action]
    return {"policy_document": json.dumps(document)}


def refused(asked, answer):
    """The code and the words of a refusal; none of another answer."""
    if not answer[0].startswith("403") or b"AccessDenied" not in answer[2] or asked.service == "s3":
        return None
    found = re.search(rb"<Message>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</Message>", answer[2], re.S)
    speaks_xml = asked.query or asked.service == "route53"
    code = "UnauthorizedOperation" if asked.service == "ec2" else "AccessDenied" if speaks_xml else "AccessDeniedException"
    return code, found.group(1).decode() if found else "not authorized"


def enforce(wanted) -> dict:
    from moto import settings
    from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
    from moto.core.authorization import ActionAuthenticatorMixin
    from moto.iam.models import iam_backends

    _state["deny"] = wanted.get("deny")
    if "policies" not in wanted:
        settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
        return {}
    iam = iam_backends[ACCOUNT]["aws"]
    name = f"who-applies-{len(iam.users)}"
    iam.create_user("us-east-1", name)
    for number, policy in enumerate(wanted["policies"]):
        iam.put_user_policy(name, f"part-{number}", json.dumps(policy))
    key = iam.create_access_key(name)
    ActionAuthenticatorMixin.request_count = 0
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    return {"key": key.access_key_id, "secret": key.secret_access_key}


def denied() -> dict:
    with _lock:
        said = {"asked": sorted(_asked), "denied": list(_denied)}
        _denied.clear()
    return said


def forget(actions) -> None:
    """Those were asked for already, somewhere else."""
    with _lock:
        _asked.clear()
        _asked.update(actions)
