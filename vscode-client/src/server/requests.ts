import type * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";

import {
  type Answer,
  ATTRIBUTIONS,
  type Attributions,
  DECLARED,
  type Declared,
  type ExplainedFunction,
  type Position,
  QUIET,
  type Range,
  type Scan,
  ServerCommand,
} from "../protocol";
import { offerRestart } from "../remedies";
import type { ServerControl } from "./control";

/** The server is not running; the user has been notified. */
export class NotRunning extends Error {}

/** Requests to the server. Each waits for a pending start, and throws NotRunning if that failed. */
export class Requests {
  constructor(private readonly control: ServerControl) {}

  async attributions(document: vscode.TextDocument, range: vscode.Range, cancel: vscode.CancellationToken) {
    const client = await this.client();
    const { start, end } = range;
    const params = {
      textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) },
      range: { start: wire(start), end: wire(end) },
    };
    return client.sendRequest<Attributions | null>(ATTRIBUTIONS, params, cancel);
  }

  async declared(document: vscode.TextDocument) {
    const client = await this.client();
    const params = { textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) } };
    return client.sendRequest<Declared | null>(DECLARED, params);
  }

  explain(uri: vscode.Uri, position: Position) {
    return this.execute<ExplainedFunction | Answer>(ServerCommand.explain, uri, wire(position), QUIET);
  }

  rescoreSelection(uri: vscode.Uri, { start, end }: Range) {
    return this.execute<Answer>(ServerCommand.rescore, uri, { start: wire(start), end: wire(end) }, QUIET);
  }

  /** `null`: every function of the document that is reported. */
  acceptFindings(uri: vscode.Uri, functionId: string | null) {
    return this.execute<Answer>(ServerCommand.acceptFindings, uri, functionId, QUIET);
  }

  /** The functions that the working tree changed, in all folders. */
  scanChanges() {
    return this.execute<Scan>(ServerCommand.scanChanges, null, QUIET);
  }

  private async execute<T>(command: string, uri: vscode.Uri | null, ...rest: unknown[]): Promise<T> {
    const client = await this.client();
    const params = { command, arguments: [uri && client.code2ProtocolConverter.asUri(uri), ...rest] };
    return client.sendRequest(ExecuteCommandRequest.type, params) as Promise<T>;
  }

  private async client() {
    const client = await this.control.settled();
    if (!client) {
      void offerRestart();
      throw new NotRunning("the server is not running");
    }
    return client;
  }
}

/** A plain object, because VS Code's classes keep their data in prototype accessors. */
function wire({ line, character }: Position): Position {
  return { line, character };
}
