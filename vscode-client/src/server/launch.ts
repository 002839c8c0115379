/** Candidates for the server, in the order in which they are tried. Independent of VS Code. */

export type Origin = "path setting" | "interpreter setting" | "Python extension" | "own environment" | "PATH";

export interface Launch {
  command: string;
  args: string[];
  origin: Origin;
}

export interface Sources {
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

export async function findServer(sources: Sources, probe: Probe): Promise<Found | Missing> {
  const configured = configuredLaunch(sources);
  const tried: string[] = [];
  for (const launch of configured ? [configured] : await otherLaunches(sources)) {
    const answer = await probe(launch.command, [...launch.args, "--version"]);
    if ("version" in answer) {
      return { launch, version: answer.version };
    }
    tried.push(`${launch.origin}: ${[launch.command, ...launch.args].join(" ")}: ${answer.failure}`);
  }
  return { tried, isConfigured: configured !== undefined };
}

function configuredLaunch(sources: Sources): Launch | undefined {
  if (sources.path) {
    return { command: sources.path, args: [], origin: "path setting" };
  }
  return sources.interpreter ? asModule(sources.interpreter, "interpreter setting") : undefined;
}

async function otherLaunches(sources: Sources): Promise<Launch[]> {
  const launches: Launch[] = [];
  const selected = await sources.selected();
  if (selected) {
    launches.push(asModule(selected, "Python extension"));
  }
  if (sources.managed) {
    launches.push(asModule(sources.managed, "own environment"));
  }
  launches.push({ command: "codeorigin", args: [], origin: "PATH" });
  return launches;
}

function asModule(interpreter: string, origin: Origin): Launch {
  return { command: interpreter, args: [ISOLATED, "-m", "codeorigin"], origin };
}
