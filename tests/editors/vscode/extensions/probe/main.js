// Answers questions about the editor: one JSON request per POST to the port in CODEORIGIN_PROBE_PORT.
const { createServer } = require("node:http");
const vscode = require("vscode");

const position = ({ line, character }) => new vscode.Position(line, character);
const range = ({ start, end }) => new vscode.Range(position(start), position(end));
const plain = (value) => JSON.parse(JSON.stringify(value ?? null));
const target = ({ path, uri }) => (uri === undefined ? vscode.Uri.file(path) : vscode.Uri.parse(uri));
const text = (content) => (typeof content === "string" ? content : content.value);

const QUESTIONS = {
  async activation() {
    const extension = vscode.extensions.getExtension("codeorigin.codeorigin");
    const wasActive = extension.isActive;
    const before = performance.now();
    await extension.activate();
    return { wasActive, milliseconds: performance.now() - before };
  },
  status: () => vscode.extensions.getExtension("codeorigin.codeorigin").exports.status,
  async open({ path }) {
    const { uri } = (await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: false })).document;
    return uri.toString();
  },
  async notebook({ path }) {
    await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(vscode.Uri.file(path)));
  },
  /** A new text without a file, in one of VS Code's languages. */
  async untitled({ content, language }) {
    const document = await vscode.workspace.openTextDocument({ content, language });
    await vscode.window.showTextDocument(document, { preview: false });
    return document.uri.toString();
  },
  /** The text of any document that VS Code can open. */
  text: async (place) => (await vscode.workspace.openTextDocument(target(place))).getText(),
  diagnostics: (place) =>
    vscode.languages.getDiagnostics(target(place)).map(({ message, source, severity, code, range }) => ({
      message,
      source,
      severity: vscode.DiagnosticSeverity[severity],
      code: typeof code === "object" ? code.value : code,
      range: plain(range),
    })),
  async hover({ at, ...place }) {
    const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", target(place), position(at));
    return hovers.flatMap(({ contents }) => contents.map(text));
  },
  async codeActions({ path, within }) {
    const uri = vscode.Uri.file(path);
    const actions = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", uri, range(within));
    return actions.map(({ title, kind }) => ({ title, kind: kind?.value }));
  },
  select({ within }) {
    const { start, end } = range(within);
    vscode.window.activeTextEditor.selection = new vscode.Selection(start, end);
  },
  selection() {
    // No editor is active while the focus moves from a panel to an editor.
    const editor = vscode.window.activeTextEditor;
    return editor ? { uri: editor.document.uri.toString(), line: editor.selection.active.line } : null;
  },
  async replace({ within, by }) {
    return vscode.window.activeTextEditor.edit((edit) => edit.replace(range(within), by));
  },
  async revert() {
    await vscode.commands.executeCommand("workbench.action.files.revert");
  },
  run: ({ command, args = [] }) => vscode.commands.executeCommand(command, ...args),
  /** Starts a command that waits for the user, without waiting for its end. */
  begin({ command, args = [] }) {
    void vscode.commands.executeCommand(command, ...args);
  },
  async set({ name, value }) {
    await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);
  },
};

async function answer(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const { question, ...details } = JSON.parse(Buffer.concat(chunks).toString());
  return plain(await QUESTIONS[question](details));
}

exports.activate = (context) => {
  const server = createServer((request, response) => {
    answer(request).then(
      (value) => response.end(JSON.stringify({ value })),
      (error) => response.end(JSON.stringify({ error: String(error) })),
    );
  });
  server.listen(Number(process.env.CODEORIGIN_PROBE_PORT), "127.0.0.1");
  context.subscriptions.push({ dispose: () => server.close() });
};
