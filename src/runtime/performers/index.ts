import { assertNever } from "../../base/assert-never.ts";
import { FlujoError } from "../../base/errors.ts";
import { checkWith } from "../../base/schema.ts";
import type { Clock } from "../../base/clock.ts";
import { fieldOf } from "../../core/context/apply-patch.ts";
import type { ContextState } from "../../core/context/context-state.ts";
import type { DecideOp, DecisionAbout, Op, StepOp, ToolOp } from "../../core/program.ts";
import type { Patch } from "../../model/patch.ts";
import type { Recorded } from "../../model/entry.ts";
import type { CacheBackend } from "../../model/cache-backend.ts";
import type { InstancePath, NodePath } from "../../model/path.ts";
import { nodePathOf } from "../../model/path.ts";
import type { Bindings } from "../../plan/bindings.ts";
import type { ContextDefinition, ResourceDefinitions } from "../../plan/definition.ts";
import type { ModelPort } from "../model-port.ts";
import type { Intent, OpHandle, Performer } from "../performer.ts";
import { ONE_TOOL_CALL } from "../../model/usage.ts";
import type { SpawnPort } from "../spawn-port.ts";
import type { ThreadPort } from "../thread-port.ts";
import type { ToolServerPort } from "../tool-server-port.ts";
import { decideForAgent } from "./agent-decisions.ts";
import { decideControl } from "./decisions.ts";
import { callIntent, callModel, modelIntent } from "./model.ts";
import { misfitOutcome, thrownOutcome } from "./outcomes.ts";
import { contextOf, isOwn, reducedIn } from "./own-reducers.ts";
import { ReducerFault } from "./reducer-fault.ts";
import { callServerTool } from "./server-tool.ts";
import { ResourceScopes } from "./resource-scopes.ts";
import { RunCache } from "./run-cache.ts";
import type { Work } from "./work.ts";
import { calledOff, doWork } from "./work.ts";
import type { RunFacts } from "./work-context.ts";
import { refuseOutside } from "./context-limits.ts";
import { visibleContext, WorkContext } from "./work-context.ts";

/** What {@link BoundPerformer} works with. */
export interface PerformerParts {
  readonly bindings: Bindings;
  readonly models: ModelPort;
  /** The model every agent of this run uses instead of its own, or null. */
  readonly modelOverride: string | null;
  readonly run: RunFacts;
  readonly threads: ThreadPort;
  /** Where caches keep what they have, unless they name another place. */
  readonly cache: CacheBackend;
  readonly spawns: SpawnPort;
  readonly toolServers: ToolServerPort;
  readonly clock: Clock;
  /** How long a resource may take to close, in milliseconds. */
  readonly graceMs: number;
}

/** Performs operations with the code that is bound to the plan's nodes. */
export class BoundPerformer implements Performer {
  readonly #parts: PerformerParts;
  /** Made with the first work that uses a resource. */
  #scopes: ResourceScopes | null = null;
  /** Made with the first cache. */
  #cache: RunCache | null = null;

  constructor(parts: PerformerParts) {
    this.#parts = parts;
  }

  intentOf(op: Op): Intent | null {
    switch (op.kind) {
      case "model":
        return modelIntent(op, this.#parts.modelOverride ?? op.node.model);
      case "tool":
        return callIntent(op.fingerprint, { name: op.call.name, input: op.call.input });
      case "step":
        return op.node.effect === "once" ? callIntent(op.fingerprint, { input: op.input }) : null;
      case "decide":
      case "human":
      case "signal":
      case "sleep":
        return null;
    }
  }

  perform(op: Op, handle: OpHandle): Recorded | Promise<Recorded> {
    switch (op.kind) {
      case "step":
        return this.#step(op, handle);
      case "tool":
        return this.#tool(op, handle);
      case "decide":
        return this.#decide(op, handle);
      case "model": {
        const agent = bound(this.#parts.bindings.agents, op.node.path);
        return callModel({ op, agent, port: this.#parts.models, override: this.#parts.modelOverride, handle });
      }
      case "human":
      case "signal":
      case "sleep":
        throw new FlujoError("pipeline_invalid", `${op.key} waits; nothing performs it.`);
      default:
        return assertNever(op);
    }
  }

  #step(op: StepOp, handle: OpHandle): Recorded | Promise<Recorded> {
    const { bindings } = this.#parts;
    const { run: work, input, output, resources } = bound(bindings.steps, op.node.path);
    const context = new WorkContext(op, handle, this.#parts);
    const contextDefinition = contextOf(bindings, op.context);
    const about = { op, run: work, input, output, value: op.input, context, contextDefinition, failsWith: "step_failed" } as const;
    return resources === null ? doWork(about) : this.#withResources(about, resources);
  }

  /**
   * Opens what the work uses, does it, and closes what was opened for it alone, however it has ended. What the work came to
   * does not wait for that: work that is done must not be done again because something could not be closed in time.
   */
  async #withResources(work: Work, resources: ResourceDefinitions): Promise<Recorded> {
    const { op, context } = work;
    const { key } = op;
    const { bindings, run, clock, graceMs } = this.#parts;
    const scopes = (this.#scopes ??= new ResourceScopes({ runId: run.runId, bindings, clock, graceMs }));
    try {
      const opened = await scopes.acquire(key, resources, context.signal);
      if (opened === null) return calledOff(work); // it has not begun, and does not begin
      context.use(opened);
      return await doWork(work);
    } catch (error) {
      const outcome = thrownOutcome(key, error, "resource_failed");
      return outcome.status === "failed" ? { ...outcome, failure: { ...outcome.failure, retryable: true } } : outcome;
    } finally {
      if (!bindings.resources.has(nodePathOf(key))) scopes.letGo(key);
    }
  }

  attemptEnded(key: InstancePath): void {
    this.#scopes?.letGo(key);
    this.#cache?.frameEnded(key);
  }

  waitOpens(key: InstancePath): void {
    this.#cache?.waitOpens(key);
  }

  release(): Promise<void> | void {
    this.#cache?.release();
    return this.#scopes?.closeEverything();
  }

  #tool(op: ToolOp, handle: OpHandle): Recorded | Promise<Recorded> {
    const { bindings, toolServers } = this.#parts;
    const agent = bound(bindings.agents, op.node.path);
    const { runner } = op.tool;
    if (runner.kind === "server") {
      const { connection } = bound(agent.servers, runner.server);
      return callServerTool({ op, port: toolServers, connection, tool: runner.tool, handle }).then(counted);
    }
    const { run: work, input, output, resources } = bound(agent.tools, op.tool.name);
    if (work === null) throw new FlujoError("pipeline_invalid", `${op.key} is a program; the scheduler runs it, and no performer.`);
    const context = new WorkContext(op, handle, this.#parts);
    const about = {
      op,
      run: work,
      input: op.isChecked ? null : input,
      output,
      value: op.call.input,
      context,
      contextDefinition: null,
      failsWith: "tool_failed",
    } as const;
    const doing = resources === null ? doWork(about) : this.#withResources(about, resources);
    return doing instanceof Promise ? doing.then(counted) : counted(doing);
  }

  #decide(op: DecideOp, handle: OpHandle): Recorded | Promise<Recorded> {
    const { bindings, run } = this.#parts;
    if (op.about === "context") return this.#checkContext(op);
    if (op.about === "spawn") return this.#spawn(op);
    if (op.about === "recall" || op.about === "keep") return this.#askCache(op, handle);
    try {
      const decided = decideControl({ op, bindings, initialPrompt: run.initialPrompt });
      if (decided === null) return this.#decideForAgent(op, handle);
      return decided instanceof Promise ? decided.catch((error: unknown) => decisionThrew(op, error)) : decided;
    } catch (error) {
      return decisionThrew(op, error);
    }
  }

  async #spawn(op: DecideOp): Promise<Recorded> {
    const { bindings, spawns } = this.#parts;
    try {
      const compiled = bound(bindings.background, op.node);
      return { status: "succeeded", value: await spawns.spawn({ compiled, key: op.key, input: op.value }) };
    } catch (error) {
      return decisionThrew(op, error);
    }
  }

  #askCache(op: DecideOp, handle: OpHandle): Recorded | Promise<Recorded> {
    const { bindings, cache: backend, modelOverride: model, clock } = this.#parts;
    this.#cache ??= new RunCache({ bindings, backend, model, clock });
    return op.about === "keep" ? this.#cache.keep(op) : this.#cache.recall(op, handle.signal);
  }

  #decideForAgent(op: DecideOp, handle: OpHandle): Promise<Recorded> {
    const { bindings, run, threads, toolServers, clock } = this.#parts;
    const { runId, thread } = run;
    const initialPrompt = op.context.nested?.initialPrompt ?? run.initialPrompt;
    const about = {
      get context() {
        return visibleContext(op.context);
      },
      initialPrompt,
    };
    const agent = bound(bindings.agents, op.node);
    const { signal } = handle;
    return decideForAgent({ op, agent, about, runId, thread, threads, toolServers, atMs: clock.now(), signal }).catch((error: unknown) =>
      decisionThrew(op, error),
    );
  }

  /** Whether the context fits as it is; with what is about to be written to it, where that is not in it yet. */
  #checkContext(op: DecideOp): Recorded | Promise<Recorded> {
    const definition = contextOf(this.#parts.bindings, op.context);
    const verdict = (checked: Awaited<ReturnType<typeof checkWith>>, value: unknown): Recorded =>
      checked.ok
        ? { status: "succeeded", value }
        : misfitOutcome(op.key, checked.issues, { code: "context_invalid", what: "the context", retryable: false });
    try {
      const { context, after } = sunkIn(definition, op);
      if (definition === null) return { status: "succeeded", value: after };
      const checked = checkWith(definition.schema, context.value());
      if (!(checked instanceof Promise)) return verdict(checked, after);
      return checked.then(
        (said) => verdict(said, after),
        (error: unknown) => decisionThrew(op, error),
      );
    } catch (error) {
      return decisionThrew(op, error);
    }
  }
}

/** The context after what is about to be written to it, and what that makes of a field with a reducer of the author's own; null for others. */
function sunkIn(
  definition: ContextDefinition | null,
  { context, detail }: DecideOp,
): { readonly context: ContextState; readonly after: unknown } {
  if (detail === undefined) return { context, after: null };
  const patch = detail as Patch; // the handler has made it
  refuseOutside(context.limits, [patch]);
  if (patch.op !== "contribute" || !isOwn(context, patch.field)) return { context, after: null }; // it is in there already
  const writes = reducedIn(definition, context, [patch]);
  const sunk = context.with(writes);
  return { context: sunk, after: { value: fieldOf(sunk.value(), patch.field) } };
}

const WHAT_DECIDES = {
  key: "the function that picks the branch",
  route: "the function that names the branches",
  guard: "the function that says whether a transition is taken",
  show: "the function that says what to show",
  context: "the context's schema",
  contributions: "a reducer of the context",
  until: "the function that says when it is enough",
  next: "the function that makes the next input",
  output: "the function that makes the loop's output",
  accept: "the function that says whether a check accepts",
  reduce: "the reducer",
  screen: "a function",
  wake: "the function that says when it goes on",
  enter: "the function that makes its context",
  leave: "the function that says what it sets of the context around it",
  cacheKey: "the function that says what stands for the input",
  recall: "the cache",
  keep: "the cache",
  spawn: "the start of a run",
  retryOn: "the function that says whether it is tried again",
  plugin: "a plugin",
  validate: "a validator",
  failed: "the function that is told of its failure",
  default: "the function that gives a value in place of a failure",
  instructions: "the function that gives the instructions",
  tools: "the list of its servers' tools",
  arguments: "the schema of a tool's arguments",
  approval: "the function that says whether a call needs approval",
  prompt: "a prompt processor",
  processed: "an output processor",
  history: "the thread's history",
  asked: "the schema of the agent's input",
  remember: "the thread",
} as const satisfies Record<DecisionAbout, string>;

function decisionThrew(op: DecideOp, error: unknown): Recorded {
  const outcome = thrownOutcome(op.key, error, "decision_failed");
  if (outcome.status !== "failed" || (FlujoError.is(error) && op.about === "tools")) return outcome; // what a server said of itself says it all
  if (error instanceof ReducerFault) return { ...outcome, failure: { ...outcome.failure, retryable: false } };
  const message = outcome.failure.message.replace(`${op.key}: `, "");
  return {
    status: "failed",
    failure: { ...outcome.failure, message: `${op.key}: ${WHAT_DECIDES[op.about]} of "${op.name}" threw: ${message}`, retryable: false },
  };
}

function counted(recorded: Recorded): Recorded {
  return { ...recorded, usage: ONE_TOOL_CALL };
}

function bound<K extends NodePath | string, V>(map: ReadonlyMap<K, V>, key: K): V {
  const found = map.get(key);
  if (found === undefined) throw new FlujoError("plan_changed", `Nothing in the code now loaded stands for ${key}.`);
  return found;
}
