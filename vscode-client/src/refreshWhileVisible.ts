/** Keeps a view up to date while it is visible. Independent of VS Code. */

/** Milliseconds without another change before the view is refreshed. */
export const QUIET_MS = 500;

export interface Disposable {
  dispose(): unknown;
}

export type Event<T> = (listener: (value: T) => unknown) => Disposable;

export interface View {
  readonly visible: boolean;
  readonly onDidChangeVisibility: Event<unknown>;
}

/** Refreshes a view when it is opened and after changes that `follow` calls back for; follows nothing while it is hidden. */
export class RefreshWhileVisible implements Disposable {
  private readonly visibility: Disposable;
  private followed: Disposable | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  private again = false;

  constructor(
    private readonly view: View,
    private readonly follow: (changed: () => void) => Disposable,
    private readonly refresh: () => Promise<void>,
    private readonly quietMs = QUIET_MS,
  ) {
    this.visibility = view.onDidChangeVisibility(() => this.turned());
    this.turned();
  }

  dispose(): void {
    this.visibility.dispose();
    this.stop();
  }

  private turned(): void {
    if (!this.view.visible) {
      this.stop();
    } else if (this.followed === undefined) {
      this.followed = this.follow(() => this.soon());
      this.soon();
    }
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.again = false;
    this.followed?.dispose();
    this.followed = undefined;
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.run();
    }, this.quietMs);
  }

  /** One refresh at a time; changes in the meantime are left to the next one. */
  private async run(): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    try {
      await this.refresh();
    } finally {
      this.running = false;
    }
    if (this.again) {
      this.again = false;
      this.soon();
    }
  }
}
