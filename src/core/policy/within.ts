import type { InstancePath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Outcome, Program } from "../program.ts";
import { fork, perform } from "../program.ts";
import type { Tally } from "../tally.ts";

/** The time that something may take. */
export interface TimeLimit {
  readonly frame: ExecutionFrame;
  /** Under which its end is recorded. */
  readonly key: InstancePath;
  readonly tally: Tally;
  /** Milliseconds from the last outcome that the tally has seen. */
  readonly limitMs: number;
  /** What takes too long, to begin a sentence with. */
  readonly what: string;
}

type Contender = { readonly kind: "result"; readonly result: StepResult } | { readonly kind: "timer"; readonly outcome: Outcome };

/**
 * A race between a program and its time: whichever ends first calls the other off. The end of the time is an outcome like
 * any other, so the winner is the same when it is replayed.
 */
export function* within(limit: TimeLimit, program: Program<StepResult>): Program<StepResult> {
  const { tally, frame, limitMs, what } = limit;
  const wakeAtMs = tally.atMs + limitMs;
  const [ended, timer] = yield* fork<Contender>({
    count: 2,
    concurrency: 2,
    start: (index) => (index === 0 ? asContender(program) : waitUntil(limit, wakeAtMs)),
    stopsAfter: () => true,
    abortsWith: (index) => (index === 0 ? "lost-race" : "timeout"),
  });
  if (timer?.kind === "timer" && timer.outcome.outcome.status === "succeeded") {
    tally.count(timer.outcome);
    return tally.failed({
      code: "timeout",
      message: `${frame.key}: ${what} took longer than ${limitMs} ms.`,
      path: frame.key,
      retryable: true,
      details: { limitMs },
    });
  }
  if (ended?.kind !== "result") throw new RangeError(`${frame.key} has neither ended nor run out of time.`);
  return ended.result;
}

function* asContender(program: Program<StepResult>): Program<Contender> {
  return { kind: "result", result: yield* program };
}

function* waitUntil({ key, limitMs, frame: { node } }: TimeLimit, wakeAtMs: number): Program<Contender> {
  const outcome = yield* perform({
    kind: "sleep",
    key,
    fingerprint: node.fingerprint,
    name: node.name,
    waitsFor: "deadline",
    show: null,
    answerSchema: null,
    wakeAtMs,
    limitMs,
    spreadMs: 0,
  });
  return { kind: "timer", outcome };
}
