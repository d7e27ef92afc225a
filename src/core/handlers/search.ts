import type { Failure } from "../../model/failure.ts";
import type { SearchNode } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import type { InstancePath } from "../../model/path.ts";
import { decisionPath, itemPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Outcome, Program } from "../program.ts";
import { call, perform } from "../program.ts";
import { evaluateAll } from "../search/evaluate.ts";
import type { Visited } from "../search/frontier.ts";
import { Frontier, pathTo, priorityOf } from "../search/frontier.ts";
import { SearchMemory } from "../search/memory.ts";
import type { ScreenDetail, Screened } from "../search/screening.ts";
import { Tally } from "../tally.ts";

/**
 * Best first: takes the state that promises most, has states proposed that can be come to from there, asks its functions and
 * the evaluating program about them, and puts those that are left beside the others. What it knows is worked out anew from what
 * was proposed and said, whenever the run is driven: none of it is on record by itself.
 */
export function* runSearch(frame: ExecutionFrame<SearchNode>): Program<StepResult> {
  const { input } = frame;
  const search = new Search(frame);
  const screened = yield* screen(search, { key: frame.key, states: [input], about: ONLY_WHETHER_GOAL });
  if (screened.status === "failed") return search.failed(screened.failure);
  const [verdict] = screened.value as readonly Screened[];
  if (verdict?.refused === null && verdict.isGoal) return search.found(search.first);
  search.frontier.add(search.first);
  for (;;) {
    const end = search.end;
    if (end !== null) return search.ended(end);
    const visited = search.frontier.take();
    if (visited === null) return search.ended("exhausted");
    const failure = yield* expand(search, visited);
    if (failure !== null) return search.failed(failure);
  }
}

/** The first state need not keep to anything: it is what was given. */
const ONLY_WHETHER_GOAL: ScreenDetail = { invariants: [], cost: false, heuristic: false, from: null, depth: 0 };

/** Why a search ends without a goal. */
type Because = "exhausted" | "maxExpansions" | "maxTokens";

/** What a search has come to so far. Lives in one handler. */
class Search {
  readonly frame: ExecutionFrame<SearchNode>;
  readonly tally: Tally;
  readonly first: Visited;
  readonly frontier: Frontier;
  readonly memory: SearchMemory;
  readonly writes: Patch[] = [];
  context: ContextState;
  /** How often states were proposed. */
  expanded = 0;
  /** How many states were dropped because others promised more. */
  dropped = 0;
  #tokens = 0;

  constructor(frame: ExecutionFrame<SearchNode>) {
    this.frame = frame;
    this.tally = new Tally(frame);
    this.context = frame.context;
    this.first = { state: frame.input, before: null, depth: 0, cost: 0, estimate: 0 };
    this.frontier = new Frontier(frame.node.beam ?? Number.POSITIVE_INFINITY);
    this.memory = new SearchMemory(this.first);
  }

  /** Counts the tokens of a result that the tally knows already. */
  countTokens({ usage }: StepResult): void {
    this.#tokens += usage.inputTokens + usage.outputTokens;
  }

  write(writes: readonly Patch[]): void {
    for (const write of writes) this.writes.push(write);
    this.context = this.context.with(writes);
  }

  /** Why it goes no further; null where it does. A goal ends it once nothing that is left can be cheaper. */
  get end(): Because | "found" | null {
    const { node } = this.frame;
    const { goal } = this.memory;
    const { best } = this.frontier;
    if (goal !== null && (!node.hasCost || best === null || priorityOf(best) >= goal.cost)) return "found";
    if (best === null) return "exhausted";
    if (this.expanded >= node.maxExpansions) return "maxExpansions";
    return node.maxTokens !== null && this.#tokens >= node.maxTokens ? "maxTokens" : null;
  }

  /** A goal that is known counts, whatever ended the search. */
  ended(end: Because | "found"): StepResult {
    const { goal, best } = this.memory;
    if (goal !== null) return this.found(goal);
    this.#note(false);
    const { expanded } = this;
    const output = { found: false, because: end, state: best.state, path: pathTo(best), cost: best.cost, expanded };
    return this.tally.succeeded(output, this.writes);
  }

  found(goal: Visited): StepResult {
    this.#note(true);
    const output = { found: true, state: goal.state, path: pathTo(goal), cost: goal.cost, expanded: this.expanded };
    return this.tally.succeeded(output, this.writes);
  }

  failed(failure: Failure): StepResult {
    this.tally.note("expanded", this.expanded);
    return this.tally.failed(failure);
  }

  #note(found: boolean): void {
    this.tally.note("expanded", this.expanded);
    this.tally.note("found", found);
    if (this.dropped > 0) this.tally.note("dropped", this.dropped);
  }
}

/** Goes on from one state. Gives why that failed, or null. */
function* expand(search: Search, visited: Visited): Program<Failure | null> {
  const { frame, tally, memory } = search;
  const { node } = frame;
  const key = itemPath(frame.key, search.expanded);
  const input = { state: visited.state, path: pathTo(visited), rejected: memory.rejected };
  search.expanded += 1;
  const proposal = yield* call(frame.child(node.propose, { input, context: search.context, atMs: tally.atMs, below: key }));
  tally.include(proposal);
  search.countTokens(proposal);
  if (proposal.status === "failed") return proposal.failure;
  search.write(proposal.writes);
  const proposed: unknown = proposal.output;
  if (!Array.isArray(proposed)) return noList(proposal.path, proposed);
  const states: readonly unknown[] = node.branching === null ? proposed : proposed.slice(0, node.branching);
  const depth = visited.depth + 1;
  const { invariants, hasCost: cost, hasHeuristic: heuristic } = node;
  const about: ScreenDetail = { invariants, cost, heuristic, from: visited.state, depth };
  const screened = states.length === 0 ? { status: "succeeded" as const, value: [] } : yield* screen(search, { key, states, about });
  if (screened.status === "failed") return screened.failure;
  const fresh = take(search, { visited, states, screened: screened.value as readonly Screened[] }); // the performer has made it
  if (visited.before === null && fresh.length === 0 && memory.goal === null) return withoutProposal(search, states.length);
  const failure = yield* evaluate(search, key, fresh);
  if (failure === null) search.dropped += search.frontier.prune();
  return failure;
}

/** A state that is to be gone on from, and its place among those it was proposed with. */
interface Fresh {
  readonly at: number;
  readonly visited: Visited;
}

interface Proposed {
  readonly visited: Visited;
  readonly states: readonly unknown[];
  readonly screened: readonly Screened[];
}

/** Those of the states that nothing is known of yet: not refused, not there before, no goals. */
function take({ memory }: Search, { visited, states, screened }: Proposed): readonly Fresh[] {
  const fresh: Fresh[] = [];
  for (const [at, state] of states.entries()) {
    const said = screened[at];
    if (said === undefined) continue;
    if (said.refused !== null) {
      memory.reject({ state, ...said.refused });
      continue;
    }
    const cost = visited.cost + said.cost;
    const next: Visited = { state, before: visited, depth: visited.depth + 1, cost, estimate: said.estimate };
    if (!memory.isNew(next)) continue;
    if (said.isGoal) memory.noteGoal(next);
    else fresh.push({ at, visited: next });
  }
  return fresh;
}

/** Has the states evaluated, where a program does that, and puts them beside those there are. A goal that ends the search saves that. */
function* evaluate(search: Search, key: InstancePath, fresh: readonly Fresh[]): Program<Failure | null> {
  const { frame, tally, context, memory, frontier } = search;
  const { node } = frame;
  if (memory.goal !== null && !node.hasCost) return null;
  let estimates: readonly number[] | null = null;
  if (node.evaluate !== null && fresh.length > 0) {
    const states = fresh.map(({ at, visited }) => ({ at, state: visited.state }));
    const evaluated = yield* evaluateAll({ frame, tally, key, context, evaluate: node.evaluate, states });
    for (const result of evaluated.results) search.countTokens(result);
    if (!evaluated.ok) return evaluated.failure;
    search.write(evaluated.writes);
    estimates = evaluated.estimates;
  }
  for (const [index, { visited }] of fresh.entries()) {
    const next = estimates === null ? visited : { ...visited, estimate: estimates[index] ?? 0 };
    memory.note(next);
    if (node.maxDepth === null || next.depth < node.maxDepth) frontier.add(next);
  }
  return null;
}

interface Screening {
  readonly key: InstancePath;
  readonly states: readonly unknown[];
  readonly about: ScreenDetail;
}

function* screen({ frame, tally, context }: Search, { key, states, about }: Screening): Program<Outcome["outcome"]> {
  const { node } = frame;
  const screened = yield* perform({
    kind: "decide",
    key: decisionPath(key, "screen"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "screen",
    value: states,
    context,
    detail: about,
  });
  tally.count(screened);
  return screened.outcome;
}

function noList(path: InstancePath, given: unknown): Failure {
  const what = given === null ? "null" : `a value of type ${typeof given}`;
  const message = `${path}: a search has a list of states proposed, and this gave ${what}.`;
  return { code: "output_invalid", message, path, retryable: true };
}

/** Nothing can be gone on from: the search has not even begun. */
function withoutProposal({ frame, memory }: Search, count: number): Failure {
  const { key, node } = frame;
  const refused = memory.rejected.map(({ invariant, reason }) => (reason === invariant ? `"${invariant}"` : `"${invariant}" (${reason})`));
  const why =
    refused.length > 0
      ? `its invariants refused what it gave: ${[...new Set(refused)].join(", ")}`
      : count > 0
        ? "it gave only the first state itself"
        : "its list is empty";
  const states = count === 1 ? "one state" : `${count} states`;
  return {
    code: "search_without_proposal",
    message: `${key}: "${node.propose.name}" proposed no state to go on to from the first: ${count > 0 ? `of ${states} ` : ""}${why}.`,
    path: key,
    retryable: true, // a model may propose others when it is told why
    details: { proposed: count, rejected: memory.rejected.map(({ invariant, reason }) => ({ invariant, reason })) },
  };
}
