/** The part of the git extension's API that is used here, and listeners for it. */

import type { Disposable, Event } from "../refreshWhileVisible";

export interface GitRepository {
  readonly state: { readonly onDidChange: Event<undefined> };
}

export interface GitApi {
  readonly repositories: readonly GitRepository[];
  readonly onDidOpenRepository: Event<GitRepository>;
  readonly onDidCloseRepository: Event<GitRepository>;
}

/** Calls back at every commit, checkout and staging, and when a repository is opened or closed. */
export function followGit(find: () => Promise<GitApi | undefined>, changed: () => void): Disposable {
  const followed = new Map<unknown, Disposable>();
  let over = false;
  const add = (repository: GitRepository): void => {
    followed.get(repository)?.dispose();
    followed.set(repository, repository.state.onDidChange(changed));
  };
  void find().then((api) => {
    if (api === undefined || over) {
      return;
    }
    api.repositories.forEach(add);
    const opened = api.onDidOpenRepository((repository) => {
      add(repository);
      changed();
    });
    const closed = api.onDidCloseRepository((repository) => {
      followed.get(repository)?.dispose();
      followed.delete(repository);
      changed();
    });
    followed.set("opened", opened).set("closed", closed);
  });
  return {
    dispose(): void {
      over = true;
      followed.forEach((each) => each.dispose());
    },
  };
}
