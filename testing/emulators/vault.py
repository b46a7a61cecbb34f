#!/usr/bin/env python3
"""Azure Key Vault on a loopback port over TLS, as far as the official Rust crate uses its secrets.

    vault.py PORT CERTIFICATE KEY

Whoever comes without a token is challenged for one, as the service does; what is in the token, nobody looks at.
"""

import json
import re
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.RLock()
SECRETS = {}
CHALLENGE = 'Bearer authorization="https://login.microsoftonline.com/tests", resource="https://vault.azure.net"'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass

    def reply(self, status, body, headers=()):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, code, message, headers=()):
        self.reply(status, {"error": {"code": code, "message": message}}, headers)

    def handle_call(self):
        length = int(self.headers.get("content-length") or 0)
        data = self.rfile.read(length)
        if not self.headers.get("authorization", "").startswith("Bearer "):
            return self.refuse(401, "Unauthorized", "a token is missing", {"WWW-Authenticate": CHALLENGE})
        path = self.path.split("?")[0]
        if "api-version=" not in self.path:
            return self.refuse(400, "BadParameter", "no api-version")
        named = re.fullmatch(r"/secrets/([^/]+)/?", path)
        if not named or not re.fullmatch(r"[0-9A-Za-z-]{1,127}", named[1]):
            return self.refuse(400, "BadParameter", "a name has letters, digits and dashes only")
        with LOCK:
            versions = SECRETS.setdefault(named[1], [])
            if self.command == "PUT":
                given = json.loads(data)
                versions.append({"value": given["value"], "tags": given.get("tags", {})})
            if not versions:
                return self.refuse(404, "SecretNotFound", f"{named[1]} was not found in this key vault")
            found = dict(versions[-1], attributes={"enabled": True})
            found["id"] = f"https://{self.headers['host']}/secrets/{named[1]}/{len(versions):032x}"
            return self.reply(200, found)

    do_GET = do_PUT = handle_call


def main():
    port, certificate, key = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main()
