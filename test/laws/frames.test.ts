import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ContextState } from "../../src/core/context/context-state.ts";
import { ExecutionFrame } from "../../src/core/execution-frame.ts";
import type { StepExecutor, StepExecutors } from "../../src/core/executor-core.ts";
import { ExecutorCore } from "../../src/core/executor-core.ts";
import { HANDLERS } from "../../src/core/handlers/index.ts";
import type { Program } from "../../src/core/program.ts";
import { call } from "../../src/core/program.ts";
import type { PlanNode, SequenceNode } from "../../src/model/node.ts";
import { rootNodePath, rootPath } from "../../src/model/path.ts";
import type { StepResult } from "../../src/model/step-result.ts";

const SRC = new URL("../../src", import.meta.url).pathname;

function sequenceOf(children: readonly PlanNode[], name = "s"): SequenceNode {
  return { kind: "sequence", name, segment: name, path: rootNodePath(name), fingerprint: "f", children };
}

function frameOf(node: PlanNode): ExecutionFrame {
  return ExecutionFrame.root(node, { key: rootPath("p"), input: 1, context: ContextState.of({}, {}), atMs: 0 });
}

test("REQ-CORE-001: execute takes a genuine ExecutionFrame and refuses whatever only looks like one", () => {
  const core = new ExecutorCore();
  const genuine = frameOf(sequenceOf([]));
  expect(core.execute(genuine).next()).toMatchObject({ done: true, value: { status: "succeeded", output: 1 } });
  const alike = [
    Object.assign({}, genuine),
    Object.create(genuine),
    Object.assign(Object.create(ExecutionFrame.prototype) as object, genuine),
    null,
    undefined,
    7,
    JSON.parse(JSON.stringify(genuine)),
  ];
  for (const forged of alike) expect(() => core.execute(forged as never)).toThrow(expect.objectContaining({ code: "frame_forged" }));
});

test("REQ-CORE-001: a look-alike does not compile, and the constructor is out of reach", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(SRC, "..", "test", "laws", "forged-"));
  try {
    const file = join(folder, "forged.ts");
    const lines = [
      'import { ExecutionFrame } from "../../../src/core/execution-frame.ts";',
      'import { ExecutorCore } from "../../../src/core/executor-core.ts";',
      "declare const frame: ExecutionFrame;",
      "const core = new ExecutorCore();",
      "core.execute(frame);",
      "core.execute({ ...frame });",
      "core.execute({ node: frame.node, key: frame.key, input: 1, context: frame.context, enteredAtMs: 0, depth: 0, child: frame.child });",
      "new ExecutionFrame(frame.node, frame);",
    ];
    writeFileSync(file, lines.join("\n"));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../../tsconfig.base.json", include: ["forged.ts"] }));
    const tsc = join(SRC, "..", "node_modules", "typescript", "bin", "tsc");
    const complaints = ((): string => {
      try {
        return execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
      } catch (error) {
        return String((error as { readonly stdout?: unknown }).stdout); // tsc says what is wrong on stdout, and exits with 2
      }
    })();
    const wrong = complaints.split("\n").filter((line) => /\(\d+,\d+\): error/.test(line));
    expect(wrong.map((line) => Number(/\((\d+),/.exec(line)?.[1]))).toEqual([6, 7, 8]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("REQ-CORE-001: every frame a handler gets is a genuine one, whose key, depth and input its parent derived", () => {
  const seen: [string, number, unknown][] = [];
  const spy: StepExecutor = function* (frame: ExecutionFrame): Program<StepResult> {
    ExecutionFrame.assertFrame(frame);
    seen.push([frame.key, frame.depth, frame.input]);
    const handler = HANDLERS[frame.node.kind] as StepExecutor;
    return yield* handler(frame);
  };
  const core = new ExecutorCore(Object.fromEntries(Object.keys(HANDLERS).map((kind) => [kind, spy])) as unknown as StepExecutors);
  const program = core.execute(frameOf(sequenceOf([sequenceOf([], "a"), sequenceOf([sequenceOf([], "c")], "b")], "root")));
  const stack = [program];
  let value: unknown;
  while (stack.length > 0) {
    const step = (stack.at(-1) as Program<unknown>).next(value);
    if (step.done === true) {
      stack.pop();
      value = step.value;
    } else if (step.value.kind === "call") {
      stack.push(core.execute(step.value.frame));
      value = undefined;
    }
  }
  expect(seen).toEqual([
    ["p", 0, 1],
    ["p/a", 1, 1],
    ["p/b", 1, 1],
    ["p/b/c", 2, 1],
  ]);
});

test("REQ-CORE-001: a handler enters a child by yielding a call with a frame, and yields nothing else for it", () => {
  const program = new ExecutorCore().execute(frameOf(sequenceOf([sequenceOf([], "a")])));
  const { value } = program.next();
  expect(value).toMatchObject({ kind: "call" });
  expect(() => ExecutionFrame.assertFrame((value as { readonly frame: unknown }).frame)).not.toThrow();
  expect(call(frameOf(sequenceOf([]))).next().value).toMatchObject({ kind: "call" });
});

/** Every source file of the house, tests left out. */
function sources(folder = SRC): readonly (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.test(-d)?\.ts$/.test(file))
    .map((file) => [file, readFileSync(join(folder, file), "utf8")] as const);
}

test("REQ-CORE-002: there is one place that executes steps: handlers are reached through the executor core alone, and nothing is called step_logic", () => {
  const files = sources();
  expect(files.filter(([, text]) => /handlers\/index\.ts"/.test(text)).map(([file]) => file)).toEqual(["core/executor-core.ts"]);
  expect(files.filter(([file, text]) => /step_?logic/i.test(file) || /step_?logic/i.test(text))).toEqual([]);
  expect(files.filter(([, text]) => /(?<!super)\.execute\(/.test(text)).map(([file]) => file)).toEqual(["runtime/scheduler.ts"]);
});

test("REQ-CORE-003: the StepExecutor type is defined with the executor core, and nowhere else", () => {
  const defining = sources().filter(([, text]) => /\b(type|interface) StepExecutor\b/.test(text));
  expect(defining.map(([file]) => file)).toEqual(["core/executor-core.ts"]);
  const table: StepExecutors = HANDLERS;
  expect(Object.keys(table).toSorted()).toEqual([
    "agent",
    "agenticLoop",
    "background",
    "branch",
    "cache",
    "gate",
    "gather",
    "human",
    "loop",
    "machine",
    "map",
    "nested",
    "parallel",
    "refine",
    "route",
    "saga",
    "search",
    "sequence",
    "signal",
    "sleep",
    "step",
    "tap",
  ]);
});

test("REQ-CTX-001: only the runner makes a PipelineContext", () => {
  const making = sources().filter(([, text]) => /new PipelineContext\b/.test(text));
  expect(making.map(([file]) => file)).toEqual(["runner/fork-drive.ts", "runner/read-result.ts", "runner/runs.ts"]);
  const knowing = sources().filter(([, text]) => /pipeline-context\.ts"/.test(text));
  expect(knowing.every(([file]) => file.startsWith("runner/"))).toBe(true);
});
