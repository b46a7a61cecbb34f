"""Everything that comes in goes through here: counted, disturbed, remembered, delayed."""

import collections
import io
import json
import threading
import time

from . import buckets, cbor, control, faults, lag, memory, permissions
from .operation import CBOR, Asked

calls: collections.Counter = collections.Counter()
journal: list = []
_lock = threading.Lock()
# Added to every call: what a network costs.
delay = {"seconds": 0.0}


class Cut(Exception):
    """The connection ends without an answer."""


class Gate:
    def __init__(self, application):
        self.application = application
        # How to make another one that begins here: whoever serves knows.
        self.fork = None

    def __call__(self, env, start):
        length = int(env.get("CONTENT_LENGTH") or 0)
        body = env["wsgi.input"].read(length) if length else _chunks(env)
        env["wsgi.input"], env["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        env.pop("HTTP_TRANSFER_ENCODING", None)
        if env["PATH_INFO"] == "/_shim/fork":
            return _said(start, self.fork(json.loads(body or b"{}").get("port", 0)))
        if env["PATH_INFO"].startswith("/_shim/"):
            return _said(start, control.answer(env["PATH_INFO"][7:], json.loads(body or b"{}")))
        asked = Asked(env, body)
        with _lock:
            calls[asked.name] += 1
            journal.append(f"{asked.name} (dry run)" if asked.is_dry else asked.name)
        if delay["seconds"]:
            time.sleep(delay["seconds"])
        try:
            status, headers, answer = self.disturbed(asked, env, body)
        except Cut:
            return _cut(env)
        headers = [(k, v) for k, v in headers if k.lower() != "content-length"] + [("Content-Length", str(len(answer)))]
        start(status, headers)
        return _Answered([answer], asked)

    def disturbed(self, asked, env, body):
        if faults.kill_if_due(asked, "unsent"):
            raise Cut
        fault = faults.next_fault(asked) or {}
        kind = fault.get("kind")
        if kind == "cut":
            raise Cut
        if kind == "stall":
            time.sleep(2)
        if kind == "throttle":
            return _error(asked, env, 503, fault.get("code") or faults.code_of(asked), "Rate exceeded")
        if kind == "error":
            status, code = fault.get("status", 500), fault.get("code") or "InternalError"
            return _error(asked, env, status, code, fault.get("message") or "An internal error has occurred")
        answer = self.once(asked, env, body)
        refused = permissions.refused(asked, answer)
        if refused:
            return _error(asked, env, 403, *refused)
        faults.kill_if_due(asked, "unanswered")
        if kind == "lost":
            raise Cut
        return answer

    def once(self, asked, env, body):
        key, digest = memory.of(asked, body)
        kept, refusal = memory.recall(key, digest) if key else (None, None)
        if refusal:
            return _error(asked, env, 400, *refusal)
        if kept:
            return kept
        if asked.service == "s3" and buckets.is_another_accounts(env):
            return _error(asked, env, 403, "AccessDenied", "Access Denied")
        answer = self.passed_on(asked, env, body)
        good = answer[0].startswith("2")
        if key and good:
            memory.remember(key, digest, answer)
        if good and asked.name == "s3:CreateBucket":
            buckets.tag_at_birth("123456789012", env["PATH_INFO"].strip("/"), body)
        if good and asked.service == "s3":
            answer = (answer[0], answer[1], buckets.called_as_documented(asked.action, answer[2]))
        if good and asked.service in ("ec2", "iam"):
            lag.note(asked, answer[2])
            answer = (answer[0], answer[1], lag.filtered(asked, answer[2]))
        return answer

    def passed_on(self, asked, env, body):
        if asked.speaks_cbor:
            form = CBOR.match(env["PATH_INFO"])
            text = json.dumps(cbor.decode(body)[0] if body else {}).encode()
            target = f"{form.group(1)}.{form.group(2)}"
            env.update(PATH_INFO="/", RAW_URI="/", REQUEST_URI="/", CONTENT_TYPE="application/x-amz-json-1.0",
                       CONTENT_LENGTH=str(len(text)), HTTP_X_AMZ_TARGET=target)
            env["wsgi.input"] = io.BytesIO(text)
            env.pop("HTTP_SMITHY_PROTOCOL")
            env.pop("HTTP_ACCEPT", None)
        got = {}

        def start(status, headers, _error=None):
            got.update(status=status, headers=list(headers))

        parts = self.application(env, start)
        answer = b"".join(parts)
        if not asked.speaks_cbor:
            return got["status"], got["headers"], answer
        headers = [(k, v) for k, v in got["headers"] if k.lower() not in ("content-type", "content-length")]
        headers += [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
        try:
            return got["status"], headers, cbor.encode(json.loads(answer or b"{}"))
        except json.JSONDecodeError:
            # A refusal for want of a permission is XML, whatever is spoken: `permissions` knows how it is said.
            return got["status"], got["headers"], answer


class _Answered(list):
    """Tells when the answer has been handed over."""

    def __init__(self, parts, asked):
        super().__init__(parts)
        self.asked = asked

    def close(self):
        # The answer stands in the socket's buffer; a moment lets it arrive.
        if faults.kill_state():
            time.sleep(0.02)
        faults.kill_if_due(self.asked, "answered")


def _chunks(env):
    if "chunked" not in env.get("HTTP_TRANSFER_ENCODING", "").lower():
        return b""
    return env["wsgi.input"].read()


def _cut(env):
    import socket

    connection = env.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionError("cut, as a test wanted")


def _said(start, answer):
    text = json.dumps(answer).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]


def _error(asked, env, status, code, message):
    """An error in the form that the service's clients read."""
    line = f"{status} Error"
    if asked.service == "ec2":
        text = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>x</RequestID></Response>"
        return line, [("Content-Type", "text/xml")], text.encode()
    if asked.service == "s3":
        text = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>x</RequestId></Error>"
        return line, [("Content-Type", "application/xml")], text.encode()
    if asked.query or asked.service == "route53":
        text = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>x</RequestId></ErrorResponse>"
        return line, [("Content-Type", "text/xml")], text.encode()
    said = {"__type": code, "message": message, "Message": message}
    if asked.speaks_cbor:
        headers = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
        return line, headers, cbor.encode(said)
    return line, [("Content-Type", "application/json"), ("x-amzn-errortype", code)], json.dumps(said).encode()
