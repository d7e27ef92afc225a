import type { HumanNode } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { perform } from "../program.ts";
import { Tally } from "../tally.ts";

/** Works out what to show, then waits for a person. Passes `{ input, answer }` on. */
export function* runHuman(frame: ExecutionFrame<HumanNode>): Program<StepResult> {
  const { node, key } = frame;
  const tally = new Tally(frame);
  const asked = { fingerprint: node.fingerprint, name: node.name };
  const { input, context } = frame;
  const shown = yield* perform({
    ...asked,
    kind: "decide",
    key: decisionPath(key, "show"),
    node: node.path,
    about: "show",
    value: input,
    context,
  });
  tally.count(shown);
  if (shown.outcome.status === "failed") return tally.failed(shown.outcome.failure);
  const answered = yield* perform({
    ...asked,
    kind: "human",
    key,
    waitsFor: "answer",
    show: shown.outcome.value,
    answerSchema: node.answerSchema,
  });
  tally.count(answered);
  if (answered.outcome.status === "failed") return tally.failed(answered.outcome.failure);
  return tally.succeeded({ input, answer: answered.outcome.value });
}
