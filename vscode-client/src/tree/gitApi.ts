/** The part of the git extension's API that is used here, and listeners for it. */

import type { Disposable, Event } from "./following";

export interface GitRepository {
  readonly state: { readonly onDidChange: Event<undefined> };
}

export interface GitApi {
  readonly repositories: readonly GitRepository[];
  readonly onDidOpenRepository: Event<GitRepository>;
  readonly onDidCloseRepository: Event<GitRepository>;
}

export interface GitExtension {
  getAPI(version: 1): GitApi;
}

/** Calls back at every commit, checkout and staging, and when a repository is opened or closed. */
export function followGit(api: GitApi, changed: () => void): Disposable {
  const states = new Map<GitRepository, Disposable>();
  const add = (repository: GitRepository): void => {
    states.get(repository)?.dispose();
    states.set(repository, repository.state.onDidChange(changed));
  };
  api.repositories.forEach(add);
  const opened = api.onDidOpenRepository((repository) => {
    add(repository);
    changed();
  });
  const closed = api.onDidCloseRepository((repository) => {
    states.get(repository)?.dispose();
    states.delete(repository);
    changed();
  });
  return {
    dispose(): void {
      for (const each of [opened, closed, ...states.values()]) {
        each.dispose();
      }
      states.clear();
    },
  };
}

/**
 * Follows the result of `find` with `api`, or with `fallback` if there is none. If disposed before that, follows nothing.
 */
export function followFound(
  find: () => Promise<GitApi | undefined>,
  fallback: (changed: () => void) => Disposable,
  changed: () => void,
): Disposable {
  let followed: Disposable | undefined;
  let over = false;
  void find().then((api) => {
    if (!over) {
      followed = api ? followGit(api, changed) : fallback(changed);
    }
  });
  return {
    dispose(): void {
      over = true;
      followed?.dispose();
    },
  };
}
