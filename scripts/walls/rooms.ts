/** A folder of `src/` whose imports are policed. */
export interface Room {
  /** What it may import besides itself: rooms as `name`, single files as `name/file.ts`. */
  readonly mayImport: readonly string[];
  /** Whether it may import `node:*` modules. The rooms that only decide may not: they would reach for the world. */
  readonly mayUseNode: boolean;
}

const decides = (...mayImport: readonly string[]): Room => ({ mayImport, mayUseNode: false });
const acts = (...mayImport: readonly string[]): Room => ({ mayImport, mayUseNode: true });

/**
 * The house, from its ground floor up: imports point to what stands higher in this list, and nowhere else.
 * A new folder under `src/` is refused until it has a line here.
 */
export const ROOMS: Readonly<Record<string, Room>> = {
  base: acts(),
  model: decides("base"),
  serialize: acts("base", "model"),
  files: acts("base", "model"),
  plan: decides("base", "model", "serialize"),
  dsl: decides("base", "model", "serialize", "plan"),
  drawing: acts("base", "model"),
  resilience: decides("base", "model"),
  governance: decides("base", "model"),
  core: decides("base", "model", "plan", "resilience", "governance"),
  web: decides("base", "model"),
  journal: acts("base", "model", "serialize"),
  runtime: acts("base", "model", "serialize", "plan", "resilience", "governance", "core", "journal/port.ts"),
  agents: acts("base", "model", "serialize", "runtime/model-port.ts"),
  mcp: acts("base", "model", "runtime/tool-server-port.ts", "agents/load-package.ts", "agents/patient-fetch.ts"),
  runner: acts("base", "model", "serialize", "plan", "dsl", "resilience", "governance", "core", "journal", "runtime", "agents", "mcp"),
  golden: acts("base", "model", "serialize", "plan", "dsl", "core", "journal", "runtime", "runner"),
  recipes: acts("index.ts"),
  testing: acts(
    "base",
    "model",
    "serialize",
    "plan",
    "dsl",
    "core/program.ts",
    "journal",
    "runtime",
    "agents",
    "runner",
    "golden",
    "index.ts",
    "recipes",
  ),
  cli: acts("base", "model", "drawing", "mcp", "golden", "index.ts"),
};

/** Packages that cost a program much to load, and the one room that may load each, and only when it is needed. */
export const HEAVY_PACKAGES: Readonly<Record<string, string>> = {
  ai: "agents",
  "@ai-sdk/(?!provider$)[^/]+": "agents",
  "@pydantic/genai-prices": "agents",
  "better-sqlite3": "journal/sqlite",
  undici: "agents",
  "@modelcontextprotocol/sdk": "mcp",
  yaml: "golden/file",
  diff: "golden/drift",
  "fast-xml-builder": "base/xml",
  "@dagrejs/dagre": "drawing",
};

/** Names of folders that say nothing about what is in them. */
export const NAMELESS_FOLDERS = ["utils", "util", "helpers", "helper", "common", "shared", "misc", "manager", "managers"] as const;
