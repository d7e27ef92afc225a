import type { Json } from "../base/json.ts";
import { isPlainObject } from "../base/json.ts";
import type { ToolRunner, ToolSpec } from "../model/node.ts";
import type { NodePath } from "../model/path.ts";
import { childNodePath } from "../model/path.ts";
import type { BoundTool } from "./bindings.ts";
import { checkEffect, checkFunction, checkInDoubt, checkSchema, checkText, checkedRetry, checkedTimeout, isSchema } from "./checks.ts";
import type { Compilation } from "./compilation.ts";
import { noteCode, noteSchema } from "./compilation.ts";
import { checkedVersion } from "./compile-leaf.ts";
import { checkedResources, noteRetryWhen } from "./compile-policy.ts";
import type { DecisionFunction, FunctionToolDefinition, ProgramToolDefinition, ToolDefinition } from "./definition.ts";
import { withoutMarks } from "./kind-marks.ts";
import { describedSchema, fingerprintOfConfig, schemaMark, versionOfCode } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";

/** Where a tool stands: with which agent, among which of its tools. */
export interface ToolPlace {
  readonly path: NodePath;
  readonly level: number;
  readonly boundTools: Map<string, BoundTool>;
}

/** One tool of an agent. */
export function compileTool(definition: ToolDefinition, place: ToolPlace, into: Compilation): ToolSpec {
  const { path, boundTools } = place;
  const kind: unknown = typeof definition === "object" && definition !== null ? definition.kind : undefined;
  if (kind !== "tool" && kind !== "program-tool") {
    throw invalid(
      path,
      `one of its tools is ${shown(definition)}, not a tool`,
      "Make each tool with tool(), or with asTool() of a program.",
    );
  }
  const { name, description, input, onError } = definition;
  const at = `${path}:${shown(name).replaceAll('"', "")}`;
  checkToolName(path, name);
  if (boundTools.has(name))
    throw invalid(path, `two of its tools are called "${name}" (both would be ${at})`, "Give one of them another name.");
  checkText(at, "description", description);
  if (!isSchema(input))
    throw invalid(at, `input is ${shown(input)}, not a schema`, "Give a schema of an object: the arguments the model fills in.");
  if (onError !== "tell" && onError !== "fail") throw invalid(at, `onError is ${shown(onError)}`, 'Choose "tell" or "fail".');
  const shared = {
    name,
    description,
    inputSchema: schemaOfObject(at, describedSchema(input, `${at}, input`)),
    retry: checkedRetry(at, definition.retry),
    timeoutMs: checkedTimeout(at, definition.timeoutMs),
    onError,
    approval: approvalOf(at, definition.needsApproval),
  };
  noteSchema(into, `${path}:${name}:?input`, input);
  const needsApproval = boundApproval({ at: `${path}:${name}:approval`, needsApproval: definition.needsApproval }, into);
  const special =
    definition.kind === "tool"
      ? functionTool(definition, { ...place, at, needsApproval }, into)
      : programTool(definition, { ...place, needsApproval }, into);
  const { output, runner, ...rules } = special;
  const runs = runner.kind === "program" ? { ...runner, node: withoutMarks(runner.node) } : runner; // which kind made it asks nothing
  const fingerprint = fingerprintOfConfig({ kind: "tool", ...shared, retry: null, timeoutMs: null, ...rules, output, runner: runs });
  return Object.freeze({ ...shared, ...rules, runner, fingerprint });
}

/** Providers take objects of arguments, and nothing else. A union of objects names no type of its own. */
function schemaOfObject(at: string, schema: Json): Json {
  const type = isPlainObject(schema) ? schema["type"] : undefined;
  if (type === undefined || type === "object") return schema;
  throw invalid(
    at,
    `input is a schema of ${shown(type)}, not of an object`,
    "Give a schema of an object: the arguments the model fills in.",
  );
}

/** @throws {FlujoError} `pipeline_invalid` for a name that no provider takes. */
function checkToolName(path: string, name: unknown): void {
  if (typeof name === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(name)) return;
  throw invalid(path, `a tool is called ${shown(name)}`, "Providers take 1 to 64 letters, digits, _ and - as a tool's name.");
}

type Special = Pick<ToolSpec, "effect" | "inDoubt"> & { readonly output: unknown; readonly runner: ToolRunner };

function functionTool(
  definition: FunctionToolDefinition,
  place: ToolPlace & { readonly at: string; readonly needsApproval: DecisionFunction | null },
  into: Compilation,
): Special {
  const { name, effect, inDoubt, run, input, output } = definition;
  const { path, at, boundTools, needsApproval } = place;
  checkFunction(at, "run", run);
  checkEffect(at, effect);
  checkInDoubt(at, inDoubt);
  checkSchema(at, "output", output);
  boundTools.set(name, Object.freeze({ run, input, output, needsApproval, resources: checkedResources(at, definition.resources ?? {}) }));
  noteRetryWhen(`${path}:${name}`, definition, into);
  noteCode(into, `${path}:${name}`, checkedVersion(at, definition.version) ?? versionOfCode(run));
  noteSchema(into, `${path}:${name}:?output`, output);
  return { effect, inDoubt, output: schemaMark(output, at), runner: Object.freeze({ kind: "function" }) };
}

function programTool(
  definition: ProgramToolDefinition,
  { path, level, boundTools, needsApproval }: ToolPlace & { readonly needsApproval: DecisionFunction | null },
  into: Compilation,
): Special {
  const { name, input, program } = definition;
  if (name === APPROVAL)
    throw invalid(
      path,
      `one of its tools is a program called "${APPROVAL}", which is where a call waits for a person`,
      "Give it another name: asTool(program, { name, description }).",
    );
  boundTools.set(name, Object.freeze({ run: null, input, output: null, needsApproval, resources: null }));
  const segment = name;
  const at = childNodePath(toolCallsPath(path), segment); // where its instances lie in a run, with the indices left out
  const node = into.nodeOf(program, { path: at, segment, name, level: level + 1, checkedWith: input }, into);
  return { effect: "none", inDoubt: "retry", output: node.fingerprint, runner: Object.freeze({ kind: "program", node }) };
}

/** What a call's question to a person is called, among what may stand right below the call. */
const APPROVAL = "approval";

/** The node path that all tool calls of an agent lie at: `triage/classify/turn[]/tool[]`. */
export function toolCallsPath(agent: NodePath): NodePath {
  return childNodePath(childNodePath(agent, "turn[]"), "tool[]");
}

function approvalOf(at: string, needsApproval: unknown): ToolSpec["approval"] {
  if (typeof needsApproval === "function") return "decided";
  if (typeof needsApproval === "boolean") return needsApproval ? "always" : "never";
  throw invalid(
    at,
    `needsApproval is ${shown(needsApproval)}`,
    "Give true, false, or a function of the arguments that returns one of them.",
  );
}

function boundApproval(
  { at, needsApproval }: { readonly at: string; readonly needsApproval: boolean | DecisionFunction },
  into: Compilation,
): DecisionFunction | null {
  if (typeof needsApproval !== "function") return null;
  noteCode(into, at, versionOfCode(needsApproval));
  return needsApproval;
}
