#!/usr/bin/env python3
"""Does by hand what nobody told the engine of. usage: act.py ENDPOINT REGION SERVICE OPERATION ARGUMENTS

ARGUMENTS is JSON, as boto3 takes it; the answer is JSON on standard output.
"""

import json
import sys

import boto3

endpoint, region, service, operation, arguments = sys.argv[1:]
client = boto3.client(
    service, endpoint_url=endpoint, region_name=region, aws_access_key_id="test", aws_secret_access_key="test"
)
answer = getattr(client, operation)(**json.loads(arguments))
answer.pop("ResponseMetadata", None)
json.dump(answer, sys.stdout, default=str)
