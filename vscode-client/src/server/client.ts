import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type Middleware, type StaticFeature } from "vscode-languageclient/node";

import { DOCUMENT_SELECTOR } from "../languages";
import { ServerCommand } from "../protocol";
import { ownSettings, SECTION } from "../settings";
import type { Launch } from "./launch";
import { isolated } from "./programs";

/** `2026-01-31 12:00:00,123 INFO codeorigin.lsp: text` */
const ENTRY = /^\S+ \S+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/;

const METHODS: Record<string, "debug" | "warn" | "error"> = { DEBUG: "debug", WARNING: "warn", ERROR: "error", CRITICAL: "error" };

/** Tells the server that a link in a hover may run its command. */
const COMMAND_LINKS: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { commandLinks: true };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** A client that has not been started. */
export function createClient(launch: Launch, log: vscode.LogOutputChannel, middleware: Middleware): LanguageClient {
  const args = [...launch.args, "serve", "--log-level", ownSettings().logLevel];
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENT_SELECTOR,
    initializationOptions: vscode.workspace.getConfiguration(SECTION),
    outputChannel: log,
    diagnosticCollectionName: SECTION,
    middleware,
    markdown: { isTrusted: { enabledCommands: [ServerCommand.explain] } },
    stdioOptions: { stdout: forwardLog, stderr: forwardLog },
  };
  const server = { command: launch.command, args, options: isolated() };
  const client = new LanguageClient(SECTION, "CodeOrigin", server, options);
  client.registerFeature(COMMAND_LINKS);
  return client;
}

/** Copies the server's log to a channel at the level of each entry; the channel adds the time. */
function forwardLog(stream: Readable, channel: vscode.LogOutputChannel): void {
  createInterface({ input: stream }).on("line", (line) => {
    const [, level = "", text = line] = ENTRY.exec(line) ?? [];
    channel[METHODS[level] ?? "info"](text);
  });
}
