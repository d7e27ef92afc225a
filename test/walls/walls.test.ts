import { expect, test } from "vitest";
import { findBreaches } from "../../scripts/walls/find-breaches.ts";
import { ROOMS } from "../../scripts/walls/rooms.ts";
import { RULES } from "../../scripts/walls/rules.ts";
import { PlantedTree } from "./planted-tree.ts";

/** What a forbidden import leads to, where it leads into the tree itself. */
const TARGETS = {
  ...Object.fromEntries(Object.keys(ROOMS).map((room) => [`src/${room}/noun.ts`, "export type Noun = 1;\nexport const noun = 1;\n"])),
  "src/index.ts": "export const face = 1;\n",
  "src/journal/port.ts": "export interface Port { readonly a: 1 }\n",
  "src/journal/memory/store.ts": "export const store = 1;\n",
  "src/journal/sqlite/store.ts": "export const store = 1;\n",
  "src/runtime/model-port.ts": "export interface ModelPort { readonly a: 1 }\n",
  "src/runner/pipeline-context.ts": "export class PipelineContext {}\n",
  "src/core/handlers/step.ts": "export const runStep = 1;\n",
  "src/core/handlers/index.ts": 'export { runStep } from "./step.ts";\n',
  "src/core/executor-core.ts": 'import { runStep } from "./handlers/index.ts";\nexport const executor = runStep;\n',
} as const;

interface Planted {
  readonly rule: string;
  readonly file: string;
  readonly source: string;
  /** Files that the forbidden import needs besides the tree's own. */
  readonly with?: Readonly<Record<string, string>>;
}

/** For each room, one import of the lowest room that it may not see. */
const upward: readonly Planted[] = Object.entries(ROOMS).flatMap(([name, room]) => {
  const other = Object.keys(ROOMS).findLast((it) => it !== name && !room.mayImport.includes(it));
  return other === undefined
    ? []
    : [
        {
          rule: `${name}-imports-down`,
          file: `src/${name}/planted.ts`,
          source: `import type { Noun } from "../${other}/noun.ts";\nexport type Got = Noun;`,
        },
      ];
});

const nodeInside: readonly Planted[] = Object.entries(ROOMS)
  .filter(([, room]) => !room.mayUseNode)
  .map(([name]) => ({ rule: `${name}-without-node`, file: `src/${name}/planted.ts`, source: 'import "node:fs";' }));

const plant = (rule: string, file: string, source: string, files?: Planted["with"]): Planted =>
  files === undefined ? { rule, file, source } : { rule, file, source, with: files };

const PLANTED: readonly Planted[] = [
  ...upward,
  ...nodeInside,
  plant("ai-only-in-agents", "src/runner/planted.ts", 'export const sdk = await import("ai");'),
  plant("ai-loaded-late", "src/agents/planted.ts", 'import { generateText } from "ai";\nexport { generateText };'),
  plant("@ai-sdk-only-in-agents", "src/runner/planted.ts", 'export const sdk = await import("@ai-sdk/openai-compatible");'),
  plant("@ai-sdk-loaded-late", "src/agents/planted.ts", 'export { createOpenAICompatible } from "@ai-sdk/openai-compatible";'),
  plant("@pydantic/genai-prices-only-in-agents", "src/runner/planted.ts", 'export const prices = await import("@pydantic/genai-prices");'),
  plant("@pydantic/genai-prices-loaded-late", "src/agents/planted.ts", 'export { calcPrice } from "@pydantic/genai-prices";'),
  plant("undici-only-in-agents", "src/runner/planted.ts", 'export const http = await import("undici");'),
  plant("undici-loaded-late", "src/agents/planted.ts", 'export { fetch } from "undici";'),
  plant("better-sqlite3-only-in-journal/sqlite", "src/journal/memory/planted.ts", 'export const sql = await import("better-sqlite3");'),
  plant("better-sqlite3-loaded-late", "src/journal/sqlite/planted.ts", 'import "better-sqlite3";'),
  plant(
    "@modelcontextprotocol/sdk-only-in-mcp",
    "src/runner/planted.ts",
    'export const sdk = await import("@modelcontextprotocol/sdk/client/index.js");',
  ),
  plant(
    "@modelcontextprotocol/sdk-loaded-late",
    "src/mcp/planted.ts",
    'export { Client } from "@modelcontextprotocol/sdk/client/index.js";',
  ),
  plant("yaml-only-in-golden/file", "src/golden/planted.ts", 'export const yaml = await import("yaml");'),
  plant("yaml-loaded-late", "src/golden/file/planted.ts", 'export { parse } from "yaml";'),
  plant("diff-only-in-golden/drift", "src/golden/planted.ts", 'export const diff = await import("diff");'),
  plant("diff-loaded-late", "src/golden/drift/planted.ts", 'export { diffLines } from "diff";'),
  plant("fast-xml-builder-only-in-base/xml", "src/golden/planted.ts", 'export const xml = await import("fast-xml-builder");'),
  plant("fast-xml-builder-loaded-late", "src/base/xml/planted.ts", 'import "fast-xml-builder";'),
  plant("@dagrejs/dagre-only-in-drawing", "src/runner/planted.ts", 'export const dagre = await import("@dagrejs/dagre");'),
  plant("@dagrejs/dagre-loaded-late", "src/drawing/planted.ts", 'import { layout } from "@dagrejs/dagre";\nexport { layout };'),
  plant("no-cycle", "src/model/a.ts", 'import type { B } from "./b.ts";\nexport type A = B;', {
    "src/model/b.ts": 'import type { A } from "./a.ts";\nexport type B = A | 1;',
  }),
  plant("room-unknown", "src/runner/planted.ts", 'import "../attic/box.ts";', { "src/attic/box.ts": "export {};" }),
  plant("room-nameless", "src/runner/planted.ts", 'import "./helpers/box.ts";', { "src/runner/helpers/box.ts": "export {};" }),
  plant("not-found", "src/runner/planted.ts", 'import "./nowhere.ts";'),
  plant("cli-is-the-top", "src/runner/planted.ts", 'import "../cli/noun.ts";'),
  plant("public-face", "src/index.ts", 'export { noun } from "./testing/noun.ts";'),
  plant("core-without-packages", "src/core/planted.ts", 'import "devalue";'),
  plant("zod-never", "src/dsl/planted.ts", 'import type { ZodType } from "zod";\nexport type Schema = ZodType;'),
  plant("core-takes-types-of-plan", "src/core/planted.ts", 'import { noun } from "../plan/noun.ts";\nexport const got = noun;'),
  plant("decides-without-the-clock", "src/core/planted.ts", 'export { now } from "../base/system.ts";', {
    "src/base/system.ts": "export const now = (): number => 0;",
  }),
  plant("handlers-through-execute", "src/core/planted.ts", 'export { runStep } from "./handlers/index.ts";'),
  plant("handlers-behind-their-table", "src/core/executor-core.ts", 'export { runStep } from "./handlers/step.ts";'),
  plant("context-made-by-the-runner", "src/testing/planted.ts", 'export { PipelineContext } from "../runner/pipeline-context.ts";'),
  plant("recipes-as-a-user-would", "src/recipes/planted.ts", 'import "devalue";'),
  plant("memory-knows-no-sqlite", "src/journal/memory/planted.ts", 'export const other = await import("../sqlite/store.ts");'),
  plant("sqlite-knows-no-memory", "src/journal/sqlite/planted.ts", 'import "../memory/store.ts";'),
  plant("sqlite-is-loaded-late", "src/runner/planted.ts", 'import "../journal/sqlite/store.ts";'),
];

test("every wall is tried by a planted import", () => {
  expect(new Set(PLANTED.map(({ rule }) => rule))).toEqual(new Set(RULES.map(({ name }) => name)));
});

test("the tree that imports are planted in is clean", async () => {
  await using tree = await PlantedTree.make(TARGETS);
  expect((await findBreaches(tree.root)).breaches).toEqual([]);
});

test.each(PLANTED)("$rule sees the import planted in $file", async ({ rule, file, source, with: files = {} }) => {
  await using tree = await PlantedTree.make({ ...TARGETS, ...files, [file]: source });
  const { breaches } = await findBreaches(tree.root);
  expect(breaches).toContainEqual(expect.objectContaining({ rule, from: file }));
});

test("what a room may import is let through", async () => {
  const allowed = Object.entries(ROOMS).flatMap(([name, room]) =>
    room.mayImport
      .filter((other) => !other.endsWith(".ts"))
      .map((other, at) => [`src/${name}/allowed-${at}.ts`, `import type { Noun } from "../${other}/noun.ts";\nexport type Got = Noun;`]),
  );
  await using tree = await PlantedTree.make({ ...TARGETS, ...Object.fromEntries(allowed) });
  expect((await findBreaches(tree.root)).breaches).toEqual([]);
});

test("a test beside the code may look into every room", async () => {
  await using tree = await PlantedTree.make({
    ...TARGETS,
    "src/base/planted.test.ts": 'import { noun } from "../cli/noun.ts";\nimport "zod";\nexport const got = noun;',
  });
  expect((await findBreaches(tree.root)).breaches).toEqual([]);
});

test("the house itself is clean", async () => {
  expect((await findBreaches(process.cwd())).breaches).toEqual([]);
});
