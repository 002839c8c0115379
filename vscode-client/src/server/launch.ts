/** Candidates for the server, in the order in which they are tried. Independent of VS Code. */

export type Origin = "path setting" | "interpreter setting" | "Python extension" | "own environment" | "PATH";

export interface Launch {
  command: string;
  args: string[];
  origin: Origin;
}

export interface Candidates {
  /** The `codeorigin` command that the user configured. */
  path: string | undefined;
  /** The Python interpreter that the user configured. */
  interpreter: string | undefined;
  /** The interpreter selected in the Python extension. */
  selected: () => Promise<string | undefined>;
  /** The interpreter of the environment that this extension created, if there is one. */
  managed: string | undefined;
}

/** Runs a command and returns the server's version, or the reason why there is none. */
export type Probe = (command: string, args: string[]) => Promise<{ version: string } | { failure: string }>;

/** The absolute file that a command stands for; undefined if there is none. */
export type Locate = (command: string) => string | undefined;

export interface Found {
  launch: Launch;
  version: string;
}

export interface Missing {
  /** One line per candidate: what was tried, and why it was rejected. */
  tried: string[];
  /** The server that the user configured is not usable; nothing else was tried. */
  isConfigured: boolean;
}

/** Isolated mode, so that neither the working folder nor a workspace's PYTHONPATH affects imports. */
const ISOLATED = "-I";

/** `locate` turns a name into an absolute file, which is what is probed and started. */
export async function findServer(candidates: Candidates, probe: Probe, locate: Locate): Promise<Found | Missing> {
  const configured = configuredLaunch(candidates);
  const tried: string[] = [];
  for (const launch of configured ? [configured] : await otherLaunches(candidates)) {
    const command = locate(launch.command);
    const answer = command
      ? await probe(command, [...launch.args, "--version"])
      : { failure: "this is neither an absolute path nor a command in an absolute folder of the PATH" };
    if (command && "version" in answer) {
      return { launch: { ...launch, command }, version: answer.version };
    }
    const failure = "failure" in answer ? answer.failure : "";
    tried.push(`${launch.origin}: ${[launch.command, ...launch.args].join(" ")}: ${failure}`);
  }
  return { tried, isConfigured: configured !== undefined };
}

function configuredLaunch(candidates: Candidates): Launch | undefined {
  if (candidates.path) {
    return { command: candidates.path, args: [], origin: "path setting" };
  }
  return candidates.interpreter ? asModule(candidates.interpreter, "interpreter setting") : undefined;
}

async function otherLaunches({ selected, managed }: Candidates): Promise<Launch[]> {
  const interpreter = await selected();
  return [
    ...(interpreter ? [asModule(interpreter, "Python extension")] : []),
    ...(managed ? [asModule(managed, "own environment")] : []),
    { command: "codeorigin", args: [], origin: "PATH" },
  ];
}

function asModule(interpreter: string, origin: Origin): Launch {
  return { command: interpreter, args: [ISOLATED, "-m", "codeorigin"], origin };
}
