import * as vscode from "vscode";

import type { Services } from "../services";
import { createEnvironment, EnvironmentError } from "../server/environment";
import { selectedInterpreter } from "../server/pythonExtension";

/** Creates the extension's own virtual environment, installs the bundled server and starts it. */
export async function createServerEnvironment({ channels, control, places }: Services): Promise<void> {
  const { environment, wheel } = places;
  if (!wheel) {
    throw new EnvironmentError(
      "this build of the extension comes without a server; install codeorigin yourself and set codeorigin.server.path.",
    );
  }
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: "Creating CodeOrigin's environment",
    cancellable: true,
  };
  const isDone = await vscode.window.withProgress(options, async (progress, cancel) => {
    const abort = new AbortController();
    const listener = cancel.onCancellationRequested(() => {
      abort.abort();
    });
    const log = (line: string) => {
      channels.log.info(line);
      progress.report({ message: shorten(line) });
    };
    try {
      await control.stop();
      const preferred = await selectedInterpreter();
      await createEnvironment(environment, wheel, preferred, { signal: abort.signal, log });
      return true;
    } catch (error) {
      if (abort.signal.aborted) {
        return false;
      }
      throw error;
    } finally {
      listener.dispose();
    }
  });
  await control.restart();
  if (isDone && control.running) {
    void vscode.window.showInformationMessage("CodeOrigin: the server is installed and running.");
  }
}

function shorten(line: string): string {
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
