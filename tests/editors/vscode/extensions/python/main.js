// Names the interpreter in CODEORIGIN_TEST_PYTHON as the selected one; an empty name selects none.
const vscode = require("vscode");

exports.activate = () => {
  const selected = process.env.CODEORIGIN_TEST_PYTHON;
  const changed = new vscode.EventEmitter();
  return {
    environments: {
      getActiveEnvironmentPath: () => ({ path: selected }),
      resolveEnvironment: async ({ path }) => (path ? { executable: { uri: vscode.Uri.file(path) } } : undefined),
      onDidChangeActiveEnvironmentPath: changed.event,
    },
  };
};
