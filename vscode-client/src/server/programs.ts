/** How the extension starts programs: nothing in a workspace decides which, or what they import. Independent of VS Code. */

import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join, parse } from "node:path";
import { createInterface } from "node:readline";

const PROBE_TIMEOUT = 20_000;
const VERSION = /^codeorigin (\S+)/m;
/** Lines of output that are remembered. */
const REMEMBERED = 1000;
const WINDOWS = process.platform === "win32";

export interface Run {
  cwd?: string;
  signal?: AbortSignal;
  /** Takes each line of output. */
  log?: (line: string) => void;
}

/**
 * The absolute file of a command: the name itself, or the first program of that name in an absolute folder of the PATH.
 *
 * Through a relative or empty entry, and on Windows always, the current folder could supply the program.
 */
export function locate(command: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (isFixed(command)) {
    return command;
  }
  if (parse(command).base !== command) {
    return undefined; // a path relative to an unknown folder
  }
  const name = WINDOWS && !/\.exe$/i.test(command) ? `${command}.exe` : command;
  return searchPath(environment)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/**
 * Options for a program that must not import from `cwd`, by default the user's home folder.
 *
 * An interpreter gets `-I` as well. A command, such as `codeorigin` on the PATH, gets the same from its environment:
 * no variable of Python's is passed on, and what it starts itself is found in absolute folders only.
 */
export function isolated(cwd: string = homedir(), environment: NodeJS.ProcessEnv = process.env) {
  const env: NodeJS.ProcessEnv = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(PYTHON|PATH$)/i.test(name)),
  );
  env.PATH = searchPath(environment).join(delimiter);
  env.PYTHONSAFEPATH = "1";
  env.NoDefaultCurrentDirectoryInExePath = "1";
  return { cwd, env, windowsHide: true };
}

/** Runs a program to its end. Rejects if it cannot be started or is aborted. */
export function run(file: string, args: string[], { cwd, signal, log }: Run = {}): Promise<{ code: number | null; lines: string[] }> {
  if (!isFixed(file)) {
    return Promise.reject(new Error(`${file} is no absolute path`));
  }
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const child = spawn(file, args, { ...isolated(cwd), ...(signal && { signal }), stdio: ["ignore", "pipe", "pipe"] });
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (text) => {
        const line = text.trim();
        if (line) {
          lines.push(line);
          lines.splice(0, lines.length - REMEMBERED);
          log?.(line);
        }
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, lines });
    });
  });
}

/** Asks a program for its version; never rejects. */
export async function probe(file: string, args: string[]): Promise<{ version: string } | { failure: string }> {
  try {
    const { lines } = await run(file, args, { signal: AbortSignal.timeout(PROBE_TIMEOUT) });
    const version = VERSION.exec(lines.join("\n"))?.[1];
    return version ? { version } : { failure: lines.at(-1) ?? "it gave no version" };
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException;
    return { failure: code === "ENOENT" ? "there is no such program" : name === "AbortError" ? "it gave no answer" : message };
  }
}

/** The folders of the PATH that do not depend on the current one. */
function searchPath(environment: NodeJS.ProcessEnv): string[] {
  const [, path = ""] = Object.entries(environment).find(([name]) => name.toUpperCase() === "PATH") ?? [];
  return path.split(delimiter).filter(isFixed);
}

/** Whether a path names the same file everywhere; on Windows `\folder` depends on the current drive. */
function isFixed(path: string): boolean {
  return isAbsolute(path) && !/^[\\/]$/.test(WINDOWS ? parse(path).root : "");
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
