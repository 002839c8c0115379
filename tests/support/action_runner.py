"""Runs the steps of the GitHub Action as GitHub's runner does, in a throwaway repository."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from support.command import PLAIN, ROOT
from support.repositories import Repository

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
SUB = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


@dataclass
class Runner:
    """Runs the steps of a composite action as GitHub's runner does."""

    repository: Repository
    folder: Path
    base_ref: str = ""
    number: str = ""
    api: str = ""
    environment: Mapping[str, str] = field(default_factory=lambda: PLAIN)

    def run(self, **inputs: str) -> tuple[int, dict[str, str]]:
        """The exit code of the step that failed, or 0, and the outputs of the check."""
        given = {name: entry.get("default", "") for name, entry in ACTION["inputs"].items()} | inputs
        outputs: dict[str, str] = {}
        for step in ACTION["runs"]["steps"]:
            if "run" not in step:
                continue
            assert step["shell"] == "bash"
            assert "${{" not in step["run"], "values reach the shell as variables"
            output = self.folder / "output"
            output.write_text("")
            environment = dict(self.environment) | {
                "PATH": f"{self.folder / 'bin'}{os.pathsep}{self.environment['PATH']}",
                "RUNNER_TEMP": str(self.folder / "temp"),
                "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_API_URL": self.api,
                "GITHUB_REPOSITORY": "owner/project",
            }
            for name, value in step.get("env", {}).items():
                environment[name] = self._expanded(value, given, outputs)
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.repository.folder, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            self.shown = done.stdout
            if step["name"] == "Comment":
                self.commented = done.stdout
            if step.get("id") == "check":
                self.notices, self.said = done.stdout, done.stderr
            outputs |= dict(line.split("=", 1) for line in output.read_text().splitlines())
            if done.returncode:
                return done.returncode, outputs
        return 0, outputs

    def _expanded(self, text: str, inputs: dict[str, str], outputs: dict[str, str]) -> str:
        return SUB.sub(lambda match: self._value(match[1], inputs, outputs), text)

    def _value(self, name: str, inputs: dict[str, str], outputs: dict[str, str]) -> str:
        if name == "github.action_path":
            return str(ROOT)
        given = {
            "github.base_ref": self.base_ref,
            "github.token": "secret",
            "github.event.pull_request.number": self.number,
        }
        if name in given:
            return given[name]
        if name.startswith("inputs."):
            return inputs[name.removeprefix("inputs.")]
        return outputs[name.rpartition(".")[2]]
