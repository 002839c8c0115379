import * as vscode from "vscode";

import { type Level, LEVELS, nameOf } from "./levels";

/** One decoration per level: background, gutter and overview ruler, in theme colours. */
export class Decorations implements vscode.Disposable {
  private readonly types: ReadonlyMap<string, vscode.TextEditorDecorationType>;

  constructor(context: vscode.ExtensionContext) {
    this.types = new Map(LEVELS.map((level) => [nameOf(level), decoration(level, context)]));
  }

  apply(editor: vscode.TextEditor, painted: ReadonlyMap<number, Level>): void {
    for (const [name, type] of this.types) {
      const lines = [...painted].filter(([, level]) => nameOf(level) === name);
      editor.setDecorations(
        type,
        lines.map(([line]) => new vscode.Range(line, 0, line, 0)),
      );
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.types.values()).dispose();
  }
}

function decoration(level: Level, context: vscode.ExtensionContext): vscode.TextEditorDecorationType {
  const name = nameOf(level);
  const ruler = new vscode.ThemeColor(`codeorigin.${level.direction}`);
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor(`codeorigin.${name}Background`),
    gutterIconPath: context.asAbsolutePath(`media/gutter/${name}.svg`),
    gutterIconSize: "contain",
    overviewRulerColor: ruler,
    overviewRulerLane: level.direction === "llm" ? vscode.OverviewRulerLane.Right : vscode.OverviewRulerLane.Left,
  });
}
