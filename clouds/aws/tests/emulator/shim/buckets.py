"""S3: what a new bucket has, tags in the create call, whose bucket it is, and policies that ask for TLS."""

import json
import re
import threading

import moto.s3.models as models
from moto.s3.responses import S3Response

TAGS_AT_BIRTH = re.compile(rb"<Tag>\s*<Key>(.*?)</Key>\s*<Value>(.*?)</Value>\s*</Tag>", re.S)


def install() -> None:
    _born_encrypted_and_closed()
    _the_loopback_is_tls()
    _a_condition_holds_until_it_is_written()


# docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html: SSE-S3 since January 2023;
# docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html: closed to the public, without ACLs, since April 2023.
def _born_encrypted_and_closed():
    original = models.FakeBucket.__init__

    def created(self, *rest, **named):
        original(self, *rest, **named)
        self.encryption = {
            "Rule": {
                "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                "BucketKeyEnabled": False,
            }
        }
        self.public_access_block = models.PublicAccessBlock(True, True, True, True)
        self.ownership_rule = "BucketOwnerEnforced"

    models.FakeBucket.__init__ = created


# The emulator stands for https endpoints: a statement that only refuses plain HTTP refuses nothing here. moto ignores
# conditions, and would refuse everything.
def _the_loopback_is_tls():
    original = models.FakeBucket.get_permission

    def get_permission(self, action, resource):
        kept = self.policy
        if kept is not None:
            policy = json.loads(kept)
            statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
            policy["Statement"] = [s for s in statements if not _refuses_plain_http(s)]
            if not policy["Statement"]:
                self.policy = None
            else:
                self.policy = json.dumps(policy).encode()
        try:
            return original(self, action, resource)
        finally:
            self.policy = kept

    models.FakeBucket.get_permission = get_permission


def _refuses_plain_http(statement):
    condition = statement.get("Condition", {}).get("Bool", {})
    return statement["Effect"] == "Deny" and str(condition.get("aws:SecureTransport")).lower() == "false"


# docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html: of several conditional writes of one name one
# succeeds, and the others fail. moto looks first and writes then, and other calls come between.
def _a_condition_holds_until_it_is_written():
    one_at_a_time = threading.RLock()

    def alone(original):
        def call(self):
            with one_at_a_time:
                return original(self)

        return call

    S3Response.put_object = alone(S3Response.put_object)
    S3Response.delete_object = alone(S3Response.delete_object)


# docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html: Tags in CreateBucketConfiguration.
def tag_at_birth(account: str, bucket: str, body: bytes) -> None:
    tags = {key.decode(): value.decode() for key, value in TAGS_AT_BIRTH.findall(body)}
    if tags:
        backend = models.s3_backends[account]["aws"]
        backend.put_bucket_tagging(bucket, tags)


# docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html: a call that names the owner it expects is
# refused when the bucket is another account's. moto looks at neither.
def is_another_accounts(env) -> bool:
    expected = env.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER")
    bucket = env["PATH_INFO"].strip("/").split("/")[0]
    _, owner = models.s3_backends.bucket_accounts.get(bucket, (None, expected))
    return expected is not None and owner != expected


# What the answers are called (docs.aws.amazon.com/AmazonS3/latest/API, "Response Syntax"): moto calls them after the
# operation, and clients that look closely refuse that.
ROOTS = {
    "GetBucketVersioning": b"VersioningConfiguration",
    "GetBucketTagging": b"Tagging",
    "GetBucketLifecycleConfiguration": b"LifecycleConfiguration",
    "ListBuckets": b"ListAllMyBucketsResult",
    "ListObjectsV2": b"ListBucketResult",
}


def called_as_documented(action: str, body: bytes) -> bytes:
    root = ROOTS.get(action)
    return body.replace(f"{action}Response".encode(), root) if root else body
