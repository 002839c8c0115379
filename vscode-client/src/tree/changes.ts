import { type Disposable, Following } from "../following";
import { followRepositories } from "../git/repositories";
import type { Scan } from "../protocol";
import type { FunctionTree } from "./view";

/** Keeps the view of changes up to date while it is visible, after saves and after events in repositories. */
export function followChanges(
  tree: FunctionTree,
  scan: () => Promise<Scan>,
  failed: (error: unknown) => void,
): Disposable {
  return new Following(tree, followRepositories, async () => {
    try {
      await tree.update(await scan());
    } catch (error) {
      failed(error);
    }
  });
}
