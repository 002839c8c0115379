import type { Readable } from "node:stream";
import { createInterface } from "node:readline";
import type { LogOutputChannel } from "vscode";

/** `2026-01-31 12:00:00,123 INFO codeorigin.lsp: text` */
const ENTRY = /^\S+ \S+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/;

/** Copies the server's log to a channel at the level of each entry; the channel adds the time. */
export function forwardLog(stream: Readable, channel: LogOutputChannel): void {
  createInterface({ input: stream }).on("line", (line) => {
    const [, level, text] = ENTRY.exec(line) ?? [];
    const message = text ?? line;
    switch (level) {
      case "DEBUG":
        channel.debug(message);
        break;
      case "WARNING":
        channel.warn(message);
        break;
      case "ERROR":
      case "CRITICAL":
        channel.error(message);
        break;
      default:
        channel.info(message);
    }
  });
}
