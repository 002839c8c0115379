/** The report of `codeorigin check`: its options, and the run. Independent of VS Code. */

import type { Launch } from "../server/launch";
import { run } from "../server/programs";

/** Exit codes with a report: no findings, findings. */
const CHECKED: readonly (number | null)[] = [0, 1];

/** Settings that affect a report. Project files override them, in the report as in the editor. */
export const REPORTED = ["threshold", "falsePositiveRate", "fileContext", "past", "languages", "exclude", "baseline"];

/** The report shows what the editor shows: the settings that the user has `chosen`, and no accepted findings. */
export function reportArguments(chosen: Record<string, unknown>, model?: string | null): string[] {
  return [
    ...(Object.keys(chosen).length > 0 ? ["--settings", JSON.stringify(chosen)] : []),
    ...(model ? ["--model", model] : []),
  ];
}

/** The page in the colours of the editor's theme. On its own it follows the system, which may be light round a dark editor. */
export function themed(html: string, isDark: boolean): string {
  return html
    .replace("color-scheme: light dark", `color-scheme: ${isDark ? "dark" : "light"}`)
    .replace("@media (prefers-color-scheme: dark)", `@media ${isDark ? "all" : "not all"}`);
}

/** Writes the report of the folder `cwd` to `file`. The launch's command is an absolute file. */
export async function check(launch: Launch, file: string, scope: string[], cwd: string, signal: AbortSignal): Promise<void> {
  const args = [...launch.args, "check", "--format", `html=${file}`, ...scope, "."];
  const { code, lines } = await run(launch.command, args, { cwd, signal });
  if (!CHECKED.includes(code)) {
    throw new Error(lines.at(-1) ?? "the report could not be written");
  }
}
