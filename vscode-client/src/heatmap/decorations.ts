import * as vscode from "vscode";

import { type Level, LEVELS, nameOf } from "./levels";

/** One decoration per level: background, gutter and overview ruler, in theme colours. */
export class Decorations implements vscode.Disposable {
  private readonly types: ReadonlyMap<string, vscode.TextEditorDecorationType>;

  constructor(context: vscode.ExtensionContext) {
    this.types = new Map(LEVELS.map((level) => [nameOf(level), decoration(level, context)]));
  }

  apply(editor: vscode.TextEditor, painted: ReadonlyMap<number, Level>): void {
    const ranges = new Map<string, vscode.Range[]>();
    for (const [line, level] of painted) {
      const name = nameOf(level);
      ranges.set(name, [...(ranges.get(name) ?? []), new vscode.Range(line, 0, line, 0)]);
    }
    for (const [name, type] of this.types) {
      editor.setDecorations(type, ranges.get(name) ?? []);
    }
  }

  dispose(): void {
    for (const type of this.types.values()) {
      type.dispose();
    }
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
