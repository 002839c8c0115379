"""A program that leaves a mark when it runs, in every place where a repository can ask git to run one."""

from pathlib import Path

from support.repositories import Repository

HOOKS = (
    "post-index-change", "reference-transaction", "pre-commit", "post-checkout", "fsmonitor-watchman", "post-merge",
    "pre-auto-gc", "post-rewrite", "query-watchman",
)  # fmt: skip


class Trap:
    """A program that leaves a mark when anything runs it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.marker = folder / "ran"
        self.program = folder / "trap.sh"
        self.program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{self.marker}"\n')
        self.program.chmod(0o755)

    def ran(self) -> str:
        return self.marker.read_text() if self.marker.exists() else ""


def plant(repository: Repository, trap: Trap) -> None:
    """Put the trap into every hook and every setting that names a program."""
    program = str(trap.program)
    hooks = repository.folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).unlink(missing_ok=True)
        (hooks / name).symlink_to(trap.program)
    programs = [
        "core.fsmonitor", "core.sshCommand", "core.gitProxy", "core.askPass", "core.pager", "core.editor",
        "core.alternateRefsCommand", "sequence.editor", "credential.helper", "diff.external", "diff.trap.command",
        "diff.trap.textconv", "filter.trap.clean", "filter.trap.smudge", "filter.trap.process", "merge.trap.driver",
        "gpg.program", "gpg.ssh.program", "gpg.x509.program", "gpg.ssh.defaultKeyCommand", "pager.log", "pager.blame",
        "pager.diff-tree", "pager.ls-files", "pager.cat-file", "interactive.diffFilter", "uploadpack.packObjectsHook",
        "web.browser", "remote.origin.uploadpack", "submodule.lib.update", "trailer.trap.command",
        "ssh.variant", "browser.trap.cmd", "diff.tool", "difftool.trap.cmd", "gui.trap.cmd", "sendemail.tocmd",
    ]  # fmt: skip
    commands = [
        "log",
        "diff-tree",
        "ls-files",
        "rev-parse",
        "cat-file",
        "blame",
        "update-index",
        "write-tree",
    ]
    settings = {
        **dict.fromkeys(programs, program),
        **{f"alias.{name}": f"!{program}" for name in commands},
        "filter.trap.required": "true",
        "log.showSignature": "true",
        "core.hooksPath": str(hooks),
        "core.attributesFile": str(repository.folder / ".gitattributes"),
        "diff.submodule": "log",
        "status.submoduleSummary": "true",
        "submodule.recurse": "true",
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
        "diff.orderFile": "nowhere",
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "color.ui": "always",
        "core.quotePath": "true",
        "i18n.logOutputEncoding": "UTF-16",
        "format.pretty": "fuller",
        "core.splitIndex": "true",
        "diff.trap.xfuncname": "^(.*)$",
        "core.commitGraph": "true",
        "blame.ignoreRevsFile": "nowhere",
    }
    repository.configure(settings)
