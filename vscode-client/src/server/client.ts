import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type Middleware } from "vscode-languageclient/node";

import type { Channels } from "../channels";
import { documentSelector } from "../languages";
import { documentKinds, ownSettings, SECTION } from "../settings";
import type { Launch } from "./launch";
import { isolated } from "./programs";
import { forwardLog } from "./serverLog";

/** A client that has not been started. */
export function createClient(launch: Launch, channels: Channels, middleware: Middleware): LanguageClient {
  const args = [...launch.args, "serve", "--log-level", ownSettings().logLevel];
  const options: LanguageClientOptions = {
    documentSelector: documentSelector(documentKinds()),
    initializationOptions: vscode.workspace.getConfiguration(SECTION),
    outputChannel: channels.log,
    traceOutputChannel: channels.trace,
    diagnosticCollectionName: SECTION,
    diagnosticPullOptions: { onChange: true, onTabs: true },
    middleware,
  };
  return new LanguageClient(
    SECTION,
    "CodeOrigin",
    { command: launch.command, args, options: isolated() },
    { ...options, stdioOptions: { stdout: forwardLog, stderr: forwardLog } },
  );
}
