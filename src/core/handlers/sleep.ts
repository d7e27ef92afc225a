import type { SleepNode } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { perform } from "../program.ts";
import { Tally } from "../tally.ts";

/** Goes on at a moment that is fixed when it is entered, by the journal's time. Passes its input on. */
export function* runSleep(frame: ExecutionFrame<SleepNode>): Program<StepResult> {
  const { node, key, input, context } = frame;
  const { wake } = node;
  const tally = new Tally(frame);
  const about = { fingerprint: node.fingerprint, name: node.name };
  let wakeAtMs: number;
  if (wake === "decided") {
    const decided = yield* perform({
      ...about,
      kind: "decide",
      key: decisionPath(key, "wake"),
      node: node.path,
      about: "wake",
      value: input,
      context,
      detail: frame.enteredAtMs,
    });
    tally.count(decided);
    if (decided.outcome.status === "failed") return tally.failed(decided.outcome.failure);
    const said = decided.outcome.value as number; // the performer has made sure of it
    wakeAtMs = node.gives === "duration" ? frame.enteredAtMs + said : said;
  } else wakeAtMs = "atMs" in wake ? wake.atMs : frame.enteredAtMs + wake.afterMs;
  tally.note("wakeAtMs", wakeAtMs);
  if (wakeAtMs <= tally.atMs) {
    if (wakeAtMs < tally.atMs) tally.note("lateMs", tally.atMs - wakeAtMs);
    return tally.succeeded(input);
  }
  const woken = yield* perform({
    ...about,
    kind: "sleep",
    key,
    waitsFor: "time",
    show: null,
    answerSchema: null,
    wakeAtMs,
    spreadMs: 0,
  });
  tally.count(woken);
  return woken.outcome.status === "succeeded" ? tally.succeeded(input) : tally.failed(woken.outcome.failure);
}
