import type { AgentNode } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { DecideOp, Program } from "../program.ts";
import { perform } from "../program.ts";
import type { Tally } from "../tally.ts";
import type { Attempted } from "../with-retry.ts";
import type { Conversation } from "./conversation.ts";

/** What an agent's model is told at the beginning: the answer to a `prompt` decision. */
export interface Told {
  readonly instructions: string;
  /** What is said in place of the input; null where it is the input. */
  readonly prompt: string | null;
}

/** What its prompt processors make of the instructions and the input, asked once; as they are where it has none. */
export function* processPrompt(frame: ExecutionFrame<AgentNode>, tally: Tally, instructions: string): Program<Attempted<Told>> {
  const { promptProcessors: processors } = frame.node;
  if (processors === undefined) return { ok: true, value: { instructions, prompt: null } };
  const told = yield* perform(asked(frame, { about: "prompt", value: frame.input, detail: { instructions, processors } }));
  tally.count(told);
  const { outcome } = told;
  return outcome.status === "succeeded" ? { ok: true, value: outcome.value as Told } : { ok: false, failure: outcome.failure }; // the performer has made it
}

/** What its output processors make of an output that fits its schema; the output where it has none. */
export function* processOutput({ frame, tally, context }: Conversation, output: unknown): Program<Attempted<unknown>> {
  const { outputProcessors: processors } = frame.node;
  if (processors === undefined) return { ok: true, value: output };
  const made = yield* perform({
    ...asked(frame, { about: "processed", value: output, detail: { input: frame.input, processors } }),
    context,
  });
  tally.count(made);
  const { outcome } = made;
  return outcome.status === "succeeded" ? { ok: true, value: outcome.value } : { ok: false, failure: outcome.failure };
}

function asked(
  { node, key, context }: ExecutionFrame<AgentNode>,
  { about, value, detail }: Pick<DecideOp, "about" | "value" | "detail">,
): DecideOp {
  const { fingerprint, name, path } = node;
  return { kind: "decide", key: decisionPath(key, about), fingerprint, name, node: path, about, value, context, detail };
}
