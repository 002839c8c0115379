import * as vscode from "vscode";

import type { Services } from "../services";
import { createEnvironment, EnvironmentError } from "../server/environment";
import { selectedInterpreter } from "../server/pythonExtension";
import { cancellable } from "./cancellable";

/** Creates the extension's own virtual environment, installs the bundled server and starts it. */
export async function createServerEnvironment({ channels, control, places }: Services): Promise<void> {
  const { environment, wheel } = places;
  if (!wheel) {
    throw new EnvironmentError(
      "this build of the extension comes without a server; install codeorigin yourself and set codeorigin.server.path.",
    );
  }
  const isDone = await cancellable("Creating CodeOrigin's environment", async (signal, progress) => {
    const log = (line: string) => {
      channels.log.info(line);
      progress.report({ message: shorten(line) });
    };
    await control.stop();
    const preferred = await selectedInterpreter();
    await createEnvironment(environment, wheel, preferred, { signal, log });
    return true;
  });
  await control.restart();
  if (isDone && control.running) {
    void vscode.window.showInformationMessage("CodeOrigin: the server is installed and running.");
  }
}

function shorten(line: string): string {
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
