import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { type Event, RefreshWhileVisible, QUIET_MS } from "../src/refreshWhileVisible";
import { followGit, type GitApi, type GitRepository } from "../src/git/gitApi";

/** An event with its listeners counted. */
class Emitter<T> {
  readonly listeners = new Set<(value: T) => unknown>();

  readonly event: Event<T> = (listener) => {
    const own = (value: T): unknown => listener(value);
    this.listeners.add(own);
    return { dispose: () => this.listeners.delete(own) };
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) {
      listener(value);
    }
  }
}

class FakeView {
  visible = false;
  private readonly turned = new Emitter<undefined>();
  readonly onDidChangeVisibility = this.turned.event;

  show(visible: boolean): void {
    this.visible = visible;
    this.turned.fire(undefined);
  }
}

class FakeRepository implements GitRepository {
  readonly changed = new Emitter<undefined>();
  readonly state = { onDidChange: this.changed.event };
}

class FakeGit implements GitApi {
  repositories: FakeRepository[] = [];
  readonly opened = new Emitter<GitRepository>();
  readonly closed = new Emitter<GitRepository>();
  readonly onDidOpenRepository = this.opened.event;
  readonly onDidCloseRepository = this.closed.event;
}

/** A view with a repository behind it, and what was refreshed; time stands still until `quiet`. */
function followed(refresh: () => Promise<void> = () => Promise.resolve()) {
  mock.timers.enable({ apis: ["setTimeout"] });
  const view = new FakeView();
  const changes = new Emitter<undefined>();
  let refreshed = 0;
  const following = new RefreshWhileVisible(
    view,
    (changed) => changes.event(changed),
    () => {
      refreshed += 1;
      return refresh();
    },
  );
  const quiet = async (): Promise<number> => {
    mock.timers.tick(QUIET_MS);
    await new Promise(setImmediate);
    return refreshed;
  };
  return { view, changes, following, quiet };
}

test.afterEach(() => {
  mock.timers.reset();
});

test("nobody listens while the view is not visible", async () => {
  const { view, changes, quiet } = followed();
  assert.equal(changes.listeners.size, 0);
  assert.equal(await quiet(), 0);
  view.show(true);
  assert.equal(changes.listeners.size, 1);
  assert.equal(await quiet(), 1);
  changes.fire(undefined);
  view.show(false);
  assert.equal(changes.listeners.size, 0);
  assert.equal(await quiet(), 1);
});

test("changes that come together are one refresh", async () => {
  const { view, changes, quiet } = followed();
  view.show(true);
  changes.fire(undefined);
  changes.fire(undefined);
  assert.equal(await quiet(), 1);
  changes.fire(undefined);
  assert.equal(await quiet(), 2);
  assert.equal(await quiet(), 2);
});

test("a change during a refresh makes one more, and no two run at a time", async () => {
  let finish: () => void = () => undefined;
  const { view, changes, quiet } = followed(() => new Promise((done) => (finish = done)));
  view.show(true);
  assert.equal(await quiet(), 1);
  changes.fire(undefined);
  changes.fire(undefined);
  assert.equal(await quiet(), 1);
  finish();
  await new Promise(setImmediate);
  assert.equal(await quiet(), 2);
});

test("letting go ends everything", async () => {
  const { view, changes, following, quiet } = followed();
  view.show(true);
  following.dispose();
  assert.equal(changes.listeners.size, 0);
  view.show(true);
  assert.equal(await quiet(), 0);
});

test("repositories are followed as they are opened and closed", async () => {
  const git = new FakeGit();
  const [first, second] = [new FakeRepository(), new FakeRepository()];
  git.repositories = [first];
  let changes = 0;
  const follow = followGit(() => Promise.resolve(git), () => (changes += 1));
  await new Promise(setImmediate);
  first.changed.fire(undefined);
  assert.equal(changes, 1);
  git.opened.fire(second);
  second.changed.fire(undefined);
  assert.equal(changes, 3);
  git.closed.fire(first);
  assert.equal(changes, 4);
  first.changed.fire(undefined);
  assert.equal(changes, 4);
  follow.dispose();
  second.changed.fire(undefined);
  git.opened.fire(first);
  assert.equal(changes, 4);
  assert.equal(second.changed.listeners.size + git.opened.listeners.size + git.closed.listeners.size, 0);
});

test("what is found too late is not followed", async () => {
  const git = new FakeGit();
  const unused = (): never => {
    throw new Error("not to be called");
  };
  followGit(() => Promise.resolve(git), unused).dispose();
  await new Promise(setImmediate);
  assert.equal(git.opened.listeners.size, 0);
});
