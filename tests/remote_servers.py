"""Real servers that hold files, started by the tests on free ports of this computer: S3 (moto), SFTP (asyncssh).

Moto checks keys, signatures and policies here, as S3 does; its owner may do everything. `Cut` stands before a server and
breaks connections off.
"""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import boto3
from moto import settings as moto_settings
from moto.core.responses import ActionAuthenticatorMixin
from moto.server import ThreadedMotoServer

PASSWORD = "correct-horse-7Battery&staple"  # noqa: S105
BUCKET = "exports"


@dataclass
class S3:
    """An S3 server: a user who may read the bucket `exports` only, and the owner's client."""

    url: str
    key: str
    secret: str
    owner: Any

    def put(self, name: str, content: bytes, bucket: str = BUCKET) -> None:
        with _not_checked():
            self.owner.put_object(Bucket=bucket, Key=name, Body=content)

    def delete(self, name: str) -> None:
        with _not_checked():
            self.owner.delete_object(Bucket=BUCKET, Key=name)

    def clear(self) -> None:
        with _not_checked():
            for found in self.owner.list_objects_v2(Bucket=BUCKET).get("Contents", []):
                self.owner.delete_object(Bucket=BUCKET, Key=found["Key"])


@contextmanager
def _not_checked() -> Iterator[None]:
    moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
    try:
        yield
    finally:
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
        ActionAuthenticatorMixin.request_count = 0


@contextmanager
def s3_server() -> Iterator[S3]:
    """Run an S3 server with the buckets `exports` and `private`."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    before = moto_settings.INITIAL_NO_AUTH_ACTION_COUNT
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"

    def client(service: str) -> Any:
        own = {"aws_access_key_id": "owner", "aws_secret_access_key": "owner"}
        return boto3.client(service, endpoint_url=url, region_name="us-east-1", **own)

    try:
        with _not_checked():
            owner, users = client("s3"), client("iam")
            for bucket in (BUCKET, "private"):
                owner.create_bucket(Bucket=bucket)
            users.create_user(UserName="reader")
            own = [f"arn:aws:s3:::{name}" for name in (BUCKET, f"{BUCKET}/*", "gone", "gone/*")]
            policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": own}]}
            users.put_user_policy(UserName="reader", PolicyName="own", PolicyDocument=json.dumps(policy))
            key = users.create_access_key(UserName="reader")["AccessKey"]
        yield S3(url, key["AccessKeyId"], key["SecretAccessKey"], owner)
    finally:
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = before
        urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"), timeout=10)  # noqa: S310
        server.stop()


@dataclass
class Sftp:
    """An SFTP server that shows `folder` as its root; what it was asked is noted."""

    port: int
    folder: Path
    host_key: str
    user_key: str
    reads: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    """Those that were tried."""
    forbidden: set[str] = field(default_factory=set)
    """Paths that the user may not open."""


@contextmanager
def sftp_server(folder: Path, *, offers_sftp: bool = True) -> Iterator[Sftp]:
    """Run an SFTP server whose user `erp` has the password `PASSWORD`, or the key `user_key`."""
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    user_key = asyncssh.generate_private_key("ssh-ed25519")
    authorized = asyncssh.import_authorized_keys(user_key.export_public_key().decode())
    told = Sftp(0, folder, host_key.export_public_key().decode().strip(), user_key.export_private_key().decode())

    class Login(asyncssh.SSHServer):
        def connection_made(self, connection: asyncssh.SSHServerConnection) -> None:
            self.connection = connection

        def begin_auth(self, username: str) -> bool:  # noqa: ARG002
            self.connection.set_authorized_keys(authorized)
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            told.passwords.append(password)
            return (username, password) == ("erp", PASSWORD)

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(channel, chroot=str(folder))

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
            told.reads.append(path.decode())
            if path.decode() in told.forbidden:
                raise asyncssh.SFTPPermissionDenied("Permission denied")
            return super().open(path, pflags, attrs)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=30)

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Login,
            sftp_factory=Files if offers_sftp else None,
            server_host_keys=[host_key],
        )

    server = run(start())
    try:
        told.port = server.get_port()
        yield told
    finally:

        async def stop() -> None:
            server.close()
            await server.wait_closed()

        run(stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


class Cut:
    """Passes connections on to a port, until `after` bytes have come back through one: then that one is broken off."""

    def __init__(self, port: int) -> None:
        self.after: int | None = None
        self.cuts = 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            for source, target, counts in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pass_on, args=(source, target, counts), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 14):
                passed += len(data)
                if counts and self.after is not None and passed > self.after:
                    self.cuts += 1
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def written_slowly(file: Path, line: bytes, *, every: float = 0.05) -> Iterator[None]:
    """Have a process of its own append to a file, line by line, until the block ends."""
    code = (
        "import sys, time\n"
        "with open(sys.argv[1], 'ab', buffering=0) as file:\n"
        "    while True:\n"
        f"        file.write({line!r}); time.sleep({every})\n"
    )
    before = file.stat().st_size if file.exists() else 0
    writer = subprocess.Popen([sys.executable, "-c", code, str(file)])
    try:
        while not file.exists() or file.stat().st_size == before:
            time.sleep(0.01)
        yield
    finally:
        writer.kill()
        writer.wait()
