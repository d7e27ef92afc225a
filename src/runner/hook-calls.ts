import { messageOf } from "../base/errors.ts";
import { isThenable } from "../base/thenable.ts";
import { endedBadly } from "../core/agent/ask-model.ts";
import type { ExecutionFrame } from "../core/execution-frame.ts";
import type { ModelOp, Op, ToolOp } from "../core/program.ts";
import { FREE } from "../model/cost.ts";
import type { Recorded } from "../model/entry.ts";
import type { Failure } from "../model/failure.ts";
import type { RetryPolicy } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import type { Pause, RunResult } from "../model/run-result.ts";
import type { StepResult } from "../model/step-result.ts";
import type { ModelTurn } from "../model/transcript.ts";
import { NO_USAGE } from "../model/usage.ts";
import { mayRetry } from "../resilience/decide-retry.ts";
import type { LiveWatch } from "../runtime/live-watch.ts";
import type { FailureEvent, HookEvent, HookEventOf, HookName, Hooks } from "./hooks.ts";
import { HOOK_NAMES } from "./hooks-given.ts";

/** What the hooks of one run are called with. */
export interface HookCallsParts {
  /** In the order in which they are called. */
  readonly hooks: readonly Hooks[];
  readonly runId: string;
  readonly pipeline: string;
  /** The model that every agent of this run uses instead of its own, or null. */
  readonly model: string | null;
  readonly abort: (reason: string) => void;
}

/** Calls the hooks of one run with what it does. What a hook throws is reported, and changes nothing. */
export class HookCalls implements LiveWatch {
  readonly #runId: string;
  readonly #model: string | null;
  readonly #about: HookEvent;
  /** Those that have a hook of the name: for a name that nobody has, no event is made. */
  readonly #having: ReadonlyMap<HookName, readonly Hooks[]>;
  /** How often each hook has thrown. */
  readonly #thrown = new Map<HookName, Map<Hooks, number>>();
  /** Failures that were told where they arose. */
  readonly #told = new WeakSet<Failure>();

  constructor({ hooks, runId, pipeline, model, abort }: HookCallsParts) {
    this.#runId = runId;
    this.#model = model;
    this.#about = { runId, pipeline, abort };
    this.#having = new Map(HOOK_NAMES.map((name) => [name, hooks.filter((each) => each[name] !== undefined)]));
  }

  runStarts(input: unknown, isResumed: boolean): void {
    this.#call("onRunStart", () => ({ ...this.#about, input, isResumed }));
  }

  runEnded(result: RunResult<unknown> | null, error: unknown, latencyMs: number): void {
    this.#call("onRunEnd", () => ({ ...this.#about, result, error, latencyMs }));
    this.#reportMore();
  }

  waits({ id, name, waitsFor, show, answerSchema }: Pause): void {
    this.#call("onPause", () => ({ ...this.#about, path: id, name, waitsFor, show, answerSchema }));
  }

  /** Attempts at a node are not told as beginnings of it: it began once. */
  stepStarts({ key, node, input, attempt }: ExecutionFrame, isResumed: boolean): void {
    if (attempt > 0) return;
    this.#call("onStepStart", () => ({ ...this.#about, path: key, name: node.name, kind: node.kind, input, isResumed }));
  }

  stepEnded({ node, input, attempt }: ExecutionFrame, result: StepResult): void {
    const { path, name, status, attempts, usage, cost, latencyMs } = result;
    const failure = result.status === "failed" ? result.failure : null;
    if (attempt > 0) return this.#attempted({ key: path, name, kind: node.kind, attempt }, node.policy?.retry ?? null, failure);
    const output = result.status === "succeeded" ? result.output : undefined;
    this.#call("onStepEnd", () => {
      const about = { ...this.#about, path, name, kind: node.kind, input };
      return { ...about, status, output, failure, attempts, usage, cost, latencyMs };
    });
    if (failure !== null) this.#failed({ path, name, kind: node.kind, attempt: attempts, failure, willRetry: false });
  }

  operationStarts(op: Op): void {
    if (op.kind === "model") this.#modelStarts(op);
    else if (op.kind === "tool") this.#call("onToolStart", () => ({ ...this.#ofTool(op), callId: op.call.callId }));
  }

  operationEnded(op: Op, outcome: Recorded, latencyMs: number): void {
    switch (op.kind) {
      case "model":
        this.#modelEnded(op, outcome as Recorded<ModelTurn>, latencyMs);
        this.#attempted(op, op.node.retry, modelFailure(op, outcome as Recorded<ModelTurn>));
        break;
      case "tool":
        this.#toolEnded(op, outcome, latencyMs);
        this.#attempted(op, op.tool.retry, failureOf(outcome));
        break;
      case "step":
        this.#attempted(op, op.node.retry ?? op.node.policy?.retry ?? null, failureOf(outcome));
        break;
      case "decide": // what fails for it is told where it ends a node
      case "human":
      case "signal":
      case "sleep":
        break;
    }
  }

  #ofModel({ key, name, node, attempt, asks }: ModelOp) {
    return { ...this.#about, path: key, name, model: this.#model ?? node.model, attempt, asks };
  }

  #modelStarts(op: ModelOp): void {
    const { instructions, input, transcript } = op;
    this.#call("onModelStart", () => {
      const tools = op.tools.map(({ name }) => name);
      return { ...this.#ofModel(op), instructions, input, transcript, tools };
    });
  }

  #modelEnded(op: ModelOp, outcome: Recorded<ModelTurn>, latencyMs: number): void {
    const { usage = NO_USAGE, cost = FREE } = outcome;
    this.#call("onModelEnd", () => {
      const about = { ...this.#ofModel(op), usage, cost, latencyMs };
      if (outcome.status === "failed") return { ...about, finish: null, text: null, toolCalls: [], failure: outcome.failure };
      const { finish, text, toolCalls } = outcome.value;
      return { ...about, finish, text, toolCalls, failure: null };
    });
  }

  #ofTool({ key, name, node, attempt, call }: ToolOp) {
    return { ...this.#about, path: key, name, agent: node.name, attempt, input: call.input };
  }

  #toolEnded(op: ToolOp, outcome: Recorded, latencyMs: number): void {
    this.#call("onToolEnd", () => {
      if (outcome.status === "failed") return { ...this.#ofTool(op), output: undefined, failure: outcome.failure, latencyMs };
      const output = op.tool.runner.kind === "server" ? (outcome.value as { readonly value: unknown }).value : outcome.value;
      return { ...this.#ofTool(op), output, failure: null, latencyMs };
    });
  }

  #attempted({ key, name, kind, attempt }: AttemptAbout, retry: RetryPolicy | null, failure: Failure | null): void {
    if (failure === null) return;
    const willRetry = retry !== null && mayRetry(retry, failure, attempt);
    this.#failed({ path: key, name, kind, attempt, failure, willRetry });
  }

  /** What was told to stop has not failed. */
  #failed(what: Omit<FailureEvent, keyof HookEvent>): void {
    if (what.failure.code === "cancelled" || this.#told.has(what.failure)) return;
    this.#told.add(what.failure);
    this.#call("onFailure", () => ({ ...this.#about, ...what }));
  }

  #call<N extends HookName>(name: N, eventOf: () => HookEventOf<N>): void {
    const having = this.#having.get(name);
    if (having === undefined || having.length === 0) return;
    const event = eventOf();
    Object.freeze(event);
    for (const hooks of having) {
      try {
        const hook = hooks[name] as (this: Hooks, event: HookEventOf<N>) => unknown;
        const returned = hook.call(hooks, event);
        if (isThenable(returned)) returned.then(undefined, (error: unknown) => this.#report(name, hooks, error));
      } catch (error) {
        this.#report(name, hooks, error);
      }
    }
  }

  /** The first time at once; what comes after is only counted, lest a hook that always throws drowns everything else. */
  #report(name: HookName, hooks: Hooks, error: unknown): void {
    const counts = this.#thrown.get(name) ?? new Map<Hooks, number>();
    const before = counts.get(hooks) ?? 0;
    this.#thrown.set(name, counts.set(hooks, before + 1));
    if (before === 0) process.emitWarning(`The hook ${name} of run ${this.#runId} threw: ${messageOf(error)}`, "FlujoWarning");
  }

  #reportMore(): void {
    const more = [...this.#thrown].map(([name, counts]) => [name, sum(counts) - counts.size] as const).filter(([, times]) => times > 0);
    if (more.length === 0) return;
    const said = more.map(([name, times]) => `${name} ${times} times`).join(", ");
    process.emitWarning(`Hooks of run ${this.#runId} threw again after that was reported: ${said}.`, "FlujoWarning");
  }
}

/** Which attempt at what. */
interface AttemptAbout extends Pick<FailureEvent, "name" | "kind" | "attempt"> {
  readonly key: InstancePath;
}

function sum(counts: ReadonlyMap<Hooks, number>): number {
  let all = 0;
  for (const count of counts.values()) all += count;
  return all;
}

function failureOf(outcome: Recorded): Failure | null {
  return outcome.status === "failed" ? outcome.failure : null;
}

/** A call that failed, or one whose answer is declared to be tried again. */
function modelFailure(op: ModelOp, outcome: Recorded<ModelTurn>): Failure | null {
  if (outcome.status === "failed") return outcome.failure;
  const { output } = outcome.value;
  if (op.asks !== "turn" || output?.ok !== false || op.node.endings[output.ending] !== "retry") return null;
  return { ...endedBadly(op.key, output), retryable: true };
}
