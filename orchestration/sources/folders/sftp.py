"""SFTP as an fsspec file system that lets nobody stand in for the server: sshfs, with the host's key checked.

sshfs itself accepts any key, as does fsspec's own SFTP. Imported only where a root is sftp://….
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import asyncssh
from fsspec.asyn import sync_wrapper
from sshfs import SSHFileSystem

_LIMITS: Mapping[str, object] = {
    "connect_timeout": 20,
    "login_timeout": 20,
    "keepalive_interval": 15,  # with keepalive_count_max: a server that fell silent is given up after a minute
    "keepalive_count_max": 4,
}


class SftpFileSystem(SSHFileSystem):  # type: ignore[misc]
    """Files of an SFTP server whose key is declared as `host_key`, or stands in `known_hosts` (~/.ssh/known_hosts).

    All other options are asyncssh's, e.g. username, password, client_keys, passphrase. Raises `asyncssh.Error`,
    `OSError` and `ValueError`.
    """

    protocol = ("sftp", "ssh")

    def __init__(self, host: str, *, host_key: str | None = None, known_hosts: str | None = None, **options: Any):
        trusted: object = known_hosts or ()  # asyncssh checks no key where this is None, and its default where ()
        if host_key:
            trusted = ([asyncssh.import_public_key(host_key)], [], [])
        super().__init__(host, known_hosts=trusted, **{**_LIMITS, **options})
        try:
            self.real_path("/")
        except ValueError as error:  # so sshfs says that no channel could be opened
            raise ConnectionError("the server offers no SFTP to this user") from error

    async def _get_file(self, rpath: str, lpath: str, **_options: Any) -> None:
        """Fetch a file; of a link what it leads to (sshfs would make the same link here, leading to a file of ours)."""
        async with self._pool.get() as channel:
            await channel.get(rpath, lpath, follow_symlinks=True)

    async def _real_path(self, path: str) -> str:
        async with self._pool.get() as channel:
            return str(await channel.realpath(path))

    real_path = sync_wrapper(_real_path)
    """Return where a path leads once the server has followed all links."""

    async def _close(self) -> None:
        with suppress(Exception):  # the connection may be gone already, and nothing was written
            await self._pool.close()
            await self._stack.aclose()

    close = sync_wrapper(_close)
    """End the connection."""
