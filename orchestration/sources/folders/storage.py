"""Opening the file system that a remote root names, through fsspec: its address, options, secrets and extras.

Which files it has and fetching them belongs in `remote_folder`. fsspec is imported only here and in the modules below.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import fsspec

from orchestration.sources.declaration.locations import check_storage, options_in
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.environment import filled_in, secrets_in
from orchestration.sources.errors import DeclarationError
from orchestration.sources.secrets import Secrets

_EXTRAS = {"s3": "s3", "s3a": "s3", "sftp": "sftp", "ssh": "sftp"}
_OBJECT_STORES = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"}
"""Where an object appears at once and whole, and its listing tells its version."""

_HERE = {"file", "local", "memory"}
_SHOWN_OPTIONS = {
    "username", "user", "host", "port", "endpoint_url", "region_name", "project", "account_name", "known_hosts",
    "host_key", "client_keys",
}  # fmt: skip
"""Options whose values are no secrets, also where they come from the environment."""


@dataclass(frozen=True)
class Address:
    """What a remote root says, with its variables filled in."""

    protocol: str
    url: str
    """Without a secret, and without a slash at the end; what messages show."""
    options: Mapping[str, Any]
    secrets: Secrets


def address(system: SourceSystem, url: str) -> Address:
    """Take apart a remote root and fill in its options.

    Raises `DeclarationError` for one that cannot be read, or holds a secret, or names a variable that is not set.
    """
    what = f"Source system {system.name}"
    protocol = url.partition("://")[0].lower()
    if protocol in _HERE:
        raise DeclarationError(
            f"{what}: root is a folder of this computer; write its path alone, without {protocol}://."
        )
    try:
        check_storage(url, None)
    except ValueError as error:
        raise DeclarationError(f"{what}: {error}.") from None
    if "?" in url:
        raise DeclarationError(f"{what}: root must name a folder and nothing else; declare the rest as storage.")
    storage = system.storage or {}
    hidden = [
        secret
        for name, value in options_in(storage)
        if name.rsplit(".", 1)[-1] not in _SHOWN_OPTIONS
        for secret in secrets_in(value)
    ]
    options = _filled(storage, lambda value, name: filled_in(value, what=f"{what}: storage.{name}"))
    return Address(protocol, url.rstrip("/"), options, Secrets(hidden))


def has_whole_objects(protocol: str) -> bool:
    """Return whether files of this protocol are never seen half written."""
    return protocol in _OBJECT_STORES


def open_file_system(system: SourceSystem, place: Address) -> tuple[Any, str]:
    """Return an fsspec file system and the folder in it. It may connect now, and then raises what its library raises.

    Raises `DeclarationError` where an extra is not installed, or an option is not one of the library's.
    """
    what = f"Source system {system.name}: {place.protocol}://"
    try:
        if _EXTRAS.get(place.protocol) == "sftp":
            kind = import_module("orchestration.sources.folders.sftp").SftpFileSystem
        else:
            kind = fsspec.get_filesystem_class(place.protocol)
    except ImportError as error:
        extra = _EXTRAS.get(place.protocol)
        told = (
            f'needs the extra `{extra}`, which is not installed. Install it with pip install "tieout[{extra}]"'
            if extra
            else f"needs a library that is not installed: {error}"
        )
        raise DeclarationError(f"{what} {told}.") from error
    except ValueError as error:
        raise DeclarationError(f"{what} is not known; s3:// and sftp:// are, and whatever fsspec reads.") from error
    options = {**kind._get_kwargs_from_urls(place.url), **place.options}  # fsspec's own way, for all its kinds
    caching = {} if _EXTRAS.get(place.protocol) == "sftp" else {"use_listings_cache": False}
    try:
        files = kind(skip_instance_cache=True, **caching, **options)
    except (TypeError, KeyError) as error:
        told = re.sub(r"^\S+\(\) ", "", str(error.args[0]) if error.args else repr(error))
        raise DeclarationError(
            f"{what} storage in defs.yaml does not fit: {place.secrets.out_of(told)}. Use the library's options."
        ) from error
    return files, kind._strip_protocol(place.url).rstrip("/")


def _filled(value: Any, fill: Callable[[str, str], str], name: str = "") -> Any:
    if isinstance(value, str):
        return fill(value, name)
    if isinstance(value, Mapping):
        return {key: _filled(inner, fill, f"{name}.{key}" if name else str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(inner, fill, name) for inner in value]
    return value
