/** How the extension starts programs: nothing in a workspace decides what they import. Independent of VS Code. */

import { homedir } from "node:os";

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
