import type { Checked, Schema } from "../../base/schema.ts";
import { checkWith } from "../../base/schema.ts";
import { isThenable } from "../../base/thenable.ts";
import type { ErrorCode } from "../../base/errors.ts";
import type { StepOp, ToolOp } from "../../core/program.ts";
import { abortedFailure } from "../../core/program.ts";
import type { Recorded } from "../../model/entry.ts";
import type { Patch } from "../../model/patch.ts";
import type { ContextDefinition, WorkFunction } from "../../plan/definition.ts";
import { misfitOutcome, thrownOutcome } from "./outcomes.ts";
import type { WorkContext } from "./work-context.ts";
import { checkWrites } from "./writes.ts";

/** One call of a user's function: what goes in, what it may be given, what must come out. */
export interface Work {
  readonly op: StepOp | ToolOp;
  readonly run: WorkFunction;
  readonly input: Schema | null;
  readonly output: Schema | null;
  readonly value: unknown;
  readonly context: WorkContext;
  readonly contextDefinition: ContextDefinition | null;
  /** The code of what the function throws. */
  readonly failsWith: ErrorCode;
}

type Call = (input: unknown, context: WorkContext) => unknown;

/** Checks the input, calls the function, checks what it gave and wrote. At once where nothing of that takes time. */
export function doWork(work: Work): Recorded | Promise<Recorded> {
  const { input } = work;
  if (input === null) return callFunction(work, work.value);
  const checking = attempt(() => checkWith(input, work.value));
  return whenChecked(work, checking, (checked) => {
    if (!checked.ok) return misfitOutcome(work.op.key, checked.issues, { code: "input_invalid", what: "the input", retryable: false });
    const isLate = checking instanceof Promise && work.context.signal.aborted;
    return isLate ? calledOff(work) : callFunction(work, checked.value);
  });
}

/** What was told to stop while it was still being made ready does not begin. */
export function calledOff({ op: { key } }: Work): Recorded {
  return { status: "failed", failure: abortedFailure(key, "cancelled") };
}

function callFunction(work: Work, input: unknown): Recorded | Promise<Recorded> {
  let returned: unknown;
  try {
    returned = (work.run as Call)(input, work.context);
    if (!isThenable(returned)) return checkOutput(work, returned);
  } catch (error) {
    return failed(work, error); // what was thrown, or what is thrown by looking at what was returned
  }
  return Promise.resolve(returned).then(
    (value) => checkOutput(work, value),
    (error: unknown) => failed(work, error),
  );
}

function failed(work: Work, error: unknown): Recorded {
  work.context.end();
  return thrownOutcome(work.op.key, error, work.failsWith);
}

function checkOutput(work: Work, value: unknown): Recorded | Promise<Recorded> {
  const writes = work.context.end();
  const { output } = work;
  if (output === null) return checkContext(work, value, writes);
  return whenChecked(
    work,
    attempt(() => checkWith(output, value)),
    (checked) => {
      if (!checked.ok)
        return misfitOutcome(work.op.key, checked.issues, { code: "output_invalid", what: "what it returned", retryable: true });
      return checkContext(work, checked.value, writes);
    },
  );
}

function checkContext(work: Work, value: unknown, writes: readonly Patch[]): Recorded | Promise<Recorded> {
  if (writes.length === 0) return { status: "succeeded", value };
  const succeeded: Recorded = { status: "succeeded", value, writes };
  if (work.contextDefinition === null) return succeeded;
  const { contextDefinition } = work;
  return whenChecked(
    work,
    attempt(() => checkWrites(contextDefinition, work.op.context, writes)),
    (checked) =>
      checked.ok
        ? succeeded
        : misfitOutcome(work.op.key, checked.issues, { code: "context_invalid", what: "what it wrote to the context", retryable: true }),
  );
}

type Thrown = { readonly thrown: unknown };

function attempt<T>(run: () => T): T | Thrown {
  try {
    return run();
  } catch (thrown) {
    return { thrown }; // a schema's own code failed: the caller says which step it was
  }
}

function whenChecked<T>(
  work: Work,
  checked: Checked<T> | Promise<Checked<T>> | Thrown,
  then: (checked: Checked<T>) => Recorded | Promise<Recorded>,
): Recorded | Promise<Recorded> {
  if ("thrown" in checked) return failed(work, checked.thrown);
  if (!(checked instanceof Promise)) return then(checked);
  return checked.then(then, (error: unknown) => failed(work, error));
}
