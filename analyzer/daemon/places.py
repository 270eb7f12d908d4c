"""Where daemons listen: a socket for each checkout that `zaplint` is called in.

Modules that the client needs import nothing heavy.
"""

import os
import socket
import struct
from typing import Final
from zlib import crc32

from analyzer.kept.places import cache_folder, installation

LOCK: Final = ".lock"
"""Behind the path of a socket: what the daemon that listens there holds."""

_MOST: Final = 100
"""The path of a socket may have 107 bytes."""


def sockets() -> str:
    """The folder of all sockets, which is its owner's alone."""
    folder = f"{cache_folder()}/daemon"
    if len(os.fsencode(folder)) > _MOST - len("/00000000.sock"):
        folder = f"/tmp/zaplint-{os.getuid()}"
    return folder


def socket_of(folder: str) -> str:
    """The path of the socket of the daemon for a folder, for this installation of zaplint."""
    name = f"{installation()}\0{folder}".encode("utf-8", "surrogateescape")
    return f"{sockets()}/{crc32(name):08x}.sock"


def is_there() -> bool:
    """Whether a daemon listens for the checkout that this process is in, by all appearances."""
    return os.path.exists(socket_of(top_of(os.getcwd())))


def is_private(folder: str) -> bool:
    """Whether a folder is this user's, and nobody else can look into it."""
    found = os.stat(folder)
    return found.st_uid == os.getuid() and not found.st_mode & 0o077


def is_own(channel: socket.socket) -> bool:
    """Whether this user is at the other end of a connection."""
    form = "3i"
    size = struct.calcsize(form)
    _, user, _ = struct.unpack(
        form, channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    )
    return bool(user == os.getuid())


def top_of(folder: str) -> str:
    """The checkout around a folder, or the folder itself."""
    folder = above = os.path.realpath(folder)
    while not os.path.exists(f"{above}/.git"):
        above, before = os.path.dirname(above), above
        if above == before:
            return folder
    return above
