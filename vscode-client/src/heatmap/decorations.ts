import * as vscode from "vscode";

import { type Level, LEVELS } from "./levels";

/** One decoration per level: background, gutter and overview ruler, in theme colours. */
export class Decorations implements vscode.Disposable {
  private readonly types: ReadonlyMap<Level, vscode.TextEditorDecorationType>;

  constructor(context: vscode.ExtensionContext) {
    this.types = new Map(LEVELS.map((level) => [level, decoration(level, context)]));
  }

  apply(editor: vscode.TextEditor, painted: ReadonlyMap<number, Level>): void {
    for (const [level, type] of this.types) {
      const lines = [...painted].filter(([, each]) => each === level);
      const ranges = lines.map(([line]) => new vscode.Range(line, 0, line, 0));
      editor.setDecorations(type, ranges);
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.types.values()).dispose();
  }
}

function decoration(level: Level, context: vscode.ExtensionContext): vscode.TextEditorDecorationType {
  const direction = level.slice(0, -1);
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor(`codeorigin.${level}Background`),
    gutterIconPath: context.asAbsolutePath(`media/gutter/${level}.svg`),
    gutterIconSize: "contain",
    overviewRulerColor: new vscode.ThemeColor(`codeorigin.${direction}`),
    overviewRulerLane: direction === "llm" ? vscode.OverviewRulerLane.Right : vscode.OverviewRulerLane.Left,
  });
}
