import * as vscode from "vscode";

import type { Scan } from "../protocol";
import { type Disposable, Following } from "./following";
import { followGit, type GitApi, type GitExtension } from "./gitApi";
import type { FunctionTree } from "./view";

const GIT = "vscode.git";

/** Keeps the view of changes up to date while it is visible, after saves and after events in repositories. */
export function followChanges(
  tree: FunctionTree,
  scan: () => Promise<Scan>,
  failed: (error: unknown) => void,
): Disposable {
  return new Following(
    tree,
    (changed) => vscode.Disposable.from(vscode.workspace.onDidSaveTextDocument(changed), followGit(gitApi, changed)),
    async () => {
      try {
        await tree.update(await scan());
      } catch (error) {
        failed(error);
      }
    },
  );
}

/** The git extension's API; undefined if the extension is disabled or fails. */
async function gitApi(): Promise<GitApi | undefined> {
  try {
    const found = vscode.extensions.getExtension<GitExtension>(GIT);
    return (await found?.activate())?.getAPI(1);
  } catch {
    return undefined; // it reports its own failure
  }
}
