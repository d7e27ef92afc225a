import { addCost, FREE } from "./cost.ts";
import { DEFAULT_ENDINGS, type Ending } from "./ending.ts";
import type {
  Decision,
  DecisionsMade,
  Entry,
  FrameDone,
  OperationFinished,
  OperationIntended,
  RunFinished,
  RunStarted,
  WaitOpened,
} from "./entry.ts";
import { isPlainObject } from "../base/json.ts";
import { withoutAttempt } from "./path.ts";
import type { ProgressEvent, RunEvent } from "./run-event.ts";
import type { AttemptView, NodeView, RunView } from "./view-data.ts";
import { addUsage, NO_USAGE } from "./usage.ts";
import { openCalls, passUp, settleAllCalls, settleCallsBefore } from "./view-calls.ts";
import type { EndKind } from "./view-places.ts";
import { attemptOf } from "./view-places.ts";
import type { Draft } from "./view-tree.ts";
import { spend, ViewTree } from "./view-tree.ts";

type RunDraft = { -readonly [Key in Exclude<keyof RunView, "root">]: RunView[Key] };

/**
 * Folds a run's history into its {@link RunView}, event by event, with the work of one event independent of how much
 * came before: what this fold has made itself it changes in place, what it was given it copies first. `view` is
 * therefore good until the next event; whoever keeps views uses `applyEvent`.
 */
export class ViewFold {
  readonly #run: RunDraft;
  readonly #tree: ViewTree;

  constructor(view: RunView) {
    const { root, ...run } = view;
    this.#run = run;
    this.#tree = new ViewTree(root);
  }

  /** The view of everything so far. */
  get view(): RunView {
    return { ...this.#run, root: this.#tree.root };
  }

  apply(event: RunEvent): this {
    this.#run.runId ??= event.runId;
    if (event.family === "entry") return this.applyEntry(event.entry);
    this.#begin(event);
    return this;
  }

  applyEntry(entry: Entry): this {
    this.#run.lastAtMs = Math.max(this.#run.lastAtMs, entry.atMs);
    switch (entry.type) {
      case "run-started":
        this.#start(entry);
        break;
      case "operation-intended":
        this.#intend(entry);
        break;
      case "operation-finished":
        this.#finish(entry);
        break;
      case "decisions-made":
        this.#decide(entry);
        break;
      case "wait-opened":
        this.#wait(entry);
        break;
      case "frame-done":
        this.#done(entry);
        break;
      case "run-finished":
        this.#end(entry);
        break;
      case "signal-taken":
        break; // what came of it is the outcome of the pause it was for
    }
    return this;
  }

  #start(entry: RunStarted): void {
    const run = this.#run;
    run.input = entry.input;
    run.context = entry.context;
    run.model = entry.model;
    run.thread = entry.thread;
    run.startedAtMs = entry.atMs;
    this.#at(entry.key, null, entry.atMs);
  }

  /** What goes on is not on record, and is void where an outcome of the same attempt, or a later one, is. */
  #begin(event: ProgressEvent): void {
    if (event.type !== "operation-started" || event.op === "decide") return;
    const { op, path, name, attempt, atMs } = event;
    const nodes = this.#reach(withoutAttempt(path), op, atMs);
    const [above, node] = lastTwo(nodes);
    if (node.endedAtMs !== null && node.attempts >= attempt) return;
    resume(node, attempt);
    node.name = name;
    passUp(node, above);
  }

  #intend({ key, op, request, atMs }: OperationIntended): void {
    const [above, node] = lastTwo(this.#reach(withoutAttempt(key), op === "decide" ? null : op, atMs));
    resume(node, attemptOf(key));
    const asked = op === "tool" && isPlainObject(request) ? request["input"] : request;
    if (node.request === undefined) node.request = asked;
    passUp(node, above);
  }

  #finish(entry: OperationFinished): void {
    const { key, op, name, outcome, atMs, seq, startedAtMs } = entry;
    const path = withoutAttempt(key);
    const nodes = this.#reach(path, op, startedAtMs);
    const [above, node] = lastTwo(nodes);
    node.name = name;
    const attempt = attemptOf(key);
    if (attempt === 1) node.startedAtMs = startedAtMs; // progress may have guessed it
    node.attempts = Math.max(node.attempts, attempt);
    node.endedAtMs = atMs;
    node.seq = seq;
    node.status = outcome.status;
    if (outcome.status === "succeeded") node.output = outcome.value;
    node.failure = outcome.status === "failed" ? outcome.failure : null;
    node.outcomes = [...node.outcomes, attemptMade(entry, attempt)];
    this.#run.recorded++;
    if (op === "human") this.#run.pauses = this.#run.pauses.filter((pause) => pause !== path);
    const { usage = NO_USAGE, cost = FREE } = outcome;
    this.#run.usage = addUsage(this.#run.usage, usage);
    this.#run.cost = addCost(this.#run.cost, cost);
    spend(nodes, usage, cost);
    if (op === "model") {
      if (above !== undefined) above.name = name; // it is the agent's
      openCalls(this.#tree, node, atMs);
    }
    passUp(node, above);
  }

  #decide({ decisions }: DecisionsMade): void {
    for (const decision of decisions) {
      this.#run.recorded++;
      const [, owner = "", about = ""] = /^(.*)\/\?(\w+)$/s.exec(decision.key) ?? [];
      if (owner !== "") this.#noteDecision(owner, about, decision);
    }
  }

  #noteDecision(owner: string, about: string, { atMs, outcome }: Decision): void {
    const [above, node] = lastTwo(this.#reach(owner, DECIDED_OF[about] ?? null, atMs));
    node.decisions = [...node.decisions, { about, atMs, outcome }];
    if (about === "key" && outcome.status === "succeeded") node.key = keyTaken(outcome.value);
    if (outcome.status === "succeeded" || about === "approval" || about === "context") return; // a person is asked, or the composite fails
    const failed = about === "arguments" && node.kind === "approval" ? (above ?? node) : node;
    failed.failure = outcome.failure;
    if (about !== "tools" && about !== "arguments") return;
    failed.status = "failed";
    failed.endedAtMs = atMs;
  }

  #wait({ key, name, show, answerSchema, atMs, waitsFor }: WaitOpened): void {
    const node = this.#at(key, waitsFor === "approval" ? "approval" : "human", atMs);
    node.name = name;
    node.status = "waiting";
    node.question = { show, answerSchema };
    this.#run.pauses = [...this.#run.pauses, key];
  }

  #done({ key, result, outputAt, seq }: FrameDone): void {
    const [above, node] = lastTwo(this.#reach(key, null, result.startedAtMs));
    const { metadata } = result;
    node.name = result.name;
    node.status = result.status;
    node.attempts = Math.max(node.attempts, result.attempts);
    node.usage = result.usage;
    node.cost = result.cost;
    node.startedAtMs = result.startedAtMs;
    node.endedAtMs = result.startedAtMs + result.latencyMs;
    if (typeof metadata["key"] === "string") node.key = metadata["key"];
    if (typeof metadata["items"] === "number") {
      node.items = metadata["items"];
      node.kind = "map";
    }
    if (typeof metadata["turns"] === "number") node.kind = "agent";
    if (result.status === "succeeded") node.output = outputAt === null ? result.output : outputBelow(node, outputAt);
    node.failure = result.status === "failed" ? result.failure : null;
    node.seq = seq;
    if (node.kind === "agent") settleAllCalls(this.#tree, node, { end: result, atMs: node.endedAtMs });
    passUp(node, above);
  }

  #end({ end, usage, cost, key, atMs }: RunFinished): void {
    const run = this.#run;
    run.end = end;
    run.usage = usage;
    run.cost = cost;
    run.pauses = [];
    const root = this.#at(key, null, atMs);
    root.endedAtMs ??= atMs;
    root.status = end.status === "succeeded" ? "succeeded" : "failed";
    if (end.status === "succeeded" && root.output === undefined) root.output = end.output;
    if (end.status === "failed") root.failure ??= end.failure;
    if (root.kind === "agent") settleAllCalls(this.#tree, root, { end, atMs }); // no other entry tells that the root is over
  }

  /** The nodes from the root to what stands at a path. A turn that is new says that the calls of the one before are over. */
  #reach(path: string, end: EndKind, atMs: number): readonly Draft[] {
    const nodes = this.#tree.reach(path, end, atMs);
    const [above, node] = lastTwo(nodes);
    if (node.kind === "turn" && node.seq === null && above !== undefined) settleCallsBefore(this.#tree, above, node);
    return nodes;
  }

  #at(path: string, end: EndKind, atMs: number): Draft {
    return lastTwo(this.#reach(path, end, atMs))[1];
  }
}

/** By what was decided: the kind of its owner, as far as that tells. */
const DECIDED_OF: Readonly<Record<string, EndKind>> = {
  key: "branch",
  show: "human",
  instructions: "agent",
  history: "agent",
  tools: "model",
};

/** Branches are picked by texts, numbers and booleans; anything else was a mistake, and is no key. */
function keyTaken(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function lastTwo(nodes: readonly Draft[]): readonly [above: Draft | undefined, last: Draft] {
  return [nodes.at(-2), nodes[nodes.length - 1] as Draft]; // a path has at least one node
}

function resume(node: Draft, attempt: number): void {
  node.attempts = Math.max(node.attempts, attempt);
  node.status = "running";
  node.endedAtMs = null;
}

function attemptMade({ op, startedAtMs, atMs, outcome }: OperationFinished, attempt: number): AttemptView {
  const { usage = NO_USAGE, cost = FREE } = outcome;
  const failure = outcome.status === "failed" ? outcome.failure : null;
  const ending = op === "model" && outcome.status === "succeeded" ? endingOf(outcome.value) : null;
  return { attempt, startedAtMs, endedAtMs: atMs, usage, cost, failure, ending };
}

/** How a model's turn ended that is no answer. */
function endingOf(turn: unknown): AttemptView["ending"] {
  if (!isPlainObject(turn) || !isPlainObject(turn["output"])) return null;
  const { ok, ending, problem } = turn["output"] as { readonly ok?: unknown; readonly ending?: unknown; readonly problem?: unknown };
  return ok === false && isEnding(ending) ? { ending, problem: typeof problem === "string" ? problem : "" } : null;
}

function isEnding(word: unknown): word is Ending {
  return typeof word === "string" && Object.hasOwn(DEFAULT_ENDINGS, word);
}

/** The value of the operation with this seq, which a `frame-done` points to instead of repeating it. */
function outputBelow(node: NodeView, seq: number): unknown {
  for (const child of [...node.children.values()].reverse()) {
    if (child.seq === seq) return child.output;
    const found = outputBelow(child, seq);
    if (found !== undefined) return found;
  }
  return undefined;
}
