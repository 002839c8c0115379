/** The virtual environment that the extension creates for its server. Independent of VS Code. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { locate, run } from "./programs";

/** Newest version first; unversioned names last, because they may be any version. */
const PYTHONS =
  process.platform === "win32" ? ["py", "python"] : ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];
const NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 11))";
/** Where pip names the library that it fetches next. */
const FETCHED = /^Collecting ([\w.-]+)/;
const STAMP = "codeorigin-wheel";

export interface Abort {
  signal: AbortSignal;
  /** A line of the installer's output. */
  log: (line: string) => void;
  /** What begins now, in words for users. */
  step: (text: string) => void;
}

/** An error that the user can fix; the message is one line. */
export class EnvironmentError extends Error {}

/** `folder`'s interpreter, or undefined if there is no finished environment. */
export function interpreterIn(folder: string): string | undefined {
  return existsSync(join(folder, STAMP)) ? interpreterPath(folder) : undefined;
}

/** Whether the environment was created from a wheel other than `wheel`, by another version of this extension. */
export function isOutdated(folder: string, wheel: string): boolean {
  return existsSync(join(folder, STAMP)) && readFileSync(join(folder, STAMP), "utf8") !== basename(wheel);
}

/** The server's wheel in the extension's folder `bundled`; undefined in a build without one. */
export function bundledWheel(folder: string): string | undefined {
  if (!existsSync(folder)) {
    return undefined;
  }
  const name = readdirSync(folder).find((each) => each.startsWith("codeorigin-") && each.endsWith(".whl"));
  return name && join(folder, name);
}

/** Recreates the environment and installs `wheel`. On failure, throws EnvironmentError and removes the folder. */
export async function createEnvironment(
  folder: string,
  wheel: string,
  preferred: string | undefined,
  abort: Abort,
): Promise<void> {
  abort.step("Looking for Python 3.11 or newer");
  const python = await findPython(preferred, abort);
  abort.step("Making a virtual environment");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await must(python, ["-I", "-m", "venv", folder], "a virtual environment could not be made", abort);
    abort.step("Installing the server");
    const log = (line: string) => {
      abort.log(line);
      const [, library] = FETCHED.exec(line) ?? [];
      if (library) {
        abort.step(`Fetching ${library}`);
      } else if (line.startsWith("Installing collected")) {
        abort.step("Installing its libraries");
      }
    };
    const pip = ["-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", wheel];
    await must(interpreterPath(folder), pip, "the server could not be installed", { ...abort, log });
    await writeFile(join(folder, STAMP), basename(wheel));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function interpreterPath(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

async function findPython(preferred: string | undefined, { signal }: Abort): Promise<string> {
  for (const name of preferred ? [preferred, ...PYTHONS] : PYTHONS) {
    const python = locate(name);
    const ended = python && (await run(python, ["-I", "-c", NEW_ENOUGH], { signal }).catch(() => undefined));
    signal.throwIfAborted();
    if (python && ended && ended.code === 0) {
      return python;
    }
  }
  throw new EnvironmentError("Python 3.11 or newer was not found. Install it, or select it in the Python extension.");
}

async function must(file: string, args: string[], failure: string, { signal, log }: Abort): Promise<void> {
  const { code } = await run(file, args, { signal, log }).catch((error: unknown) => {
    throw signal.aborted ? error : new EnvironmentError(`${file}: ${String(error)}`);
  });
  if (code !== 0) {
    throw new EnvironmentError(`${failure}; the log has what was said`);
  }
}
