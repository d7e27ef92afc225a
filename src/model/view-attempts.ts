import { isPlainObject } from "../base/json.ts";
import { FREE } from "./cost.ts";
import { DEFAULT_ENDINGS, type Ending } from "./ending.ts";
import type { FrameDone, OperationFinished } from "./entry.ts";
import type { Failure } from "./failure.ts";
import { NO_USAGE } from "./usage.ts";
import type { AttemptView } from "./view-data.ts";
import { attemptOf } from "./view-places.ts";
import type { Draft, ViewTree } from "./view-tree.ts";
import { endAttempt, isSplit, judges, outputBelow } from "./view-tree.ts";

/** What an operation is about that only measures time: how long an attempt (`time`) or all (`total`) may take, or the `delay` before one. */
export function deadlineOf(key: string): { readonly of: string; readonly about: string } | null {
  const last = key.lastIndexOf("/");
  return last < 0 || key[last + 1] !== "?" ? null : { of: key.slice(0, last), about: key.slice(last + 2) };
}

/** The time of an attempt was over before the attempt was: what is told to stop next is told so because of that. */
export function timeIsOver(node: Draft, { key, outcome, startedAtMs, atMs }: OperationFinished): void {
  if (outcome.status === "failed") return; // the attempt was over before its time
  const attempt = attemptOf(deadlineOf(key)?.of ?? key);
  const failure: Failure = { code: "timeout", message: `${node.path}: it took too long.`, path: node.path, retryable: true };
  noteAttempt(node, { attempt, startedAtMs, endedAtMs: atMs, usage: NO_USAGE, cost: FREE, failure, ending: null });
}

/**
 * An attempt begins, so that those before it are over. One that had not failed was not good enough: that is a decision, and
 * leaves no other entry.
 */
export function attemptBegins(tree: ViewTree, node: Draft, { attempt, atMs }: { readonly attempt: number; readonly atMs: number }): void {
  if (attempt <= node.attempts) return;
  for (let before = node.attempts; before < attempt; before++) closeAttempt(tree, node, { attempt: before, atMs, isRejected: true });
  node.attempts = attempt;
}

interface Closing {
  readonly attempt: number;
  readonly atMs: number;
  readonly isRejected: boolean;
}

function closeAttempt(tree: ViewTree, node: Draft, { attempt, atMs, isRejected }: Closing): void {
  const known = node.outcomes.find((made) => made.attempt === attempt);
  if (known !== undefined && known.failure !== null) return;
  const failure = isRejected ? rejectionOf(node, attempt) : null;
  const below = tree.child(node, `#${attempt}`);
  if (known === undefined && below === null) return;
  const { startedAtMs, usage, cost } = below ?? node;
  const made = known ?? { attempt, startedAtMs, endedAtMs: atMs, usage, cost, failure, ending: null };
  const end = { ...made, failure };
  if (failure !== null || known === undefined) noteAttempt(node, end);
  if (below !== null) endAttempt(below, end);
}

/** What plugins and validators said of an attempt that they did not let pass; null where they said nothing. */
function rejectionOf({ path, decisions }: Draft, attempt: number): Failure | null {
  const said = decisions.filter((decision) => decision.attempt === attempt && judges(decision.about));
  const feedback = said.flatMap(({ about, outcome }) => {
    const verdict = outcome.status === "succeeded" && isPlainObject(outcome.value) ? outcome.value : {};
    const words = typeof verdict["feedback"] === "string" ? `: ${verdict["feedback"]}` : "";
    const score = typeof verdict["score"] === "number" ? ` ${verdict["score"]}` : "";
    return words === "" && score === "" && verdict["ok"] !== false ? [] : [`${about.slice(about.indexOf(" ") + 1)}${score}${words}`];
  });
  if (said.length === 0) return null;
  const what = feedback.length === 0 ? "." : ` (${feedback.join("; ")}).`;
  return { code: "validation_failed", message: `${path}: what it gave is not good enough${what}`, path, retryable: true };
}

/** The node itself has ended, and its last attempt with it: that one was good, unless something else took its place. */
export function endLastAttempt(tree: ViewTree, node: Draft): void {
  if (node.outcomes.length === 0 && !isSplit(node)) return;
  const last = Math.max(0, ...node.outcomes.map(({ attempt }) => attempt), ...attemptsBelow(node));
  if (last === 0 || node.endedAtMs === null) return;
  const { metadata } = node;
  const isGood = node.status === "succeeded" && metadata["fallback"] === undefined && metadata["defaulted"] === undefined;
  closeAttempt(tree, node, { attempt: last, atMs: node.endedAtMs, isRejected: !isGood });
  const below = tree.child(node, `#${last}`);
  if (below !== null && isGood) below.output = node.output;
}

function attemptsBelow({ children }: Draft): readonly number[] {
  return [...children.values()].flatMap(({ attempt }) => (attempt === null ? [] : [attempt]));
}

/** Notes how an attempt ended. Gives why it failed: because its time was over, where that is why it was told to stop. */
export function noteAttempt(node: Draft, made: AttemptView): Failure | null {
  if (node.outcomes.length === 0) {
    node.outcomes = [made];
    return made.failure;
  }
  const known = node.outcomes.find(({ attempt }) => attempt === made.attempt)?.failure ?? null;
  const failure = known?.code === "timeout" && made.failure?.code === "cancelled" ? known : made.failure;
  node.outcomes = [...node.outcomes.filter(({ attempt }) => attempt !== made.attempt), { ...made, failure }];
  return failure;
}

/** An attempt of one operation. */
export function operationAttempt({ op, startedAtMs, atMs, outcome }: OperationFinished, attempt: number): AttemptView {
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

/** One attempt of a composite has ended; the node itself goes on until its policy has decided. Gives what stands for the attempt. */
export function attemptEnded(
  tree: ViewTree,
  node: Draft,
  { entry, attempt }: { readonly entry: FrameDone; readonly attempt: number },
): Draft {
  const { result, outputAt, seq } = entry;
  const { usage, cost, startedAtMs, latencyMs, metadata } = result;
  const failure = result.status === "failed" ? result.failure : null;
  const made: AttemptView = { attempt, startedAtMs, endedAtMs: startedAtMs + latencyMs, usage, cost, failure, ending: null };
  node.name = result.name;
  attemptBegins(tree, node, { attempt, atMs: startedAtMs });
  node.failure = noteAttempt(node, made);
  const tried = isSplit(node) ? tree.attempt(node, attempt, startedAtMs) : node;
  tried.metadata = metadata;
  tried.key = typeof metadata["key"] === "string" ? metadata["key"] : null;
  tried.items = typeof metadata["items"] === "number" ? metadata["items"] : null;
  tried.seq = seq;
  if (result.status === "succeeded") tried.output = outputAt === null ? result.output : outputBelow(tried, outputAt);
  if (tried !== node) {
    endAttempt(tried, { ...made, failure: node.failure });
    tried.usage = usage;
    tried.cost = cost;
  }
  return tried;
}
