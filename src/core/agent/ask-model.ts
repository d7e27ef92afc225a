import type { ErrorCode } from "../../base/errors.ts";
import type { Ending } from "../../model/ending.ts";
import type { Failure } from "../../model/failure.ts";
import type { ToolChoice } from "../../model/model-settings.ts";
import type { InstancePath } from "../../model/path.ts";
import { attemptPath } from "../../model/path.ts";
import type { ModelTurn } from "../../model/transcript.ts";
import type { Outcome, Program } from "../program.ts";
import { perform } from "../program.ts";
import type { Attempted } from "../with-retry.ts";
import { withRetry } from "../with-retry.ts";
import type { Conversation } from "./conversation.ts";

/** What an agent fails with whose model ended so. */
const CODES: Readonly<Record<Ending, ErrorCode>> = {
  "cut-off": "output_cut_off",
  refused: "model_refused",
  filtered: "content_filtered",
  empty: "output_empty",
  malformed: "output_malformed",
  misfit: "output_invalid",
};

/** One turn of the model: one call, or more where they fail, or end in a way that is declared to be tried again. */
export function* askModel(conversation: Conversation, key: InstancePath, toolChoice: ToolChoice): Program<Attempted<ModelTurn>> {
  const { frame, tally } = conversation;
  const { node } = frame;
  const { instructions, prompt, history, transcript, request, tools } = conversation;
  return yield* withRetry({ policy: node.retry, frame, tally, key, of: "call" }, function* (which) {
    const outcome: Outcome<ModelTurn> = yield* perform({
      kind: "model",
      key: attemptPath(key, which.number),
      fingerprint: node.fingerprint,
      name: node.name,
      node,
      asks: "turn",
      instructions,
      tools,
      toolChoice,
      history,
      input: frame.input,
      ...(prompt === null ? {} : { prompt }),
      transcript,
      request,
      attempt: which.number,
      delay: which.delay,
    });
    tally.count(outcome);
    if (which.number > 1) tally.attempted(which.number);
    const { outcome: came } = outcome;
    if (came.status === "failed") return { ok: false, failure: came.failure };
    const { output } = came.value;
    if (output?.ok !== false || node.endings[output.ending] !== "retry") return { ok: true, value: came.value };
    return { ok: false, failure: { ...endedBadly(key, output), retryable: true } };
  });
}

/** The failure of an agent whose model gave no answer that can be used. */
export function endedBadly(key: InstancePath, { ending, problem }: { readonly ending: Ending; readonly problem: string }): Failure {
  return {
    code: CODES[ending],
    message: `${key}: the model's answer cannot be used: ${problem}.`,
    path: key,
    retryable: false,
    details: { ending },
  };
}
