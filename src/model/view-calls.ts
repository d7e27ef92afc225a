import { isPlainObject } from "../base/json.ts";
import { isApproval } from "./approval.ts";
import type { RunEnd } from "./entry.ts";
import type { Failure } from "./failure.ts";
import type { StepResult } from "./step-result.ts";
import type { Draft, ViewTree } from "./view-tree.ts";
import { statusOfFailure } from "./view-tree.ts";

/** A tool call as a model's turn holds it. */
interface Call {
  readonly name: string;
  readonly input: unknown;
  readonly problem?: string;
}

/**
 * The calls a turn made, each as a node below it: some are never run, and nothing but the turn tells of them. Those that
 * cannot be run whatever the tool are over at once; the others begin when something is heard of them.
 */
export function openCalls(tree: ViewTree, turn: Draft, atMs: number): void {
  for (const [index, call] of callsIn(turn.output).entries()) {
    const segment = `tool[${index}]`;
    if (turn.children.has(segment)) continue;
    const nodes = tree.reach(`${turn.path}/${segment}`, { end: "tool" }, atMs);
    const node = nodes[nodes.length - 1] as Draft; // what was reached
    node.name = call.name;
    node.request = call.input;
    node.attempts = 0;
    if (call.problem !== undefined) settle(node, { code: "input_invalid", message: call.problem }, atMs);
  }
}

function callsIn(turn: unknown): readonly Call[] {
  if (!isPlainObject(turn) || !Array.isArray(turn["toolCalls"])) return [];
  return turn["toolCalls"].filter(isPlainObject).map(({ name, input, problem }) => ({
    name: typeof name === "string" ? name : "",
    input,
    ...(typeof problem === "string" ? { problem } : {}),
  }));
}

/** The model is asked again, so every call of the turn before was answered: one that nothing was heard of had no tool. */
export function settleCallsBefore(tree: ViewTree, agent: Draft, turn: Draft): void {
  const number = Number(/\d+/.exec(turn.segment)?.[0] ?? 0);
  const before = agent.children.get(`turn[${number - 1}]`);
  if (before !== undefined) settleCalls(tree, agent, { turn: before, why: "unknown", atMs: turn.startedAtMs });
}

/** An agent has ended, and no call of its goes on. */
export function settleAllCalls(tree: ViewTree, agent: Draft, { end, atMs }: { readonly end: Ended; readonly atMs: number }): void {
  const wasTold = end.status === "succeeded" || (end.status === "failed" && end.failure.code === "turn_limit_exceeded"); // else it ended before it could tell the model
  for (const turn of agent.children.values()) settleCalls(tree, agent, { turn, why: wasTold ? "unknown" : "ended", atMs });
}

type Ended = RunEnd | StepResult;

function settleCalls(
  tree: ViewTree,
  agent: Draft,
  { turn, why, atMs }: { readonly turn: Draft; readonly why: "unknown" | "ended"; readonly atMs: number },
): void {
  for (const call of turn.children.values()) {
    if (!isUnheardOf(call)) continue;
    const owner = tree.child(agent, turn.segment);
    const node = tree.child(owner, call.segment);
    if (node === null) continue;
    if (why === "unknown") settle(node, { code: "tool_failed", message: `There is no tool "${node.name}".` }, node.startedAtMs);
    else settle(node, { code: "cancelled", message: "It was not run: its agent ended before." }, atMs);
  }
}

function isUnheardOf({ kind, endedAtMs, attempts, children, decisions }: Draft): boolean {
  return kind === "tool" && endedAtMs === null && attempts === 0 && children.size === 0 && decisions.length === 0;
}

function settle(node: Draft, { code, message }: Pick<Failure, "code" | "message">, atMs: number): void {
  node.failure = { code, message, path: node.path, retryable: false };
  node.status = statusOfFailure(node.failure);
  node.endedAtMs = atMs;
}

/** What happened right below a tool call and is the call's own: the program that it runs, and a person's answer. */
export function passUp(node: Draft, above: Draft | undefined): void {
  if (above?.kind !== "tool") return;
  if (node.kind === "approval") return decideCall(node, above);
  above.status = node.status === "waiting" ? "running" : node.status;
  above.attempts = Math.max(1, above.attempts);
  above.endedAtMs = node.endedAtMs;
  above.seq = node.seq;
  above.output = node.output;
  above.failure = node.failure;
}

function decideCall(approval: Draft, call: Draft): void {
  if (approval.endedAtMs === null) return;
  if (approval.failure !== null) {
    call.status = approval.status;
    call.failure = approval.failure;
    call.endedAtMs = approval.endedAtMs;
  } else if (isApproval(approval.output) && approval.output.decision === "reject") {
    call.status = "denied";
    call.endedAtMs = approval.endedAtMs;
    call.seq = approval.seq;
  }
}
