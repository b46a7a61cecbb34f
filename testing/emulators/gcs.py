#!/usr/bin/env python3
"""Google Cloud Storage and Secret Manager on loopback ports, as far as the official Rust crates use them.

    gcs.py PORT GRPC_PORT

Objects are read and written as JSON over HTTP on PORT, secrets too; what is done to buckets comes over gRPC on
GRPC_PORT. Preconditions are kept, which other emulators don't do.
"""

import base64
import json
import re
import struct
import sys
import threading
import time
import urllib.parse
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import google_crc32c
import grpc
from google.cloud._storage_v2.types import storage as pb
from google.protobuf import empty_pb2

LOCK = threading.RLock()
BUCKETS = {}
OBJECTS = {}
SECRETS = {}
GENERATION = [int(time.time() * 1e6)]


class Refused(Exception):
    def __init__(self, http, code, message):
        self.http, self.code, self.message = http, code, message


def not_found(what):
    return Refused(404, grpc.StatusCode.NOT_FOUND, f"{what} not found")


def exists(what):
    return Refused(409, grpc.StatusCode.ALREADY_EXISTS, f"{what} exists")


CONDITION_NOT_MET = Refused(412, grpc.StatusCode.FAILED_PRECONDITION, "conditionNotMet")


def short(name):
    return name.split("/")[-1]


# ---------------------------------------------------------------- objects


def write(bucket, key, data, content_type, generation_match):
    with LOCK:
        if bucket not in BUCKETS:
            raise not_found(bucket)
        current = OBJECTS.get((bucket, key))
        if generation_match is not None:
            if (current["generation"] if current else 0) != int(generation_match):
                raise CONDITION_NOT_MET
        GENERATION[0] += 1
        made = {
            "data": data,
            "generation": GENERATION[0],
            "type": content_type,
            "crc": struct.pack(">I", google_crc32c.value(data)),
        }
        OBJECTS[bucket, key] = made
        return made


def described(bucket, key, found):
    return {
        "kind": "storage#object",
        "bucket": bucket,
        "name": key,
        "generation": str(found["generation"]),
        "metageneration": "1",
        "size": str(len(found["data"])),
        "contentType": found["type"],
        "crc32c": base64.b64encode(found["crc"]).decode(),
        "etag": str(found["generation"]),
        "storageClass": "STANDARD",
    }


def parts(data, boundary):
    """The parts of a multipart body, without their headers."""
    for part in data.split(b"--" + boundary)[1:-1]:
        part = part.removeprefix(b"\r\n")
        yield part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")


# ---------------------------------------------------------------- secrets


def secret_call(method, path, query, body):
    with LOCK:
        made = re.fullmatch(r"/v1/(projects/[^/]+)/secrets", path)
        if method == "POST" and made:
            name = f"{made[1]}/secrets/{query['secretId']}"
            if name in SECRETS:
                raise exists(name)
            SECRETS[name] = []
            return {"name": name, "labels": body.get("labels", {})}
        added = re.fullmatch(r"/v1/(projects/[^/]+/secrets/[^/]+):addVersion", path)
        if method == "POST" and added:
            if added[1] not in SECRETS:
                raise not_found(added[1])
            SECRETS[added[1]].append(base64.b64decode(body["payload"]["data"]))
            return {"name": f"{added[1]}/versions/{len(SECRETS[added[1]])}", "state": "ENABLED"}
        latest = re.fullmatch(r"/v1/(projects/[^/]+/secrets/[^/]+)/versions/latest(:access)?", path)
        if method == "GET" and latest:
            versions = SECRETS.get(latest[1])
            if not versions:
                raise not_found(latest[1])
            name = f"{latest[1]}/versions/{len(versions)}"
            if latest[2]:
                return {"name": name, "payload": {"data": base64.b64encode(versions[-1]).decode()}}
            return {"name": name, "state": "ENABLED"}
    raise not_found(path)


# ---------------------------------------------------------------- HTTP


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass

    def body(self):
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            whole = b""
            while True:
                length = int(self.rfile.readline().split(b";")[0], 16)
                whole += self.rfile.read(length)
                self.rfile.readline()
                if length == 0:
                    return whole
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def reply(self, status, body, content_type="application/json", headers=()):
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle_call(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        data = self.body()
        try:
            self.answer(url.path, query, data)
        except Refused as error:
            self.reply(error.http, {"error": {"code": error.http, "message": error.message}})

    do_GET = do_POST = do_PUT = do_DELETE = handle_call

    def answer(self, path, query, data):
        if path.startswith("/v1/"):
            body = json.loads(data or b"{}")
            return self.reply(200, secret_call(self.command, urllib.parse.unquote(path), query, body))
        upload = re.fullmatch(r"/upload/storage/v1/b/([^/]+)/o", path)
        if self.command == "POST" and upload:
            return self.upload(upload[1], query, data)
        read = re.fullmatch(r"/storage/v1/b/([^/]+)/o/(.+)", path)
        if self.command == "GET" and read:
            return self.read(read[1], urllib.parse.unquote(read[2]), query)
        raise not_found(path)

    def upload(self, bucket, query, data):
        key, content_type = query.get("name"), "application/octet-stream"
        if query.get("uploadType") == "multipart":
            boundary = self.headers["content-type"].split("boundary=")[1].strip('"').encode()
            metadata, data = list(parts(data, boundary))[:2]
            metadata = json.loads(metadata or b"{}")
            key = key or metadata.get("name")
            content_type = metadata.get("contentType", content_type)
        made = write(bucket, key, data, content_type, query.get("ifGenerationMatch"))
        self.reply(200, described(bucket, key, made))

    def read(self, bucket, key, query):
        found = OBJECTS.get((bucket, key))
        if not found:
            raise not_found(key)
        if query.get("alt") != "media":
            return self.reply(200, described(bucket, key, found))
        headers = {
            "x-goog-generation": str(found["generation"]),
            "x-goog-metageneration": "1",
            "x-goog-stored-content-length": str(len(found["data"])),
            "x-goog-storage-class": "STANDARD",
            "x-goog-hash": "crc32c=" + base64.b64encode(found["crc"]).decode(),
            "ETag": f'"{found["generation"]}"',
            "Last-Modified": "Wed, 01 Jan 2025 00:00:00 GMT",
        }
        return self.reply(200, found["data"], found["type"], headers)


# ---------------------------------------------------------------- gRPC


def bucket_of(name):
    if short(name) not in BUCKETS:
        raise not_found(name)
    return BUCKETS[short(name)]


def create_bucket(request):
    if request.bucket_id in BUCKETS:
        raise exists("bucket")
    made = request.bucket
    made.name = f"projects/_/buckets/{request.bucket_id}"
    made.bucket_id = request.bucket_id
    made.metageneration = 1
    BUCKETS[request.bucket_id] = made
    return made


def update_bucket(request):
    found = bucket_of(request.bucket.name)
    raw = pb.UpdateBucketRequest.pb(request)
    if raw.HasField("if_metageneration_match") and request.if_metageneration_match != found.metageneration:
        raise CONDITION_NOT_MET
    for path in request.update_mask.paths:
        field = path.split(".")[0]
        setattr(found, field, getattr(request.bucket, field))
    found.metageneration += 1
    return found


def delete_bucket(request):
    bucket_of(request.name)
    if any(bucket == short(request.name) for bucket, _ in OBJECTS):
        raise Refused(409, grpc.StatusCode.FAILED_PRECONDITION, "bucket not empty")
    del BUCKETS[short(request.name)]
    return empty_pb2.Empty()


CALLS = {
    "CreateBucket": (pb.CreateBucketRequest, create_bucket),
    "GetBucket": (pb.GetBucketRequest, lambda request: bucket_of(request.name)),
    "UpdateBucket": (pb.UpdateBucketRequest, update_bucket),
    "DeleteBucket": (pb.DeleteBucketRequest, delete_bucket),
}


def as_bytes(message):
    if hasattr(type(message), "serialize"):
        return type(message).serialize(message)
    return message.SerializeToString()


def handler(request_type, call):
    def answer(request, context):
        with LOCK:
            try:
                return call(request)
            except Refused as error:
                context.abort(error.code, error.message)

    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=request_type.deserialize, response_serializer=as_bytes
    )


def main():
    port, grpc_port = int(sys.argv[1]), int(sys.argv[2])
    server = grpc.server(futures.ThreadPoolExecutor(8))
    handlers = {name: handler(*call) for name, call in CALLS.items()}
    service = grpc.method_handlers_generic_handler("google.storage.v2.Storage", handlers)
    server.add_generic_rpc_handlers((service,))
    server.add_insecure_port(f"127.0.0.1:{grpc_port}")
    server.start()
    http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    http.daemon_threads = True
    http.serve_forever()


if __name__ == "__main__":
    main()
