import { FlujoError } from "../../base/errors.ts";
import type { Json } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { Patch } from "../../model/patch.ts";
import {
  GOLDEN_FORMAT,
  type Golden,
  type GoldenAgent,
  type GoldenEvent,
  type GoldenOperation,
  type GoldenResponse,
  type GoldenResult,
} from "../golden.ts";
import { turnTree } from "./model-turn.ts";
import { Shelf } from "./payload.ts";
import { printed, printedFields } from "./print-yaml.ts";
import { aboutOf, nameOf, waitsForOf } from "./said-by-path.ts";
import { costText, usageTree } from "./spending.ts";

/** A golden as text. */
export interface GoldenText {
  /** What stands in its file. */
  readonly text: string;
  /** What is too large for that, by the name of its file in the folder `payloads` beside it. */
  readonly payloads: ReadonlyMap<string, string>;
}

type Field = readonly [key: string, value: Json];

/**
 * A golden as YAML, for people to read and review: the same golden is always the same bytes. What can be no other way is
 * left out (no writes, nothing used, a name that its path says). A text of more than 2,048 bytes of UTF-8, and a value whose
 * JSON has more, becomes a payload.
 *
 * Objects keep the order of their keys, for a pipeline can see it: two goldens that differ in that alone are two texts.
 *
 * @throws {FlujoError} `value_unstorable` for what the codec cannot store.
 */
export function printGolden(golden: Golden): GoldenText {
  const shelf = new Shelf();
  const slot = (name: string, value: unknown): Field => [name, shelf.value(value, `${golden.pipeline}: ${name}`)];
  const head: readonly Field[] = [
    ["format", GOLDEN_FORMAT],
    ["pipeline", golden.pipeline],
    ...given("version", golden.version),
    ...given("source", golden.source),
    ["plan", golden.plan],
    ["startsAt", moment(golden.startsAtMs, golden.pipeline)],
    ["seed", golden.seed],
    ...given("model", golden.model),
    ...given("thread", golden.thread),
    slot("input", golden.input),
    ...unlessEmpty(slot("context", golden.context)),
  ];
  const text = [
    head.map(([key, value]) => printed(`${key}:`, value, 0)).join(""),
    section(
      "agents",
      Object.entries(golden.agents).map(([path, agent]) => agentText(path, agent, shelf)),
      "\n",
    ),
    section(
      "operations",
      golden.operations.map((operation) => listed(operationFields(operation, shelf))),
      "\n",
    ),
    section(
      "events",
      golden.events.map((event) => printed("  -", eventTree(event, shelf), 2)),
    ),
    printedFields("\nresult:", resultFields(golden.result, shelf), 0),
    ...spending(golden).map(([key, value]) => printed(`${key}:`, value, 0)),
  ];
  return { text: text.join(""), payloads: shelf.payloads };
}

function section(name: string, entries: readonly string[], between = ""): string {
  return entries.length === 0 ? "" : `\n${name}:\n${entries.join(between)}`;
}

function listed(fields: readonly Field[]): string {
  return printedFields("  -", fields, 2);
}

function given(key: string, value: string | null): readonly Field[] {
  return value === null ? [] : [[key, value]];
}

function unlessEmpty([key, value]: Field): readonly Field[] {
  return isEmpty(value) ? [] : [[key, value]];
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0 && !Array.isArray(value);
}

function moment(ms: number, pipeline: string): string {
  if (Number.isInteger(ms) && Math.abs(ms) <= 8.64e15) return new Date(ms).toISOString();
  throw new FlujoError("value_unstorable", `${pipeline}: startsAtMs is ${ms}, which is no moment in whole milliseconds.`);
}

function agentText(path: string, agent: GoldenAgent, shelf: Shelf): string {
  const slot = (name: string, value: unknown): Field => [name, shelf.value(value, `${path}: ${name}`)];
  const fields: Field[] = [["model", agent.model]];
  if (agent.instructions !== null) fields.push(["instructions", shelf.text(agent.instructions)]);
  if (Object.keys(agent.settings).length > 0) fields.push(slot("settings", agent.settings));
  if (agent.toolChoice !== "auto") fields.push(slot("toolChoice", agent.toolChoice));
  if (agent.tools.length > 0)
    fields.push([
      "tools",
      agent.tools.map(({ name, description, inputSchema }) =>
        Object.fromEntries([["name", name], ["description", shelf.text(description)], slot("inputSchema", inputSchema)]),
      ),
    ]);
  if (agent.providerTools.length > 0)
    fields.push([
      "providerTools",
      agent.providerTools.map(({ id, name, args }) => Object.fromEntries([["id", id], ["name", name], ...unlessEmpty(slot("args", args))])),
    ]);
  if (agent.outputSchema !== null) fields.push(slot("outputSchema", agent.outputSchema));
  return listed([["agent", path], ...fields]);
}

function operationFields(operation: GoldenOperation, shelf: Shelf): readonly Field[] {
  const { path, kind, name, about, waitsFor, request, response, nth } = operation;
  const fields: Field[] = [[kind, path]];
  if (name !== nameOf(path, kind, request)) fields.push(["name", name]);
  if (about !== aboutOf(path, kind)) fields.push(["about", about]);
  if (waitsFor !== waitsForOf(kind)) fields.push(["waitsFor", waitsFor]);
  if (nth !== null) fields.push(["nth", nth]);
  const asked = Object.entries(request).map(([key, value]): Field => [key, shelf.value(value, `${path}: ${key}`)]);
  if (asked.length > 0) fields.push(["request", Object.fromEntries(asked)]);
  if (response !== null) fields.push(["response", responseTree(operation, response, shelf)]);
  return fields;
}

function responseTree({ path, kind }: GoldenOperation, response: GoldenResponse, shelf: Shelf): Json {
  const fields: Field[] = [];
  if (response.status === "failed") fields.push(["failure", failureTree(response.failure, path, shelf)]);
  else {
    const turn = kind === "model" ? turnTree(response.value, shelf, path) : null;
    fields.push(turn === null ? ["value", shelf.value(response.value, `${path}: value`)] : ["turn", turn]);
    if (response.writes.length > 0) fields.push(["writes", response.writes.map((patch) => patchTree(patch, path, shelf))]);
  }
  if (response.usage !== undefined) fields.push(["usage", usageTree(response.usage)]);
  if (response.cost !== undefined) fields.push(["cost", costText(response.cost)]);
  return Object.fromEntries(fields);
}

function patchTree(patch: Patch, where: string, shelf: Shelf): Json {
  switch (patch.op) {
    case "delete":
      return { delete: patch.path };
    case "set":
      return { set: patch.path, value: shelf.value(patch.value, `${where}: ${patch.path.join(".")}`) };
    case "contribute":
      return contributionTree(patch, `${where}: ${patch.field}`, shelf);
  }
}

function contributionTree({ field, value, after }: Patch & { readonly op: "contribute" }, where: string, shelf: Shelf): Json {
  const said = { contribute: field, value: shelf.value(value, where) };
  return after === undefined ? said : { ...said, after: shelf.value(after.value, where) };
}

/** `path` is left out where it is the operation's own. */
function failureTree(failure: Failure, path: string | null, shelf: Shelf): Json {
  const fields: Field[] = [
    ["code", failure.code],
    ["message", shelf.text(failure.message)],
  ];
  if (failure.path !== path) fields.push(["path", failure.path]);
  if (failure.retryable) fields.push(["retryable", true]);
  if (failure.thrownAt !== undefined) fields.push(["thrownAt", failure.thrownAt]);
  if (failure.remedy !== undefined) fields.push(["remedy", failure.remedy]);
  if (failure.classes !== undefined) fields.push(["classes", failure.classes]);
  const next = failure.continueWith;
  if (next !== undefined) fields.push(["continueWith", shelf.value(next, `${failure.path}: continueWith`)]);
  if (failure.details !== undefined) fields.push(["details", shelf.value(failure.details, `${failure.path}: details`)]);
  return Object.fromEntries(fields);
}

function eventTree(event: GoldenEvent, shelf: Shelf): Json {
  if (event.type === "cancel-requested")
    return Object.fromEntries([
      ["event", event.type],
      ["nth", event.nth],
      ...(event.reason === "" ? [] : [["reason", shelf.text(event.reason)] as const]),
    ]);
  return { event: event.type, name: event.name, path: event.path, problem: shelf.text(event.problem) };
}

function resultFields(result: GoldenResult, shelf: Shelf): readonly Field[] {
  const fields: Field[] = [["status", result.status]];
  if (result.status === "succeeded") {
    fields.push(["output", shelf.value(result.output, "result: output")]);
    if (result.continued) fields.push(["continued", true]);
  } else if (result.status === "failed") fields.push(["failure", failureTree(result.failure, null, shelf)]);
  else if (result.status === "paused") fields.push(["waitsAt", [...result.waitsAt]]);
  else if (result.status === "cancelled" && result.reason !== null) fields.push(["reason", shelf.text(result.reason)]);
  return [...fields, ...unlessEmpty(["context", shelf.value(result.context, "result: context")])];
}

function spending({ usage, cost }: Golden): readonly Field[] {
  const used = usageTree(usage);
  return [...unlessEmpty(["usage", used]), ...(cost.kind === "free" ? [] : ([["cost", costText(cost)]] as const))];
}
