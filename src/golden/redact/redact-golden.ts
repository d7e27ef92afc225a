import type { Json } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { Patch } from "../../model/patch.ts";
import { nodePathOf } from "../../model/path.ts";
import type { Golden, GoldenAgent, GoldenEvent, GoldenOperation, GoldenResponse, GoldenResult } from "../golden.ts";
import type { Needle } from "./needles.ts";
import { Placeholders } from "./placeholders.ts";
import { type Place, Places, type SchemaPart, type Spoken } from "./places.ts";
import type { Redaction } from "./redaction.ts";
import { SensitiveLeaves } from "./sensitive-leaf.ts";
import { TextRedactor } from "./text-redactor.ts";
import { ValueRedactor } from "./value-redactor.ts";

/** A secret that is shorter is part of too many words. */
const SHORTEST_SECRET = 4;
/** What was replaced may lay something open that was hidden in it; more than this often is nobody's data. */
const ROUNDS = 8;

/**
 * A golden without what must not be seen: see {@link Redaction}. The same golden, as an object, where nothing was found in
 * it; so one that is redacted already is given back itself. Time and memory grow with its size, whatever its texts hold.
 *
 * It does not read the environment: the values that {@link Redaction.environment} speaks of are added by `withKnownSecrets`.
 */
export function redactGolden(golden: Golden, rules: Redaction): Golden {
  const places = new Places(rules.fields ?? []);
  const needles = new Map<string, Needle>();
  for (const text of rules.secrets ?? []) if (text.length >= SHORTEST_SECRET) needles.set(text, { text, isWord: false });
  const taken = new Set<string>();
  let placeholders: Placeholders | null = null;
  let current = golden;
  for (let round = 0; round < ROUNDS; round++) {
    const known = needles.size + (placeholders === null ? taken.size : 0);
    const using: Placeholders = placeholders ?? new Placeholders(new Set(taken));
    const next = walk(current, { places, rules, placeholders: using, needles, taken });
    // What was only learnt on the way must be looked for from the beginning, where it may have stood before.
    if (needles.size + (placeholders === null ? taken.size : 0) > known) continue;
    if (next === current) break;
    placeholders = using;
    current = next;
  }
  return current;
}

interface Walk {
  readonly places: Places;
  readonly rules: Redaction;
  readonly placeholders: Placeholders;
  readonly needles: Map<string, Needle>;
  readonly taken: Set<string>;
}

function walk(golden: Golden, { places, rules, placeholders, needles, taken }: Walk): Golden {
  const learn = (needle: Needle): void => {
    if (!needles.has(needle.text)) needles.set(needle.text, needle);
  };
  const meet = (placeholder: string): void => void taken.add(placeholder);
  const texts = new TextRedactor(rules, { needles: [...needles.values()], placeholders, learn, meet });
  return new GoldenRedactor(new ValueRedactor(texts, new SensitiveLeaves(texts, learn)), places).redact(golden);
}

/** Knows where in a golden what stands: what is of the machinery stays as it is. */
class GoldenRedactor {
  readonly #values: ValueRedactor;
  readonly #places: Places;

  constructor(values: ValueRedactor, places: Places) {
    this.#values = values;
    this.#places = places;
  }

  redact(golden: Golden): Golden {
    const { root } = this.#places;
    const near = spokenBy(golden.agents);
    return changed(golden, {
      pipeline: this.#values.name(golden.pipeline),
      version: this.#textOrNull(golden.version),
      source: this.#textOrNull(golden.source),
      seed: this.#text(golden.seed),
      input: this.#values.redact(golden.input, root.field("input")),
      context: this.#values.redact(golden.context, root.field("context")),
      model: this.#textOrNull(golden.model),
      thread: golden.thread === null ? null : this.#values.name(golden.thread),
      agents: this.#agents(golden.agents),
      operations: list(golden.operations, (operation) => this.#operation(operation, near)),
      events: list(golden.events, (event) => this.#event(event)),
      result: this.#result(golden.result),
    });
  }

  #text(text: string): string {
    return this.#values.text(text, this.#places.nowhere);
  }

  #textOrNull(text: string | null): string | null {
    return text === null ? null : this.#text(text);
  }

  #agents(agents: Golden["agents"]): Golden["agents"] {
    let isChanged = false;
    const entries = Object.entries(agents).map(([path, agent]) => {
      const entry = [this.#values.name(path), this.#agent(agent)] as const;
      isChanged ||= entry[0] !== path || entry[1] !== agent;
      return entry;
    });
    return isChanged ? Object.fromEntries(entries) : agents;
  }

  /** Schemas speak of fields and hold none: no rule on fields is about them. */
  #agent(agent: GoldenAgent): GoldenAgent {
    const { nowhere } = this.#places;
    const { toolChoice } = agent;
    return changed(agent, {
      model: this.#text(agent.model),
      instructions: this.#textOrNull(agent.instructions),
      settings: this.#values.redact(agent.settings, nowhere),
      toolChoice: typeof toolChoice === "string" ? toolChoice : changed(toolChoice, { tool: this.#values.name(toolChoice.tool) }),
      tools: list(agent.tools, (tool) =>
        changed(tool, {
          name: this.#values.name(tool.name),
          description: this.#text(tool.description),
          inputSchema: this.#values.redact(tool.inputSchema, nowhere),
        }),
      ),
      providerTools: list(agent.providerTools, (tool) =>
        changed(tool, { name: this.#values.name(tool.name), args: this.#values.redact(tool.args, nowhere) }),
      ),
      outputSchema: this.#values.redact(agent.outputSchema, nowhere),
    });
  }

  #operation(operation: GoldenOperation, near: ReadonlyMap<string, AgentSchemas>): GoldenOperation {
    const { kind, request, response, path } = operation;
    const agent = agentOf(path, near);
    const place = this.#placeOf(path);
    const at = agent === null ? place : place.near(agent);
    const answers = kind === "human" || kind === "signal" ? request["answerSchema"] : undefined;
    const isDocument = typeof answers === "object" && answers !== null;
    const answer: readonly SchemaPart[] = isDocument ? [{ schema: answers as Json, document: answers as Json }] : [];
    return changed(operation, {
      path: this.#values.name(path),
      name: this.#values.name(operation.name),
      request: this.#request(operation, at.field("request")),
      response:
        response === null ? null : this.#response(response, { at: at.field("response"), answer, output: kind === "model" ? agent : null }),
    });
  }

  #placeOf(path: string): Place {
    return nodePathOf(path as GoldenOperation["path"])
      .split("/")
      .reduce((place, segment) => place.field(segment.replaceAll("[]", "")), this.#places.root.field("operations"));
  }

  #request({ request }: GoldenOperation, at: Place): GoldenOperation["request"] {
    const { tool, after, answerSchema, ...values } = request;
    const input = typeof tool === "string" ? at.toolInput(tool) : at.field("input");
    const fields: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(values)) fields[key] = this.#values.redact(value, key === "input" ? input : at.field(key));
    if (tool !== undefined)
      fields["tool"] = typeof tool === "string" ? this.#values.name(tool) : this.#values.redact(tool, at.field("tool"));
    if (after !== undefined) fields["after"] = typeof after === "string" ? this.#values.name(after) : after;
    if (answerSchema !== undefined) fields["answerSchema"] = this.#values.redact(answerSchema, this.#places.nowhere);
    return changed(request, fields);
  }

  #response(
    response: GoldenResponse,
    { at, answer, output }: { readonly at: Place; readonly answer: readonly SchemaPart[]; readonly output: AgentSchemas | null },
  ): GoldenResponse {
    if (response.status === "failed") return changed(response, { failure: this.#failure(response.failure, at.field("failure")) });
    const place = at.field("value").with(answer);
    const value = output === null ? this.#values.redact(response.value, place) : this.#turn(response.value, { at: place, output });
    return changed(response, { value, writes: list(response.writes, (patch) => this.#patch(patch, at.field("writes"))) });
  }

  /** What a model has said: the output in it is what its agent's schema speaks of. */
  #turn(value: unknown, { at, output }: { readonly at: Place; readonly output: AgentSchemas }): unknown {
    const redacted = this.#values.redact(value, at);
    if (!hasOutput(value) || !hasOutput(redacted)) return redacted;
    const said = this.#values.redact(value.output.value, at.field("output").field("value").with(output.output));
    return Object.is(said, redacted.output.value) ? redacted : { ...redacted, output: { ...redacted.output, value: said } };
  }

  #patch(patch: Patch, at: Place): Patch {
    if (patch.op === "contribute") return this.#contribution(patch, at.field(patch.field));
    const [first, ...rest] = patch.path;
    const field = this.#text(first);
    const inner = list(rest, (step) => (typeof step === "string" ? this.#text(step) : step));
    const named = changed(patch, { path: field === first && inner === rest ? patch.path : [field, ...inner] });
    if (named.op === "delete") return named;
    const place = patch.path.reduce<Place>((place, step) => (typeof step === "number" ? place.item(step) : place.field(step)), at);
    return changed(named, { value: this.#values.redact(named.value, place) });
  }

  #contribution(patch: Patch & { readonly op: "contribute" }, at: Place): Patch {
    const said = changed(patch, { value: this.#values.redact(patch.value, at) });
    return said.after === undefined
      ? said
      : changed(said, { after: changed(said.after, { value: this.#values.redact(said.after.value, at) }) });
  }

  #failure(failure: Failure, at: Place): Failure {
    const { thrownAt, remedy, classes, continueWith, details } = failure;
    return changed(failure, {
      message: this.#text(failure.message),
      path: this.#values.name(failure.path),
      ...(thrownAt === undefined ? {} : { thrownAt: this.#text(thrownAt) }),
      ...(remedy === undefined ? {} : { remedy: this.#text(remedy) }),
      ...(classes === undefined ? {} : { classes: list(classes, (name) => this.#values.name(name)) }),
      ...(continueWith === undefined ? {} : { continueWith: this.#values.redact(continueWith, at.field("continueWith")) }),
      ...(details === undefined ? {} : { details: this.#values.redact(details, at.field("details")) }),
    });
  }

  #event(event: GoldenEvent): GoldenEvent {
    if (event.type === "cancel-requested") return changed(event, { reason: this.#text(event.reason) });
    const { name, path, problem } = event;
    return changed(event, { name: this.#values.name(name), path: this.#values.name(path), problem: this.#text(problem) });
  }

  #result(result: GoldenResult): GoldenResult {
    const at = this.#places.root.field("result");
    const context = this.#values.redact(result.context, at.field("context"));
    switch (result.status) {
      case "succeeded":
        return changed(result, { output: this.#values.redact(result.output, at.field("output")), context });
      case "failed":
        return changed(result, { failure: this.#failure(result.failure, at.field("failure")), context });
      case "cancelled":
        return changed(result, { reason: this.#textOrNull(result.reason), context });
      case "paused":
        return changed(result, { waitsAt: list(result.waitsAt, (path) => this.#values.name(path)), context });
      case "stopped":
        return changed(result, { context });
    }
  }
}

interface AgentSchemas extends Spoken {
  readonly output: readonly SchemaPart[];
}

function spokenBy(agents: Golden["agents"]): ReadonlyMap<string, AgentSchemas> {
  return new Map(Object.entries(agents).map(([path, agent]) => [path, schemasOf(agent)]));
}

function schemasOf({ outputSchema, tools }: GoldenAgent): AgentSchemas {
  const output = outputSchema === null ? [] : [{ schema: outputSchema, document: outputSchema }];
  const inputs = tools.map(({ name, inputSchema }) => [name, { schema: inputSchema, document: inputSchema }] as const);
  return { output, texts: [...output, ...inputs.map(([, part]) => part)], tools: new Map(inputs) };
}

/** The agent that an operation belongs to: its path is the beginning of the operation's. */
function agentOf(path: GoldenOperation["path"], near: ReadonlyMap<string, AgentSchemas>): AgentSchemas | null {
  if (near.size === 0) return null;
  for (let node: string = nodePathOf(path); node !== ""; node = node.slice(0, Math.max(0, node.lastIndexOf("/")))) {
    const agent = near.get(node);
    if (agent !== undefined) return agent;
  }
  return null;
}

function hasOutput(value: unknown): value is { readonly output: { readonly value: unknown } } {
  if (typeof value !== "object" || value === null || !("output" in value)) return false;
  const { output } = value;
  return typeof output === "object" && output !== null && "value" in output;
}

/** The same with other fields; itself where they are the same. */
function changed<T extends object>(value: T, fields: Partial<T>): T {
  const isChanged = Object.entries(fields).some(([key, field]) => !Object.is(field, Reflect.get(value, key)));
  return isChanged ? { ...value, ...fields } : value;
}

/** Each of a list as something else; the list itself where all are the same. */
function list<T>(items: readonly T[], each: (item: T) => T): readonly T[] {
  const made = items.map(each);
  return made.every((item, index) => Object.is(item, items[index])) ? items : made;
}
