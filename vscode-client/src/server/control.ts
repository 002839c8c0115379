import * as vscode from "vscode";
import { type LanguageClient, type Middleware, State } from "vscode-languageclient/node";

import { DOCUMENT_STATUS, type DocumentStatus, STATUS, type Status } from "../protocol";
import { createClient } from "./client";
import { type Candidates, type Found, findServer, type Missing } from "./launch";
import { locate, probe } from "./programs";

const STOP_TIMEOUT = 3000;

/** Starts, stops and restarts the server; one operation at a time, in the order requested. */
export class ServerControl implements vscode.Disposable {
  private readonly statusChanged = new vscode.EventEmitter<Status>();
  private readonly documentChanged = new vscode.EventEmitter<DocumentStatus>();
  private readonly missingServer = new vscode.EventEmitter<Missing>();
  private readonly subscriptions: { dispose: () => unknown }[] = [];
  private client: LanguageClient | undefined;
  private turn: Promise<void> = Promise.resolve();

  readonly onStatus = this.statusChanged.event;
  readonly onDocumentStatus = this.documentChanged.event;
  /** No server was found. */
  readonly onMissing = this.missingServer.event;
  status = loading("Starting");
  found: Found | undefined;

  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly candidates: () => Candidates,
    private readonly middleware: Middleware,
  ) {}

  /** The running client, or undefined. */
  get running(): LanguageClient | undefined {
    return this.client?.isRunning() ? this.client : undefined;
  }

  /** The client, after any pending start or stop has finished; undefined if there is none then. */
  async settled(): Promise<LanguageClient | undefined> {
    await this.turn;
    return this.running;
  }

  /** Starts the server, after stopping a running one. Never rejects: failures are shown as a status. */
  restart(): Promise<void> {
    this.turn = this.turn.then(async () => {
      await this.stopNow();
      await this.startNow();
    });
    return this.turn;
  }

  stop(): Promise<void> {
    this.turn = this.turn.then(() => this.stopNow());
    return this.turn;
  }

  dispose(): void {
    vscode.Disposable.from(this.statusChanged, this.documentChanged, this.missingServer).dispose();
  }

  private async startNow(): Promise<void> {
    this.report(loading("Looking for the server"));
    const answer = await findServer(this.candidates(), probe, locate);
    if (!("launch" in answer)) {
      this.found = undefined;
      for (const line of answer.tried) {
        this.log.warn(line);
      }
      this.report(failure("The server was not found"));
      this.missingServer.fire(answer);
      return;
    }
    this.found = answer;
    this.log.info(`codeorigin ${answer.version} from the ${answer.launch.origin}: ${answer.launch.command}`);
    const client = createClient(answer.launch, this.log, this.middleware);
    this.client = client;
    this.subscriptions.push(
      client.onNotification(STATUS, (status: Status) => this.report(status)),
      client.onNotification(DOCUMENT_STATUS, (status: DocumentStatus) => this.documentChanged.fire(status)),
      client.onDidChangeState(({ newState }) => {
        if (newState === State.Starting) {
          this.report(loading("Starting"));
        } else if (newState === State.Stopped && this.client === client) {
          this.report(failure("The server has stopped"));
        }
      }),
    );
    try {
      await client.start();
    } catch (error) {
      this.log.error(String(error));
      this.report(failure("The server could not be started"));
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    for (const each of this.subscriptions.splice(0)) {
      each.dispose();
    }
    try {
      if (client?.needsStop()) {
        await client.stop(STOP_TIMEOUT);
      }
      await client?.dispose();
    } catch (error) {
      this.log.warn(`while stopping: ${String(error)}`);
    }
  }

  private report(status: Status): void {
    if (status.modelId !== null && status.modelId !== this.status.modelId) {
      this.log.info(`model ${status.modelId}`);
    }
    if (status.state === "error" && status.message !== null && status.message !== this.status.message) {
      this.log.error(status.message);
    }
    this.status = status;
    this.statusChanged.fire(status);
  }
}

function loading(message: string): Status {
  return { state: "loading", modelId: null, message };
}

function failure(message: string): Status {
  return { state: "error", modelId: null, message };
}
