import { cancellable, tell } from "../messages";
import type { Services } from "../services";
import { createEnvironment, EnvironmentError } from "../server/environment";
import { selectedInterpreter } from "../server/pythonExtension";

/** Creates the extension's own virtual environment, installs the bundled server and starts it. */
export async function createServerEnvironment({ log, control, places }: Services): Promise<void> {
  const { environment, wheel } = places;
  if (!wheel) {
    throw new EnvironmentError(
      "this build of the extension comes without a server; install codeorigin yourself and set codeorigin.server.path.",
    );
  }
  const isDone = await cancellable("Creating the server's environment", async (signal, step) => {
    await control.stop();
    const preferred = await selectedInterpreter();
    await createEnvironment(environment, wheel, preferred, { signal, log: (line) => log.info(line), step });
    step("Starting the server");
    await control.restart();
    return true;
  });
  if (!isDone) {
    await control.restart();
  } else if (control.running) {
    tell("the server is installed and running.");
  }
}
