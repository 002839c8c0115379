"""What Ray reads from the environment when it is imported, as do the processes that it starts: nothing may leave."""

import secrets
from collections.abc import Mapping

EVERYWHERE = {"RAY_USAGE_STATS_ENABLED": "0", "ORT_DISABLE_TELEMETRY": "1", "PYTHONSAFEPATH": "1"}
"""For the processes of a cluster too."""
_HERE = {
    # Binds to the loopback address alone, as on macOS and Windows, and asks no other machine for the own address.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    # Even without statistics, Ray asks the metadata servers of three clouds where it runs. At this port nobody answers.
    **dict.fromkeys(("http_proxy", "HTTP_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
}


def environment(outside: Mapping[str, str]) -> dict[str, str]:
    """What turns Ray's statistics off and, if ``outside`` names no cluster, keeps its connections on this machine.

    Then only who knows a token may use Ray's ports. Ray would write it into the home folder.
    """
    if "RAY_ADDRESS" in outside:
        return EVERYWHERE
    return EVERYWHERE | _HERE | {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(16)}
