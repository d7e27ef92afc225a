import { sha256 } from "../../base/hash.ts";
import type { Json } from "../../base/json.ts";
import type { ProviderTool, ToolChoice } from "../../model/model-settings.ts";
import { type InstancePath, type NodePath, parseInstancePath } from "../../model/path.ts";
import { FREE } from "../../model/cost.ts";
import { NO_USAGE } from "../../model/usage.ts";
import type { Foreign } from "../../serialize/envelope.ts";
import type { Golden, GoldenAgent, GoldenEvent, GoldenOperation, GoldenResult, GoldenTool } from "../golden.ts";
import { migrated } from "./migrate.ts";
import { PAYLOAD_NAME, PAYLOADS } from "./payload.ts";
import { readFailure, readOperation } from "./parse-operation.ts";
import { readYaml } from "./read-yaml.ts";
import { type Fields, jsonOf, Sheet, type Spot, spotOn } from "./spot.ts";
import { readCost, readUsage } from "./spending.ts";
import { Misfit, type Origin, valueOf } from "./tree-value.ts";

/** Where a golden's text comes from. */
export interface GoldenSource {
  /** What errors call it. */
  readonly file: string;
  /** The text of a payload by the name of its file, as `printGolden` gave it; null where there is none. */
  readonly payload: (name: string) => string | null;
  /** Instances of classes that are not registered here: refused, or kept as they are stored, to be shown. Default: refused. */
  readonly foreign?: Foreign;
  /** What is wrong with an operation though its fields are right, as a sentence; null where nothing is. Default: nothing ever is. */
  readonly misfit?: (operation: GoldenOperation) => string | null;
}

/**
 * The golden that `printGolden` made a text of; older formats are migrated.
 *
 * @throws {FlujoError} `golden_unreadable`, with file, line, column and what is wrong there; `golden_newer` for a format
 * that this version does not know.
 */
export function parseGolden(text: string, source: GoldenSource): Golden {
  const sheet = new Sheet(source.file, unix(text.startsWith("\ufeff") ? text.slice(1) : text));
  return new GoldenReader(sheet, source).golden(migrated(sheet, readYaml(sheet)));
}

/** As a checkout on Windows may have changed it: no text with such line ends is written as it is. */
function unix(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
}

/** What a golden consists of, and what its errors call that. */
const GOLDEN_FIELDS = [
  "format",
  "pipeline",
  "version",
  "source",
  "plan",
  "startsAt",
  "seed",
  "model",
  "thread",
  "input",
  "context",
  "agents",
  "operations",
  "events",
  "result",
  "usage",
  "cost",
] as const;

const AGENT_FIELDS = ["agent", "model", "instructions", "settings", "toolChoice", "tools", "providerTools", "outputSchema"] as const;

/** How a moment is written: nothing but ISO 8601, of which `Date` takes a good deal more. */
const MOMENT = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?$/;

/** Reads the parts of one golden. */
class GoldenReader {
  readonly sheet: Sheet;
  readonly misfit: (operation: GoldenOperation) => string | null;
  readonly #origin: Origin;

  constructor(sheet: Sheet, { payload, foreign = "refuse", misfit = () => null }: GoldenSource) {
    this.sheet = sheet;
    this.misfit = misfit;
    this.#origin = { foreign, textOf: (name) => payloadOf(name, payload) };
  }

  golden(root: Spot): Golden {
    const { sheet } = this;
    const fields = sheet.fieldsAt(root, "golden", GOLDEN_FIELDS);
    const usage = fields.get("usage");
    const cost = fields.get("cost");
    return {
      pipeline: fields.text("pipeline"),
      version: fields.textOrNull("version"),
      plan: fields.text("plan"),
      source: fields.textOrNull("source"),
      startsAtMs: this.#moment(fields.need("startsAt")),
      seed: fields.text("seed"),
      input: this.value(fields.need("input")),
      context: this.valueOr(fields, "context", {}),
      model: fields.textOrNull("model"),
      thread: fields.textOrNull("thread"),
      agents: this.#agents(fields.list("agents")),
      operations: this.#operations(fields.list("operations")),
      events: fields.list("events").map((event) => this.#event(event)),
      result: this.#result(fields.need("result")),
      usage: usage === null ? NO_USAGE : readUsage(sheet, usage),
      cost: cost === null ? FREE : readCost(sheet, cost),
    };
  }

  /** Any value. @throws {FlujoError} `golden_unreadable` */
  value(spot: Spot): unknown {
    try {
      return valueOf(jsonOf(spot), this.#origin);
    } catch (error) {
      if (error instanceof Misfit)
        throw this.sheet.fault(spotOn(spot, error.path).offset, `${error.message}.`, { cause: error, remedy: error.remedy });
      throw error;
    }
  }

  /** The value of a field, or another where it is not there. @throws {FlujoError} `golden_unreadable` */
  valueOr(fields: Fields, key: string, other: unknown): unknown {
    const spot = fields.get(key);
    return spot === null ? other : this.value(spot);
  }

  /** A text, which may stand in a payload. @throws {FlujoError} `golden_unreadable` */
  text(spot: Spot, name: string): string {
    const value = this.value(spot);
    return typeof value === "string" ? value : this.sheet.textAt({ offset: spot.offset, is: spot.is }, name);
  }

  /** A value that is JSON: a schema, settings. @throws {FlujoError} `golden_unreadable` */
  #json(spot: Spot): Json {
    return this.value(spot) as Json; // the one cast: JSON was written there, and drift shows what somebody has made of it
  }

  #object(fields: Fields, key: string): { readonly [key: string]: Json } {
    const spot = fields.get(key);
    if (spot === null) return {};
    this.sheet.mapAt(spot, key);
    return this.#json(spot) as { readonly [key: string]: Json }; // an object stands there
  }

  #moment(spot: Spot): number {
    const text = this.sheet.textAt(spot, "startsAt");
    const ms = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(ms)) throw this.sheet.fault(spot.offset, '`startsAt` should be a moment: "2026-01-31T12:00:00.000Z".');
    return ms;
  }

  #agents(list: readonly Spot[]): Readonly<Record<NodePath, GoldenAgent>> {
    const agents = new Map<string, GoldenAgent>();
    for (const spot of list) {
      const fields = this.sheet.fieldsAt(spot, "agent", AGENT_FIELDS);
      const path = fields.text("agent");
      if (agents.has(path)) throw this.sheet.fault(fields.need("agent").offset, `The agent "${path}" stands here for the second time.`);
      agents.set(path, this.#agent(fields));
    }
    return Object.fromEntries(agents);
  }

  #agent(fields: Fields): GoldenAgent {
    const instructions = fields.get("instructions");
    const schema = fields.get("outputSchema");
    return {
      model: fields.text("model"),
      instructions: instructions === null ? null : this.text(instructions, "instructions"),
      settings: this.#object(fields, "settings"), // as it was written; drift shows what somebody has made of it
      toolChoice: this.#toolChoice(fields.get("toolChoice")),
      tools: fields.list("tools").map((tool) => this.#tool(tool)),
      providerTools: fields.list("providerTools").map((tool) => this.#providerTool(tool)),
      outputSchema: schema === null ? null : this.#json(schema),
    };
  }

  #toolChoice(spot: Spot | null): ToolChoice {
    if (spot === null) return "auto";
    if (typeof spot.is === "object") return { tool: this.sheet.fieldsAt(spot, "toolChoice", ["tool"]).text("tool") };
    return this.sheet.wordAt<"auto" | "none" | "required">(spot, "toolChoice", ["auto", "none", "required"]);
  }

  #tool(spot: Spot): GoldenTool {
    const fields = this.sheet.fieldsAt(spot, "tool", ["name", "description", "inputSchema"]);
    return {
      name: fields.text("name"),
      description: this.text(fields.need("description"), "description"),
      inputSchema: this.#json(fields.need("inputSchema")),
    };
  }

  #providerTool(spot: Spot): ProviderTool {
    const fields = this.sheet.fieldsAt(spot, "tool", ["id", "name", "args"]);
    const id = fields.text("id");
    if (!isToolId(id)) throw this.sheet.fault(fields.need("id").offset, "`id` should be a provider and its tool: openai.web_search.");
    return { id, name: fields.text("name"), args: this.#object(fields, "args") };
  }

  #operations(list: readonly Spot[]): readonly GoldenOperation[] {
    const seen = new Set<InstancePath>();
    return list.map((spot) => {
      const operation = readOperation(this, spot);
      if (seen.has(operation.path))
        throw this.sheet.fault(spot.offset, `The operation "${operation.path}" stands here for the second time; a path is there once.`);
      seen.add(operation.path);
      return operation;
    });
  }

  #event(spot: Spot): GoldenEvent {
    const { sheet } = this;
    const fields = sheet.fieldsAt(spot, "event", ["event", "nth", "reason", "name", "path", "problem"]);
    const type = sheet.wordAt(fields.need("event"), "event", ["cancel-requested", "signal-dropped"]);
    if (type === "cancel-requested") {
      const reason = fields.get("reason");
      return { type, reason: reason === null ? "" : this.text(reason, "reason"), nth: sheet.wholeAt(fields.need("nth"), "nth") };
    }
    const path = parseInstancePath(fields.text("path"));
    return { type, name: fields.text("name"), path, problem: this.text(fields.need("problem"), "problem") };
  }

  #result(spot: Spot): GoldenResult {
    const { sheet } = this;
    const fields = sheet.fieldsAt(spot, "result", ["status", "output", "continued", "failure", "reason", "waitsAt", "context"]);
    const status = sheet.wordAt(fields.need("status"), "status", ["succeeded", "failed", "cancelled", "paused", "stopped"]);
    const context = this.valueOr(fields, "context", {});
    switch (status) {
      case "succeeded":
        return { status, output: this.value(fields.need("output")), context, continued: fields.flag("continued") };
      case "failed":
        return { status, failure: readFailure(this, fields.need("failure"), null), context };
      case "cancelled": {
        const reason = fields.get("reason");
        return { status, reason: reason === null ? null : this.text(reason, "reason"), context };
      }
      case "paused":
        return { status, waitsAt: fields.list("waitsAt").map((path) => parseInstancePath(sheet.textAt(path, "waitsAt"))), context };
      case "stopped":
        return { status, context };
    }
  }
}

function isToolId(id: string): id is ProviderTool["id"] {
  return id.includes(".");
}

/** The text of a payload that is there and is what its name says. */
function payloadOf(named: string, payload: GoldenSource["payload"]): string | Error {
  const name = named.startsWith(`${PAYLOADS}/`) ? named.slice(PAYLOADS.length + 1) : "";
  if (!PAYLOAD_NAME.test(name))
    return new Error(`"${named.slice(0, 80)}" is no name of a payload, which is ${PAYLOADS}/<32 digits>.txt or .json`);
  const found = payload(name);
  if (found === null) return new Error(`The payload ${named} is missing: it belongs beside this file`);
  const text = unix(found);
  if (sha256(text).slice(0, 32) === name.slice(0, 32)) return text;
  return new Error(`The payload ${named} was changed: its text does not have the hash that it is named by`);
}
