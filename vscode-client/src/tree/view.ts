import * as vscode from "vscode";

import { plainMessage } from "../literal";
import type { Band, Scan } from "../protocol";
import { seen, setContext } from "../walkthrough";
import { type FileRow, type FunctionRow, rowsOf } from "./rows";

type Row = FileRow | FunctionRow;

const VIEW = "codeorigin.changes";

/** A view of what *Scan Changes* found: files and their functions by probability. */
export class FunctionTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly view: vscode.TreeView<Row>;
  private files: FileRow[] = [];

  readonly onDidChangeTreeData = this.changed.event;

  constructor() {
    this.view = vscode.window.createTreeView(VIEW, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
  }

  /** Replaces the scan that is shown, without revealing the view. */
  update(scan: Scan): void {
    this.files = rowsOf(scan);
    this.view.message = scan.remark ?? "";
    this.changed.fire(undefined);
    void setContext("codeorigin.scanned", true);
    seen("changes");
  }

  /** Replaces the scan that is shown, and reveals the view. */
  async show(scan: Scan): Promise<void> {
    this.update(scan);
    const first = this.files[0];
    if (first) {
      await this.view.reveal(first, { select: false, focus: false, expand: true });
    } else {
      await vscode.commands.executeCommand(`${VIEW}.focus`);
    }
  }

  getChildren(row?: Row): Row[] {
    if (!row) {
      return this.files;
    }
    return row.kind === "file" ? row.functions : [];
  }

  getParent(row: Row): Row | undefined {
    return row.kind === "function" ? this.files.find((file) => file.uri === row.uri) : undefined;
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return row.kind === "file" ? fileItem(row) : functionItem(row);
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }
}

/** In a narrow side bar the end of a row is cut off, so what matters comes first: here the folder may go. */
function fileItem({ uri, reportedText }: FileRow): vscode.TreeItem {
  const file = vscode.Uri.parse(uri);
  const item = new vscode.TreeItem(file, vscode.TreeItemCollapsibleState.Collapsed);
  const folder = vscode.workspace.asRelativePath(file).split("/").slice(0, -1).join("/");
  item.id = uri;
  item.iconPath = vscode.ThemeIcon.File;
  item.description = [reportedText, folder].filter(Boolean).join(" · ");
  item.contextValue = "file";
  return item;
}

/** Here the function's class may go. */
function functionItem({ uri, info }: FunctionRow): vscode.TreeItem {
  const { verdict, headerRange, functionId } = info;
  const [name, ownName] = [plainMessage(info.name), plainMessage(info.ownName)];
  const item = new vscode.TreeItem([verdict.probabilityText, ownName].filter(Boolean).join(" "));
  item.id = `${uri}#${functionId}#${headerRange.start.line}`;
  item.description = verdict.probabilityText === null ? verdict.number : name === ownName ? "" : name;
  item.tooltip = `${name}\n${verdict.answer}: ${verdict.number}`;
  item.iconPath = icon(verdict.band);
  item.contextValue = verdict.band === "llm" ? "function.reported" : "function";
  const { start } = headerRange;
  item.command = {
    command: "vscode.open",
    title: "Open",
    arguments: [vscode.Uri.parse(uri), { selection: new vscode.Range(start.line, start.character, start.line, start.character) }],
  };
  item.accessibilityInformation = { label: `${name}, ${verdict.summary}` };
  return item;
}

function icon(band: Band | null): vscode.ThemeIcon {
  const color = band === "llm" || band === "human" ? `codeorigin.${band}` : "disabledForeground";
  return new vscode.ThemeIcon(band === "llm" ? "circle-filled" : "circle-outline", new vscode.ThemeColor(color));
}
