#!/usr/bin/env python3
"""An AWS on a loopback port, for one test process: moto with the shim.

Prints one line of JSON with its port, and ends when its standard input ends: so it goes with the process that started
it, however that dies. POST /_shim/fork makes a second one that begins where this one stands; it goes with the same
process, or with POST /_shim/end.
"""

import functools
import json
import os
import signal
import socket
import sys
import threading

# Managed policies such as AmazonEKSClusterPolicy exist in every account.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
# Nothing is started from an image by its number, and a list of moto's thousand snapshots takes seconds.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")


def listener_on(port: int) -> socket.socket:
    """On any port that is free, for 0."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(256)
    return listener


def serve(listener: socket.socket, application) -> None:
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    class Quiet(MotoRequestHandler):
        # A connection per call would use up the ports of a test that makes many.
        protocol_version = "HTTP/1.1"

        def log_request(self, *_args, **_kwargs):
            pass

    port = listener.getsockname()[1]
    server = make_server(
        "127.0.0.1", port, application, threaded=True, request_handler=Quiet, fd=listener.fileno()
    )
    # It has one of its own now.
    listener.close()
    application.server = server
    server.serve_forever()


def end_with_the_one_that_started_us() -> None:
    # Not through `sys.stdin`: its lock is held by whoever reads it while a fork is made.
    while os.read(0, 1024):
        pass
    os._exit(0)


def fork(application, port: int) -> dict:
    """The same estate once more, at that port if it is free. Nothing else may be under way."""
    try:
        listener = listener_on(port)
    except OSError:
        # A connection out of here got that number since whoever had it ended.
        listener = listener_on(0)
    if os.fork():
        port = listener.getsockname()[1]
        listener.close()
        return {"port": port}
    try:
        # Whoever asks there is meant for the other one, also the one who asks for this.
        application.server.socket.close()
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, sys.stdout.fileno())
        threading.Thread(target=end_with_the_one_that_started_us, daemon=True).start()
        serve(listener, application)
    finally:
        os._exit(1)


def main() -> None:
    listener = listener_on(0)
    port = listener.getsockname()[1]
    os.environ["MOTO_PORT"] = str(port)
    # Nobody waits for those that were forked.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    import shim

    shim.install()
    application = shim.Gate(DomainDispatcherApplication(create_backend_app))
    application.fork = functools.partial(fork, application)
    threading.Thread(target=serve, args=(listener, application), daemon=True).start()
    print(json.dumps({"port": port}), flush=True)
    end_with_the_one_that_started_us()


if __name__ == "__main__":
    main()
