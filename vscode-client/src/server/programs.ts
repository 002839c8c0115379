/** How the extension starts programs: nothing in a workspace decides what they import. Independent of VS Code. */

import { execFile } from "node:child_process";
import { homedir } from "node:os";

const PROBE_TIMEOUT = 20_000;
const VERSION = /^codeorigin (\S+)/m;

/** Options of `spawn` and `execFile`. */
export interface ProgramOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  windowsHide: true;
}

/**
 * Options for a program that must not import from `cwd`, by default the user's home folder.
 *
 * An interpreter gets `-I` as well. A command, such as `codeorigin` on the PATH, gets the same from its environment:
 * Python neither looks in the current folder nor in folders that the workspace's terminal may have set, and Windows
 * looks for no program in the current folder.
 */
export function isolated(cwd: string = homedir(), environment: NodeJS.ProcessEnv = process.env): ProgramOptions {
  const env: NodeJS.ProcessEnv = { ...environment, PYTHONSAFEPATH: "1" };
  delete env.PYTHONPATH;
  delete env.PYTHONHOME;
  delete env.PYTHONSTARTUP;
  env.NoDefaultCurrentDirectoryInExePath = "1";
  return { cwd, env, windowsHide: true };
}

/** Asks a command for its version; never rejects. */
export function probe(command: string, args: string[]): Promise<{ version: string } | { failure: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { ...isolated(), timeout: PROBE_TIMEOUT }, (error, stdout, stderr) => {
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
