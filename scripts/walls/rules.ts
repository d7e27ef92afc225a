import type { DependencyType, IRegularForbiddenRuleType } from "dependency-cruiser";
import { HEAVY_PACKAGES, NAMELESS_FOLDERS, type Room, ROOMS } from "./rooms.ts";

type Rule = IRegularForbiddenRuleType;

/** Tests stand beside the code and may look into every room. */
const TESTS = String.raw`\.test(-d)?\.ts$`;
const TYPES_ONLY: DependencyType[] = ["type-only", "type-import"];

/** The beginning of a path in `src/`: a folder, or one file. */
const place = (name: string): string => (name.endsWith(".ts") ? `^src/${name.replace(".", String.raw`\.`)}$` : `^src/${name}/`);
const inside = (name: string) => ({ path: place(name), pathNot: TESTS });
const outside = (name: string) => ({ path: "^src/", pathNot: [TESTS, place(name)] });
const npmPackage = (pattern: string): string => `(^|/)node_modules/${pattern}/`;

function oneWay(name: string, room: Room): Rule {
  return {
    name: `${name}-imports-down`,
    comment: `src/${name} may import ${room.mayImport.join(", ") || "nothing"} besides itself.`,
    severity: "error",
    from: inside(name),
    to: { path: "^src/", pathNot: [name, ...room.mayImport].map(place) },
  };
}

function withoutNode(name: string): Rule {
  return {
    name: `${name}-without-node`,
    comment: `src/${name} only decides; what it needs of the world comes in as data.`,
    severity: "error",
    from: inside(name),
    to: { dependencyTypes: ["core"] },
  };
}

function loadedLate([pattern, home]: readonly [string, string]): readonly Rule[] {
  const to = { path: npmPackage(pattern), dependencyTypesNot: TYPES_ONLY };
  const name = pattern.startsWith("@ai-sdk/") ? "@ai-sdk" : pattern;
  return [
    { name: `${name}-only-in-${home}`, comment: `Only src/${home} may load ${name}.`, severity: "error", from: outside(home), to },
    {
      name: `${name}-loaded-late`,
      comment: `${name} is loaded by \`await import()\` when it is first needed.`,
      severity: "error",
      from: inside(home),
      to: { ...to, dynamic: false },
    },
  ];
}

const STORES = "Stores stand side by side behind the port.";
const HANDLER_TABLE = String.raw`^src/core/handlers/index\.ts$`;

const ONE_OFFS: readonly Omit<Rule, "severity">[] = [
  {
    name: "no-cycle",
    comment: "Two files that need each other are one idea in two places; imports of types count too.",
    from: { path: "^src/" },
    to: { circular: true },
  },
  {
    name: "room-unknown",
    comment: "A folder of src/ must have a line in scripts/walls/rooms.ts.",
    from: {},
    to: { path: "^src/[^/]+/", pathNot: Object.keys(ROOMS).map(place) },
  },
  {
    name: "room-nameless",
    comment: "A folder is called after what is in it.",
    from: { path: "^src/" },
    to: { path: `/(${NAMELESS_FOLDERS.join("|")})/`, pathNot: "node_modules" },
  },
  { name: "not-found", comment: "An import leads nowhere.", from: {}, to: { couldNotResolve: true } },
  { name: "cli-is-the-top", comment: "Nothing imports the command line.", from: outside("cli"), to: { path: place("cli") } },
  {
    name: "public-face",
    comment: "The public face shows what stands below it, never the command line, the recipes or the test kit.",
    from: inside("index.ts"),
    to: { path: ["cli", "recipes", "testing"].map(place) },
  },
  {
    name: "core-without-packages",
    comment: "src/core loads no package: not ai, not zod, none.",
    from: inside("core"),
    to: { path: npmPackage(".+") },
  },
  {
    name: "zod-never",
    comment: "Any Standard Schema will do; which library makes it is our users' choice.",
    from: { path: "^src/", pathNot: TESTS },
    to: { path: npmPackage("(zod|valibot|arktype)") },
  },
  {
    name: "core-takes-types-of-plan",
    comment: "src/core reads plans as data and compiles none.",
    from: inside("core"),
    to: { path: place("plan"), dependencyTypesNot: TYPES_ONLY },
  },
  {
    name: "decides-without-the-clock",
    comment: "Rooms that only decide are told the time; they do not look.",
    from: { path: ["model", "serialize", "plan", "dsl", "core", "resilience"].map(place), pathNot: TESTS },
    to: { path: place("base/system.ts") },
  },
  {
    name: "handlers-through-execute",
    comment: "A handler is entered through ExecutorCore.execute(frame) and no other way.",
    from: { path: "^src/", pathNot: [TESTS, place("core/executor-core.ts")] },
    to: { path: HANDLER_TABLE },
  },
  {
    name: "handlers-behind-their-table",
    comment: "Only the table of handlers knows the handlers.",
    from: { path: "^src/", pathNot: [TESTS, HANDLER_TABLE] },
    to: { path: place("core/handlers"), pathNot: HANDLER_TABLE },
  },
  {
    name: "context-made-by-the-runner",
    comment: "Only the runner makes a PipelineContext.",
    from: outside("runner"),
    to: { path: place("runner/pipeline-context.ts") },
  },
  {
    name: "recipes-as-a-user-would",
    comment: "src/recipes loads no package: what it needs of Flujo is public, and what it needs beside that comes with Node.",
    from: inside("recipes"),
    to: { path: npmPackage(".+") },
  },
  { name: "memory-knows-no-sqlite", comment: STORES, from: inside("journal/memory"), to: { path: place("journal/sqlite") } },
  { name: "sqlite-knows-no-memory", comment: STORES, from: inside("journal/sqlite"), to: { path: place("journal/memory") } },
  {
    name: "sqlite-is-loaded-late",
    comment: "A program that keeps its runs in memory loads no SQLite.",
    from: outside("journal/sqlite"),
    to: { path: place("journal/sqlite"), dynamic: false, dependencyTypesNot: TYPES_ONLY },
  },
];

/** Every wall of the house. Each has a test that plants a forbidden import and sees this rule's name. */
export const RULES: readonly Rule[] = [
  ...Object.entries(ROOMS).map(([name, room]) => oneWay(name, room)),
  ...Object.entries(ROOMS)
    .filter(([, room]) => !room.mayUseNode)
    .map(([name]) => withoutNode(name)),
  ...Object.entries(HEAVY_PACKAGES).flatMap(loadedLate),
  ...ONE_OFFS.map((rule): Rule => ({ ...rule, severity: "error" })),
];
