#!/usr/bin/env python3
"""AWS on a loopback port: moto, with one answer put right that AWS' own clients can't read.

    aws.py PORT
"""

import sys

from moto.s3.responses import S3Response
from moto.server import main

# docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
VERSIONING = '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{}</VersioningConfiguration>'


def get_bucket_versioning(self):
    status = self.backend.get_bucket_versioning(self.bucket_name)
    return 200, {}, VERSIONING.format(f"<Status>{status}</Status>" if status else "")


S3Response.get_bucket_versioning = get_bucket_versioning

if __name__ == "__main__":
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
