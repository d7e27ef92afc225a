import { isPlainObject } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { AgentNode } from "../../model/node.ts";
import { attemptPath, childPath } from "../../model/path.ts";
import { promptOf } from "../../model/prompt.ts";
import type { ModelTurn, TranscriptItem } from "../../model/transcript.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Outcome, Program } from "../program.ts";
import { perform } from "../program.ts";
import type { Tally } from "../tally.ts";
import type { Attempted } from "../with-retry.ts";
import { withRetry } from "../with-retry.ts";
import { Conversation, question, withoutPath } from "./conversation.ts";

/** What an agent is given of its thread: the answer to a `history` decision. */
export interface Recalled {
  readonly items: readonly TranscriptItem[];
  /** What has become too long, to be put in a summary that takes its place before `items`; null where nothing has. */
  readonly tooLong: {
    readonly items: readonly TranscriptItem[] /** How many exchanges of the thread these are. */;
    readonly exchanges: number;
  } | null;
}

const SUMMARISE =
  "Summarise the conversation so far for the one who will carry it on: who the user is, what was asked, what was answered, done and promised, every name, number and date that may still matter. Leave out greetings. Write plain text, no more than 400 words.";

/** Works out what an agent's model is told and what it is given of earlier conversation. */
export function* beginConversation(frame: ExecutionFrame<AgentNode>, tally: Tally): Program<Attempted<Conversation>> {
  let { instructions } = frame.node;
  if (instructions === null) {
    const decided = yield* perform(question(frame, { about: "instructions", value: frame.input }));
    tally.count(decided);
    if (decided.outcome.status === "failed") return { ok: false, failure: decided.outcome.failure };
    instructions = decided.outcome.value as string; // whoever decided it made sure that it is text
  }
  const history = yield* recall(frame, tally);
  if (!history.ok) return history;
  const conversation = new Conversation({ frame, tally, instructions, history: history.value });
  if (frame.feedback !== null) conversation.tell(wordsOf(frame.feedback));
  return { ok: true, value: conversation };
}

/** Why it is asked again; where a critic has not taken what came of it before, with that. */
function wordsOf(feedback: Failure): string {
  const { code, message, details } = feedback;
  if (code !== "critique_rejected") return `This has been tried before, without success: ${withoutPath(feedback)} Take that into account.`;
  const artifact = isPlainObject(details) && "artifact" in details ? `What came of it was:\n${promptOf(details["artifact"])}\n\n` : "";
  return `This has been done before, and what came of it was not accepted.\n\n${artifact}What is wrong with it:\n${message}\n\nDo it again, in full, so that it is accepted.`;
}

function* recall(frame: ExecutionFrame<AgentNode>, tally: Tally): Program<Attempted<readonly TranscriptItem[]>> {
  if (frame.node.history === null) return { ok: true, value: [] };
  const recalled = yield* perform(question(frame, { about: "history", value: frame.node.history }));
  tally.count(recalled);
  if (recalled.outcome.status === "failed") return { ok: false, failure: recalled.outcome.failure };
  const { items, tooLong } = recalled.outcome.value as Recalled;
  if (tooLong === null) return { ok: true, value: items };
  const summarised = yield* summarise(frame, tally, tooLong.items);
  if (!summarised.ok) return summarised;
  const summary = summarised.value.text;
  const kept = yield* perform(
    question(frame, { about: "remember", value: { summary, exchanges: tooLong.exchanges }, below: childPath(frame.key, "summary") }),
  );
  tally.count(kept);
  if (kept.outcome.status === "failed") return { ok: false, failure: kept.outcome.failure };
  return { ok: true, value: [{ role: "user", text: `Summary of our conversation before this:\n${summary}` }, ...items] };
}

function* summarise(frame: ExecutionFrame<AgentNode>, tally: Tally, history: readonly TranscriptItem[]): Program<Attempted<ModelTurn>> {
  const { node } = frame;
  const key = childPath(frame.key, "summary");
  return yield* withRetry({ policy: node.retry, frame, tally, key, of: "call" }, function* (which) {
    const outcome: Outcome<ModelTurn> = yield* perform({
      kind: "model",
      key: attemptPath(key, which.number),
      fingerprint: node.fingerprint,
      name: node.name,
      node,
      asks: "summary",
      instructions: SUMMARISE,
      tools: [],
      toolChoice: "none",
      history,
      input: SUMMARISE,
      transcript: [],
      request: { after: null, added: [] },
      attempt: which.number,
      delay: which.delay,
    });
    tally.count(outcome);
    const { outcome: came } = outcome;
    return came.status === "succeeded" ? { ok: true, value: came.value } : { ok: false, failure: came.failure };
  });
}

/** Keeps what was said, in the thread that the run belongs to; nothing where the agent takes no part in one. */
export function* remember(conversation: Conversation): Program<Attempted<null>> {
  const { frame, tally, transcript } = conversation;
  if (frame.node.history === null) return { ok: true, value: null };
  const kept = yield* perform(question(frame, { about: "remember", value: { input: frame.input, transcript } }));
  tally.count(kept);
  return kept.outcome.status === "succeeded" ? { ok: true, value: null } : { ok: false, failure: kept.outcome.failure };
}
