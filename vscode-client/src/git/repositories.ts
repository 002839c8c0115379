import * as vscode from "vscode";

import { followGit, type GitApi } from "./gitApi";

const GIT = "vscode.git";

/** Calls back when a file is saved, and after every commit, checkout and staging. */
export function followRepositories(changed: () => void): vscode.Disposable {
  return vscode.Disposable.from(vscode.workspace.onDidSaveTextDocument(changed), followGit(gitApi, changed));
}

/** The git extension's API; undefined if the extension is disabled or fails. */
async function gitApi(): Promise<GitApi | undefined> {
  try {
    const found = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>(GIT);
    return (await found?.activate())?.getAPI(1);
  } catch {
    return undefined; // it reports its own failure
  }
}
