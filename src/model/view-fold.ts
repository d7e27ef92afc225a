import { addCost, FREE } from "./cost.ts";
import type {
  CancelRequested,
  CodeAccepted,
  Decision,
  DecisionsMade,
  Entry,
  FrameDone,
  OperationFinished,
  OperationIntended,
  RunEnd,
  RunFinished,
  RunStarted,
  WaitOpened,
} from "./entry.ts";
import { isPlainObject } from "../base/json.ts";
import type { ProgressEvent, RunEvent } from "./run-event.ts";
import type { NodeView, RunView, ViewKind } from "./view-data.ts";
import { addUsage, NO_USAGE } from "./usage.ts";
import { attemptBegins, attemptEnded, deadlineOf, endLastAttempt, noteAttempt, operationAttempt, timeIsOver } from "./view-attempts.ts";
import { openCalls, passUp, settleAllCalls, settleCallsBefore } from "./view-calls.ts";
import { ASKED_BY_LOOPS, DECIDED_IN_ATTEMPT, DECIDED_OF, LEAVES_IT_TO_OTHERS } from "./view-decided.ts";
import type { WayOptions } from "./view-places.ts";
import { attemptOf, attemptSaidBy } from "./view-places.ts";
import type { StepResult } from "./step-result.ts";
import { settleRounds, settleRoundsBefore } from "./view-rounds.ts";
import type { Draft } from "./view-tree.ts";
import { isOfPolicy, outputBelow, spend, statusOfFailure, ViewTree } from "./view-tree.ts";

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
      case "cancel-requested":
        this.#callOff(entry);
        break;
      case "code-accepted":
        this.#acceptCode(entry);
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
    this.#at(entry.key, entry.atMs);
  }

  #callOff({ atMs, reason }: CancelRequested): void {
    this.#run.cancelRequested = { atMs, reason };
  }

  #acceptCode({ atMs, changes }: CodeAccepted): void {
    this.#run.codeAccepted = [...this.#run.codeAccepted, { atMs, changes }];
  }

  /** What goes on is not on record, and is void where an outcome of the same attempt, or a later one, is. */
  #begin(event: ProgressEvent): void {
    if (event.type !== "operation-started" || event.op === "decide") return;
    const { op, path, name, attempt, atMs } = event;
    const nodes = this.#reach(path, { end: op }, atMs);
    const [above, node] = lastTwo(nodes);
    if (node.endedAtMs !== null && node.attempts >= attempt) return;
    reopen(nodes);
    this.#resume(node, { attempt, atMs });
    node.name = name;
    passUp(node, above);
  }

  #resume(node: Draft, begun: { readonly attempt: number; readonly atMs: number }): void {
    attemptBegins(this.#tree, node, begun);
    node.status = "running";
    node.endedAtMs = null;
  }

  #intend({ key, op, request, atMs }: OperationIntended): void {
    const nodes = this.#reach(key, { end: op === "decide" ? null : op }, atMs);
    const [above, node] = lastTwo(nodes);
    reopen(nodes);
    this.#resume(node, { attempt: attemptOf(key), atMs });
    const asked = op === "tool" && isPlainObject(request) ? request["input"] : request;
    if (node.request === undefined) node.request = asked;
    passUp(node, above);
  }

  #finish(entry: OperationFinished): void {
    const { key, op, name, outcome, atMs, seq, startedAtMs } = entry;
    this.#run.recorded++;
    const deadline = deadlineOf(key);
    if (deadline !== null) {
      if (deadline.about === "time") timeIsOver(this.#at(deadline.of, startedAtMs), entry);
      return;
    }
    const nodes = this.#reach(key, { end: op }, startedAtMs);
    const [above, node] = lastTwo(nodes);
    reopen(nodes);
    node.name = name;
    const attempt = attemptOf(key);
    if (attempt === 1) node.startedAtMs = startedAtMs; // progress may have guessed it
    attemptBegins(this.#tree, node, { attempt, atMs: startedAtMs });
    node.endedAtMs = atMs;
    node.seq = seq;
    if (outcome.status === "succeeded") node.output = outcome.value;
    node.failure = noteAttempt(node, operationAttempt(entry, attempt));
    node.status = node.failure === null ? "succeeded" : statusOfFailure(node.failure);
    if (this.#run.pauses.length > 0) this.#run.pauses = this.#run.pauses.filter((pause) => pause !== key);
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
      const [, owner = "", about = ""] = /^(.*)\/\?([^/]*)$/s.exec(decision.key) ?? [];
      if (owner !== "") this.#noteDecision(owner, about, decision);
    }
  }

  #noteDecision(owner: string, about: string, { atMs, outcome }: Decision): void {
    const nodes = this.#reach(owner, { end: DECIDED_OF[about] ?? null, intoAttempt: DECIDED_IN_ATTEMPT.has(about) }, atMs);
    const [above, node] = lastTwo(nodes);
    node.decisions = [...node.decisions, { about, attempt: attemptOf(owner), atMs, outcome }];
    if (ASKED_BY_LOOPS.has(about)) learn(nodes.slice(0, -1), "loop");
    if (about === "screen") learn(owner.endsWith("]") ? nodes.slice(0, -1) : nodes, "search");
    if (about.startsWith("guard ")) learn(nodes.slice(0, -1), "machine");
    if (about === "accept") learn(nodes.slice(0, -1), "refine");
    if (about === "key" && outcome.status === "succeeded") node.key = keyTaken(outcome.value);
    if (outcome.status === "succeeded" || LEAVES_IT_TO_OTHERS.has(about) || about.startsWith("guard ") || isOfPolicy(about)) return;
    const failed = about === "arguments" && node.kind === "approval" ? (above ?? node) : node;
    failed.failure = outcome.failure;
    if (about !== "tools" && about !== "arguments") return;
    failed.status = statusOfFailure(outcome.failure);
    failed.endedAtMs = atMs;
  }

  #wait({ key, name, show, answerSchema, atMs, waitsFor, wakeAtMs }: WaitOpened): void {
    const nodes = this.#reach(key, { end: WAIT_KINDS[waitsFor] }, atMs);
    const [, node] = lastTwo(nodes);
    reopen(nodes);
    this.#resume(node, { attempt: attemptOf(key), atMs });
    node.name = name;
    node.status = "waiting";
    node.wait = { waitsFor, sinceMs: atMs, wakeAtMs: wakeAtMs ?? null };
    if (waitsFor !== "time") node.question = { show, answerSchema };
    this.#run.pauses = [...this.#run.pauses, key];
  }

  #done(entry: FrameDone): void {
    const { key, result, outputAt, seq } = entry;
    const nodes = this.#reach(key, { end: null }, result.startedAtMs);
    const [above, node] = lastTwo(nodes);
    const kind = kindToldBy(result.metadata);
    if (kind !== null) learn([node], kind);
    const attempt = attemptSaidBy(key);
    if (attempt !== null) {
      const tried = attemptEnded(this.#tree, node, { entry, attempt });
      if (kind !== null) learn([tried], kind);
      settleRounds(this.#tree, tried);
      if (tried.kind === "agent") settleAllCalls(this.#tree, tried, { end: result, atMs: result.startedAtMs + result.latencyMs });
      return;
    }
    const { metadata } = result;
    node.name = result.name;
    node.status = result.status === "succeeded" ? "succeeded" : statusOfFailure(result.failure);
    node.attempts = Math.max(node.attempts, result.attempts);
    node.usage = result.usage;
    node.cost = result.cost;
    node.startedAtMs = result.startedAtMs;
    node.endedAtMs = result.startedAtMs + result.latencyMs;
    node.metadata = metadata;
    if (typeof metadata["key"] === "string") node.key = metadata["key"];
    if (typeof metadata["items"] === "number") node.items = metadata["items"];
    if (result.status === "succeeded") node.output = outputAt === null ? result.output : outputBelow(node, outputAt);
    node.failure = result.status === "failed" ? result.failure : null;
    node.seq = seq;
    endLastAttempt(this.#tree, node);
    settleRounds(this.#tree, node);
    if (node.kind === "agent") this.#settle(node, { end: result, atMs: node.endedAtMs });
    passUp(node, above);
  }

  /** What was still waited for when the run ended is waited for no more. */
  #giveUp(path: RunView["pauses"][number], atMs: number): void {
    const node = this.#at(path, atMs);
    if (node.status !== "waiting") return;
    node.status = "cancelled";
    node.endedAtMs = atMs;
  }

  #end({ end, usage, cost, key, atMs }: RunFinished): void {
    const run = this.#run;
    run.end = end;
    run.usage = usage;
    run.cost = cost;
    for (const path of run.pauses) this.#giveUp(path, atMs);
    run.pauses = [];
    const root = this.#at(key, atMs);
    root.endedAtMs ??= atMs;
    root.status = end.status === "succeeded" && end.continuedAs !== undefined ? "continued" : end.status;
    if (end.status === "succeeded" && root.output === undefined) root.output = end.output;
    if (end.status === "failed") root.failure ??= end.failure;
    settleRounds(this.#tree, root);
    if (root.kind === "agent") this.#settle(root, { end, atMs }); // no other entry tells that the root is over
  }

  /** An agent has ended, and each of its attempts. */
  #settle(agent: Draft, ended: { readonly end: RunEnd | StepResult; readonly atMs: number }): void {
    const attempts = [...agent.children.values()].flatMap(({ attempt, segment }) => (attempt === null ? [] : [segment]));
    const each = attempts.map((segment) => this.#tree.child(agent, segment)).filter((tried) => tried !== null);
    for (const tried of attempts.length === 0 ? [agent] : each) settleAllCalls(this.#tree, tried, ended);
  }

  /** The nodes from the root to what stands at a path. A turn that is new says that the calls of the one before are over. */
  #reach(path: string, options: WayOptions, atMs: number): readonly Draft[] {
    const nodes = this.#tree.reach(path, options, atMs);
    let tried: Draft | null = null;
    for (const node of nodes) {
      if (node.attempt !== null && tried !== null) attemptBegins(this.#tree, tried, { attempt: node.attempt, atMs });
      tried = node;
    }
    settleRoundsBefore(this.#tree, nodes);
    const [above, node] = lastTwo(nodes);
    if (node.kind === "turn" && node.seq === null && above !== undefined) settleCallsBefore(this.#tree, above, node);
    return nodes;
  }

  #at(path: string, atMs: number): Draft {
    return lastTwo(this.#reach(path, { end: null }, atMs))[1];
  }
}

const WAIT_KINDS = { answer: "human", approval: "approval", signal: "signal", time: "sleep" } as const satisfies Readonly<
  Record<WaitOpened["waitsFor"], ViewKind>
>;

/** What kind of node notes this of itself when it ends; null where that does not tell. */
function kindToldBy(metadata: NodeView["metadata"]): ViewKind | null {
  if (typeof metadata["items"] === "number") return "map";
  if (typeof metadata["turns"] === "number") return "agent";
  if (typeof metadata["iterations"] === "number") return typeof metadata["accepted"] === "boolean" ? "refine" : "loop";
  if (Array.isArray(metadata["gathered"])) return "gather";
  if (typeof metadata["expanded"] === "number") return "search";
  if (typeof metadata["wakeAtMs"] === "number") return "sleep";
  if (typeof metadata["spawned"] === "string") return "background";
  if (typeof metadata["cache"] === "string") return "cache";
  if (Array.isArray(metadata["routes"])) return "route";
  if (typeof metadata["hops"] === "number") return "machine";
  if (typeof metadata["commands"] === "number") return "agenticLoop";
  if (Array.isArray(metadata["compensated"])) return "saga";
  const { winners, ignored, votes } = metadata;
  if (isPlainObject(votes)) return "gate";
  if (Array.isArray(winners) || Array.isArray(ignored)) return "parallel";
  return typeof ignored === "string" ? "tap" : null;
}

/** The kind of the last of these nodes is known now; where it is an attempt, that is the kind of its node too. */
function learn(nodes: readonly Draft[], kind: ViewKind): void {
  for (const node of nodes.toReversed()) {
    node.kind = kind;
    if (node.attempt === null) return;
  }
}

/**
 * Something is heard of what is below these nodes: what had failed and seemed to be over goes on with what takes its place.
 * A turn is over while its calls go on, and a tool call has its own way to learn of what it runs.
 */
function reopen(nodes: readonly Draft[]): void {
  const last = nodes.at(-1);
  const undone = nodes.findLastIndex(({ segment }) => isCompensation(segment)); // what is above it is over, and stays so
  for (const node of undone < 0 ? nodes : nodes.slice(undone)) {
    if (node.endedAtMs === null || node === last || node.kind === "turn" || node.kind === "tool") continue;
    node.endedAtMs = null;
    node.status = "running";
  }
}

/** Where what undoes a node stands below that. */
function isCompensation(segment: string): boolean {
  return segment === "compensate" || segment.startsWith("compensate-");
}

/** Branches are picked by texts, numbers and booleans; anything else was a mistake, and is no key. */
function keyTaken(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function lastTwo(nodes: readonly Draft[]): readonly [above: Draft | undefined, last: Draft] {
  return [nodes.at(-2), nodes[nodes.length - 1] as Draft]; // a path has at least one node
}
