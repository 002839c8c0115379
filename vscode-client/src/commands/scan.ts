import * as vscode from "vscode";

import type { Services } from "../services";

/** Scores what the working tree changed and shows it in the view in Source Control. */
export async function scanChanges({ requests, changes }: Services): Promise<void> {
  const options = { location: { viewId: "codeorigin.changes" } };
  await changes.show(await vscode.window.withProgress(options, () => requests.scanChanges()));
}
