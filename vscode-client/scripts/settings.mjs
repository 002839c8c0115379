// Writes the settings into package.json: the server's from its JSON schema, then the extension's own.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SCHEMA = new URL("../../server/codeorigin/settings/settings.schema.json", import.meta.url);
const OWN = new URL("own-settings.json", import.meta.url);
const MANIFEST = new URL("../package.json", import.meta.url);

/** One for the whole window: server or client read them once, or for all folders. */
const WINDOW = new Set(["statusNotifications"]);
/** What is loaded or run must not be chosen by a shared workspace without the user's trust. */
const MACHINE = new Set(["modelPath"]);

/** The settings editor shows these only to those who ask for them: they are for slow models, the user's own and odd files. */
const ADVANCED = new Set(["hoverTimeout", "maxFileSize", "modelPath", "statusNotifications"]);

function scopeOf(name) {
  if (MACHINE.has(name)) {
    return "machine-overridable";
  }
  return WINDOW.has(name) ? "window" : "resource";
}

/** `contributes.configuration` of package.json. */
export function configuration(schema, own) {
  const mirrored = Object.entries(schema.properties).map(([name, { description, ...rest }], order) => [
    `codeorigin.${name}`,
    {
      ...rest,
      markdownDescription: description,
      scope: scopeOf(name),
      order,
      ...(ADVANCED.has(name) ? { tags: ["advanced"] } : {}),
    },
  ]);
  return [
    { title: "CodeOrigin", properties: Object.fromEntries(mirrored) },
    { title: "Server", properties: own },
  ];
}

export function readJson(url) {
  return JSON.parse(readFileSync(url, "utf8"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = readJson(MANIFEST);
  manifest.contributes.configuration = configuration(readJson(SCHEMA), readJson(OWN));
  writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
}
