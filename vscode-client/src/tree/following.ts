/** Keeping a view up to date while somebody sees it. Nothing here needs VS Code itself. */

/** Milliseconds without another change before the view is filled again. */
export const QUIET_MS = 500;

export interface Disposable {
  dispose(): unknown;
}

export type Event<T> = (listener: (value: T) => unknown) => Disposable;

export interface View {
  readonly visible: boolean;
  readonly onDidChangeVisibility: Event<unknown>;
}

/** Calls back at every change until it is let go of. */
export type Follow = (changed: () => void) => Disposable;

/** Refreshes a view when it is opened, and after changes; while nobody sees it, nothing is listened to. */
export class Following implements Disposable {
  private readonly visibility: Disposable;
  private followed: Disposable | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  private again = false;

  constructor(
    private readonly view: View,
    private readonly follow: Follow,
    private readonly refresh: () => Promise<void>,
    private readonly quietMs = QUIET_MS,
  ) {
    this.visibility = view.onDidChangeVisibility(() => {
      this.turned();
    });
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
      this.followed = this.follow(() => {
        this.soon();
      });
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

  /** One refresh at a time; what changed in the meantime is the business of the next one. */
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
