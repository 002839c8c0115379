"""Put on PYTHONPATH by a test: every use of the network is recorded in a file and refused."""

import os
import socket
from pathlib import Path


def refuse(what: str) -> None:
    with Path(os.environ["NETWORK_ATTEMPTS"]).open("a", encoding="utf-8") as file:
        file.write(f"{what}\n")
    raise PermissionError(f"{what} is blocked")


class NoSocket(socket.socket):
    def __init__(self, family: int = -1, *args: object, **kwargs: object) -> None:
        if family != socket.AF_UNIX and kwargs.get("fileno") is None and len(args) < 3:
            refuse(f"socket of family {family}")
        super().__init__(family, *args, **kwargs)  # type: ignore[arg-type]


socket.socket = NoSocket  # type: ignore[misc]
for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo"):
    setattr(socket, name, lambda *_, name=name, **__: refuse(name))
