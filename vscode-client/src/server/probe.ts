import { execFile } from "node:child_process";

import { isolated } from "./programs";

const TIMEOUT = 20_000;
const VERSION = /^codeorigin (\S+)/m;

/** Asks a command for its version; never rejects. */
export function probe(command: string, args: string[]): Promise<{ version: string } | { failure: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { ...isolated(), timeout: TIMEOUT }, (error, stdout, stderr) => {
      const version = VERSION.exec(stdout)?.[1];
      if (version) {
        resolve({ version });
      } else {
        resolve({ failure: describe(error, stderr) });
      }
    });
  });
}

function describe(error: (Error & { code?: number | string | null; killed?: boolean }) | null, stderr: string): string {
  if (error?.code === "ENOENT") {
    return "there is no such command";
  }
  if (error?.killed) {
    return "it gave no answer";
  }
  const lastLine = stderr.trim().split(/\r?\n/).at(-1);
  return lastLine ?? error?.message ?? "it gave no version";
}
