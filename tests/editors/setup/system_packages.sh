#!/usr/bin/env bash
# Debian packages that the tests in VS Code and Emacs need; installs those that are missing, if it may.
set -euo pipefail

packages=(chromium emacs-nox elpa-eglot fonts-dejavu-core g++ libkrb5-dev make pkg-config)
missing=()
for package in "${packages[@]}"; do
    if ! dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
        missing+=("$package")
    fi
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
become=()
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo > /dev/null; then
        echo "Install these packages first, as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    become=(sudo)
fi
echo "installing ${missing[*]}"
"${become[@]}" apt-get update -qq
"${become[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
