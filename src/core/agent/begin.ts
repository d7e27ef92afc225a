import { isPlainObject } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { AgentNode } from "../../model/node.ts";
import { attemptPath, childPath } from "../../model/path.ts";
import type { Said } from "../../model/said.ts";
import { promptOf } from "../../model/prompt.ts";
import type { ModelTurn, TranscriptItem } from "../../model/transcript.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Outcome, Program } from "../program.ts";
import { perform } from "../program.ts";
import type { Tally } from "../tally.ts";
import type { Attempted } from "../with-retry.ts";
import { withRetry } from "../with-retry.ts";
import { Conversation, question, withoutPath } from "./conversation.ts";
import { processPrompt } from "./processors.ts";
import type { Recalled } from "./recall-from.ts";
import { summaryItem } from "./recall-from.ts";

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
  const told = yield* processPrompt(frame, tally, instructions);
  if (!told.ok) return told;
  const history = yield* recall(frame, tally);
  if (!history.ok) return history;
  const conversation = new Conversation({ frame, tally, ...told.value, history: history.value });
  if (frame.feedback !== null) conversation.tell(wordsOf(frame.feedback));
  return { ok: true, value: conversation };
}

/** Why it is asked again; where a critic or a plugin has not taken what came of it before, with that. */
function wordsOf(feedback: Failure): string {
  const { code, message, details } = feedback;
  if (code !== "critique_rejected" && code !== "redirected")
    return `This has been tried before, without success: ${withoutPath(feedback)} Take that into account.`;
  const artifact = isPlainObject(details) && "artifact" in details ? `What came of it was:\n${promptOf(details["artifact"])}\n\n` : "";
  return `This has been done before, and what came of it was not accepted.\n\n${artifact}What is wrong with it:\n${message}\n\nDo it again, in full, so that it is accepted.`;
}

function* recall(frame: ExecutionFrame<AgentNode>, tally: Tally): Program<Attempted<readonly TranscriptItem[]>> {
  if (frame.node.history === null) return yield* recallOwn(frame, tally);
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
  return { ok: true, value: [summaryItem(summary), ...items] };
}

/** What it said itself in the iterations before of the loop around it; a summary of what is too long of that goes the way of what is said. */
function* recallOwn(frame: ExecutionFrame<AgentNode>, tally: Tally): Program<Attempted<readonly TranscriptItem[]>> {
  const { key, history } = frame;
  if (history === null) return { ok: true, value: [] };
  const { items, tooLong } = history.recalledAt(key);
  if (tooLong === null) return { ok: true, value: items };
  const summarised = yield* summarise(frame, tally, tooLong.items);
  if (!summarised.ok) return summarised;
  const summary = summaryItem(summarised.value.text);
  tally.say(said(frame, { items: [summary], summaryOf: tooLong.exchanges }));
  return { ok: true, value: [summary, ...items] };
}

function said({ key, history }: ExecutionFrame<AgentNode>, what: Pick<Said, "items" | "summaryOf">): Said {
  const lane = history?.lane ?? "";
  return lane === "" ? { key, ...what } : { key, lane, ...what };
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

/** Keeps what was said, in the thread that the run belongs to, or for the iterations to come of the loop around it. */
export function* remember(conversation: Conversation): Program<Attempted<null>> {
  const { frame, tally, transcript, prompt } = conversation;
  const asked = prompt === null ? { input: frame.input } : { input: frame.input, prompt };
  if (frame.node.history === null) return yield* sayInLoop(conversation, asked);
  const kept = yield* perform(question(frame, { about: "remember", value: { ...asked, transcript } }));
  tally.count(kept);
  return kept.outcome.status === "succeeded" ? { ok: true, value: null } : { ok: false, failure: kept.outcome.failure };
}

/** What it was asked is what its model was told: for that its input schema is asked, once more. */
function* sayInLoop(
  { frame, tally, transcript }: Conversation,
  asked: { readonly input: unknown; readonly prompt?: string },
): Program<Attempted<null>> {
  if (frame.history === null) return { ok: true, value: null };
  const put = yield* perform(question(frame, { about: "asked", value: asked }));
  tally.count(put);
  if (put.outcome.status === "failed") return { ok: false, failure: put.outcome.failure };
  const item = put.outcome.value as TranscriptItem; // the performer has made it
  tally.say(said(frame, { items: [item, ...transcript] }));
  return { ok: true, value: null };
}
