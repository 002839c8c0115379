import * as vscode from "vscode";

import { plainMessage } from "../literal";
import type { Services } from "../services";
import type { FunctionInfo } from "../protocol";
import type { FunctionRow } from "../tree/rows";
import { scoredEditor } from "./functions";

interface Choice extends vscode.QuickPickItem {
  functionId: string | null;
}

/** Accepts a row of the tree, or the functions that the user picks from the findings of the active file. */
export async function acceptFindings({ requests }: Services, row?: FunctionRow): Promise<void> {
  if (row) {
    const uri = vscode.Uri.parse(row.uri);
    await vscode.window.showTextDocument(uri);
    await accept(requests, uri, row.info.functionId);
    return;
  }
  const editor = scoredEditor();
  if (!editor) {
    return;
  }
  const { uri } = editor.document;
  const { functions, message } = await requests.rescoreDocument(uri);
  const reported = functions.filter(({ verdict }) => verdict.band === "llm");
  if (reported.length === 0) {
    void vscode.window.showInformationMessage(`CodeOrigin: ${message}`);
    return;
  }
  const chosen = await vscode.window.showQuickPick(choices(reported), {
    title: "Accept Findings",
    placeHolder: "Accepted functions are reported again only when their text changes",
  });
  if (chosen) {
    await accept(requests, uri, chosen.functionId);
  }
}

function choices(reported: FunctionInfo[]): Choice[] {
  const single = reported.map(({ name, functionId, headerRange, verdict }) => ({
    label: plainMessage(name),
    description: [`line ${headerRange.start.line + 1}`, verdict.probabilityText].filter(Boolean).join(", "),
    functionId,
  }));
  return reported.length > 1 ? [{ label: `All ${reported.length} functions`, functionId: null }, ...single] : single;
}

async function accept(requests: Services["requests"], uri: vscode.Uri, functionId: string | null): Promise<void> {
  const { message } = await requests.acceptFindings(uri, functionId);
  void vscode.window.showInformationMessage(`CodeOrigin: ${message}`);
}
