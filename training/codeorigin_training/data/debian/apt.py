"""apt as a client for source packages, with lists, cache and configuration in a separate folder.

The mirror is taken from the machine's own configuration, which is only read. apt verifies the signatures of the lists,
and everything that it downloads against them.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_RELEASES = frozenset(
    {"buster", "bullseye", "bookworm", "trixie", "forky", "duke", "sid"}
    | {"oldoldstable", "oldstable", "stable", "testing", "unstable"}
)
_CONFIGURATION = """\
Dir::Etc::sourcelist "{folder}/debian.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "{folder}/lists";
Dir::Cache "{folder}/cache";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
APT::Update::Pre-Invoke "";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
{user}"""
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class SourceClient:
    """Downloads source packages; ``folder`` holds apt's own files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    def update(self, suites: Sequence[str]) -> str | None:
        """Fetch the source lists of ``suites``; returns the reason if that failed, else None."""
        for name in ("lists/partial", "cache/archives/partial"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        mirror, reason = self._mirror()
        if mirror is None:
            return reason
        signed = f" [signed-by={_KEYRING}]" if _KEYRING.is_file() else ""
        lines = [f"deb-src{signed} {mirror} {suite} main\n" for suite in suites]
        (self._folder / "debian.list").write_text("".join(lines), encoding="utf-8")
        # If run as root, apt downloads as a user without write permission here.
        user = 'APT::Sandbox::User "root";\n' if os.name == "posix" and os.geteuid() == 0 else ""
        text = _CONFIGURATION.format(folder=self._folder, user=user)
        (self._folder / "apt.conf").write_text(text, encoding="utf-8")
        return self._run(["update", "-qq", "--error-on=any"], self._folder)[1]

    def fetch(self, name: str, version: str, folder: Path, archive: str) -> str | None:
        """Download the upstream archive of one package to ``folder``; returns the reason if that failed, else None.

        ``--download-only`` keeps apt from unpacking it, and ``--tar-only`` from fetching the packaging.
        """
        options = ["-qq", "--download-only", "--tar-only", "--only-source"]
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            _, reason = self._run(["source", *options, f"{name}={version}"], Path(temporary))
            if reason is not None:
                return f"{version} cannot be downloaded ({reason})"
            found = Path(temporary) / archive
            if not found.is_file() or found.is_symlink():
                return f"{version} came without {archive}"
            shutil.move(found, folder / archive)
        return None

    def _mirror(self) -> tuple[str | None, str | None]:
        """The mirror's address in the machine's own configuration, and the reason if there is none."""
        command = ["indextargets", "--no-release-info", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)"]
        output, reason = self._run([*command, "Created-By: Packages"], self._folder, with_settings=False)
        for line in output.splitlines():
            release, component, address = line.split(" ", 2)
            if release in _RELEASES and component == "main":
                return address, None
        return None, reason or "this machine's apt names no mirror of Debian; run this on Debian"

    def _run(
        self, arguments: Sequence[str], folder: Path, *, with_settings: bool = True
    ) -> tuple[str, str | None]:
        """The output of apt-get, and its error line, or None if it succeeded."""
        configuration = ["-c", str(self._folder / "apt.conf")] if with_settings else []
        try:
            done = subprocess.run(
                ["apt-get", *configuration, *arguments],
                capture_output=True,
                text=True,
                cwd=folder,
                check=False,
                env=os.environ | {"LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
            )
        except OSError as error:
            return "", f"apt-get cannot be started ({error.strerror}); run this on Debian"
        if not done.returncode:
            return done.stdout, None
        lines = (done.stderr.strip() or done.stdout.strip() or "apt-get failed").splitlines()
        # The first error names the cause; the others are its consequences.
        return done.stdout, next((line for line in lines if line.startswith("E:")), lines[-1])
