import type { Cost } from "./cost.ts";
import { addCost, FREE } from "./cost.ts";
import type {
  DecisionsMade,
  Entry,
  FrameDone,
  OperationFinished,
  OperationIntended,
  RunFinished,
  RunStarted,
  WaitOpened,
} from "./entry.ts";
import { parseInstancePath, withoutAttempt } from "./path.ts";
import type { ProgressEvent, RunEvent } from "./run-event.ts";
import type { NodeView, RunView, ViewKind } from "./view-data.ts";
import type { Usage } from "./usage.ts";
import { addUsage, NO_USAGE } from "./usage.ts";
import { attemptOf, placesOf } from "./view-places.ts";

type Draft = { -readonly [Key in Exclude<keyof NodeView, "children">]: NodeView[Key] } & { children: Map<string, Draft> };
type RunDraft = { -readonly [Key in Exclude<keyof RunView, "root">]: RunView[Key] } & { root: Draft | null };

/**
 * Folds a run's history into its {@link RunView}, event by event, with the work of one event independent of how much
 * came before: what this fold has made itself it changes in place, what it was given it copies first. `view` is
 * therefore good until the next event; whoever keeps views uses `applyEvent`.
 */
export class ViewFold {
  readonly #run: RunDraft;
  readonly #own = new WeakSet<Draft>();

  constructor(view: RunView) {
    this.#run = { ...view } as RunDraft; // what is below is copied before it is changed
  }

  /** The view of everything so far. */
  get view(): RunView {
    return this.#run;
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
    }
    return this;
  }

  #start(entry: RunStarted): void {
    const run = this.#run;
    run.input = entry.input;
    run.context = entry.context;
    run.model = entry.model;
    run.startedAtMs = entry.atMs;
    this.#at(entry.key, "group", entry.atMs);
  }

  /** What goes on is not on record, and is void where an outcome of the same attempt, or a later one, is. */
  #begin(event: ProgressEvent): void {
    if (event.type !== "operation-started" || event.op === "decide") return;
    const { op, path, name, attempt, atMs } = event;
    const node = this.#at(withoutAttempt(path), op, atMs);
    if (node.endedAtMs !== null && node.attempts >= attempt) return;
    this.#resume(node, attempt);
    node.name = name;
  }

  #intend({ key, op, request, atMs }: OperationIntended): void {
    const node = this.#at(withoutAttempt(key), op === "decide" ? "group" : op, atMs);
    this.#resume(node, attemptOf(key));
    if (node.request === undefined) node.request = request;
  }

  #resume(node: Draft, attempt: number): void {
    node.attempts = Math.max(node.attempts, attempt);
    node.status = "running";
    node.endedAtMs = null;
  }

  #finish(entry: OperationFinished): void {
    const { key, op, name, outcome, atMs, seq, startedAtMs } = entry;
    const path = withoutAttempt(key);
    const node = this.#at(path, op, startedAtMs);
    node.name = name;
    const attempt = attemptOf(key);
    if (attempt === 1) node.startedAtMs = startedAtMs; // progress may have guessed it
    node.attempts = Math.max(node.attempts, attempt);
    node.endedAtMs = atMs;
    node.seq = seq;
    node.status = outcome.status;
    if (outcome.status === "succeeded") node.output = outcome.value;
    node.failure = outcome.status === "failed" ? outcome.failure : null;
    this.#run.recorded++;
    if (op === "human") this.#run.pauses = this.#run.pauses.filter((pause) => pause !== path);
    this.#spend(path, op, outcome);
  }

  /** What an operation used counts for everything above it. */
  #spend(path: string, kind: ViewKind | OperationFinished["op"], spent: { readonly usage?: Usage; readonly cost?: Cost }): void {
    const { usage = NO_USAGE, cost = FREE } = spent;
    this.#run.usage = addUsage(this.#run.usage, usage);
    this.#run.cost = addCost(this.#run.cost, cost);
    if (usage === NO_USAGE && cost.kind === "free") return;
    let above: Draft | null = null;
    for (const place of placesOf(path, kind)) {
      const node = this.#child(above, place.segment);
      if (node === null) return;
      node.usage = addUsage(node.usage, usage);
      node.cost = addCost(node.cost, cost);
      above = node;
    }
  }

  #decide({ decisions }: DecisionsMade): void {
    for (const { key, atMs, outcome } of decisions) {
      this.#run.recorded++;
      const [, owner = "", about = ""] = /^(.*)\/\?(\w+)$/s.exec(key) ?? [];
      if (about !== "key" && about !== "show") continue;
      const node = this.#at(owner, about === "key" ? "branch" : "human", atMs);
      if (about === "key" && outcome.status === "succeeded") node.key = String(outcome.value);
      if (outcome.status === "failed") node.failure = outcome.failure;
    }
  }

  #wait({ key, name, show, answerSchema, atMs }: WaitOpened): void {
    const node = this.#at(key, "human", atMs);
    node.name = name;
    node.status = "waiting";
    node.question = { show, answerSchema };
    this.#run.pauses = [...this.#run.pauses, key];
  }

  #done({ key, result, outputAt, seq }: FrameDone): void {
    const node = this.#at(key, "group", result.startedAtMs);
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
  }

  #end({ end, usage, cost, key, atMs }: RunFinished): void {
    const run = this.#run;
    run.end = end;
    run.usage = usage;
    run.cost = cost;
    run.pauses = [];
    const root = this.#at(key, "group", atMs);
    root.endedAtMs ??= atMs;
    root.status = end.status === "succeeded" ? "succeeded" : "failed";
    if (end.status === "succeeded" && root.output === undefined) root.output = end.output;
    if (end.status === "failed") root.failure ??= end.failure;
  }

  /** The node at a path, ready to be changed; made, with all above it, where it is not there. */
  #at(path: string, kind: ViewKind | OperationFinished["op"], atMs: number): Draft {
    let node: Draft | null = null;
    for (const place of placesOf(path, kind)) {
      const known: Draft | null = this.#child(node, place.segment);
      const found: Draft = known ?? newNode(place.path, place.segment, atMs);
      if (known === null) {
        this.#own.add(found);
        if (node === null) this.#run.root = found;
        else node.children.set(place.segment, found);
      }
      if (place.kind !== null) found.kind = place.kind;
      node = found;
    }
    if (node === null) throw new RangeError("An instance path has at least one segment.");
    return node;
  }

  /** A child (of nothing: the root) that this fold may change; null where there is none. */
  #child(above: Draft | null, segment: string): Draft | null {
    const known = above === null ? this.#run.root : (above.children.get(segment) ?? null);
    if (known === null || this.#own.has(known)) return known;
    const copy: Draft = { ...known, children: new Map(known.children) };
    this.#own.add(copy);
    if (above === null) this.#run.root = copy;
    else above.children.set(segment, copy);
    return copy;
  }
}

function newNode(path: string, segment: string, atMs: number): Draft {
  return {
    path: parseInstancePath(path),
    segment,
    name: segment.replace(/(?:\[\d+\])+$/, ""),
    kind: "group",
    status: "running",
    attempts: 1,
    usage: NO_USAGE,
    cost: FREE,
    startedAtMs: atMs,
    endedAtMs: null,
    seq: null,
    output: undefined,
    failure: null,
    key: null,
    items: null,
    question: null,
    request: undefined,
    children: new Map(),
  };
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
