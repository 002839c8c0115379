import * as vscode from "vscode";

import type { Scan } from "../protocol";
import { type FileRow, type FunctionRow, rowsOf } from "./rows";

type Row = FileRow | FunctionRow;

/** The view "Code origin": the last scan, files and their functions by probability. */
export class FunctionTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly view: vscode.TreeView<Row>;
  private files: FileRow[] = [];

  readonly onDidChangeTreeData = this.changed.event;

  constructor() {
    this.view = vscode.window.createTreeView("codeorigin.functions", {
      treeDataProvider: this,
      showCollapseAll: true,
    });
  }

  /** Shows a scan in place of the last one. */
  async show(scan: Scan): Promise<void> {
    this.files = rowsOf(scan);
    this.view.badge = scan.reported > 0 ? { value: scan.reported, tooltip: scan.reportedText } : undefined;
    this.view.message = remark(scan.cancelled, this.files.length === 0);
    this.changed.fire(undefined);
    await vscode.commands.executeCommand("setContext", "codeorigin.scanned", true);
    const first = this.files[0];
    if (first) {
      await this.view.reveal(first, { select: false, focus: false, expand: true });
    } else {
      await vscode.commands.executeCommand("codeorigin.functions.focus");
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

/** "" takes the line away. */
function remark(isCancelled: boolean, isEmpty: boolean): string {
  if (isCancelled) {
    return "The scan was stopped: not all files are here.";
  }
  return isEmpty ? "No function was long enough for a verdict." : "";
}

function fileItem({ uri, reported, functions }: FileRow): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.Uri.parse(uri), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = uri;
  item.iconPath = vscode.ThemeIcon.File;
  item.description = reported > 0 ? `${reported} of ${functions.length} reported` : `${functions.length}`;
  item.contextValue = "file";
  return item;
}

function functionItem({ uri, info }: FunctionRow): vscode.TreeItem {
  const { verdict, headerRange, functionId, name } = info;
  const item = new vscode.TreeItem(name);
  item.id = `${uri}#${functionId}#${headerRange.start.line}`;
  item.description = verdict.probabilityText ?? "";
  item.tooltip = [verdict.summary, verdict.ownText, verdict.guarantee].filter(Boolean).join("\n");
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

function icon(band: string | null): vscode.ThemeIcon {
  switch (band) {
    case "llm":
      return new vscode.ThemeIcon("circle-filled", new vscode.ThemeColor("codeorigin.llm"));
    case "human":
      return new vscode.ThemeIcon("circle-outline", new vscode.ThemeColor("codeorigin.human"));
    default:
      return new vscode.ThemeIcon("circle-outline", new vscode.ThemeColor("disabledForeground"));
  }
}
