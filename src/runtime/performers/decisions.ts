import { canonicalJson, isPlainObject } from "../../base/json.ts";
import { checkWith } from "../../base/schema.ts";
import { isThenable } from "../../base/thenable.ts";
import { promptOf } from "../../model/prompt.ts";
import type { ContextState, Entered } from "../../core/context/context-state.ts";
import type { AskedContribution } from "../../core/context/contributions.ts";
import { fromAsked } from "../../core/context/contributions.ts";
import { readPluginAnswer } from "../../core/policy/plugin-answer.ts";
import type { Verdict } from "../../core/policy/verdict.ts";
import { readVerdict, wordFor } from "../../core/policy/verdict.ts";
import type { DecideOp, DecisionAbout } from "../../core/program.ts";
import type { Recorded } from "../../model/entry.ts";
import type { Patch } from "../../model/patch.ts";
import type { Bindings } from "../../plan/bindings.ts";
import type { DecisionContext } from "../../plan/definition.ts";
import { plainOf } from "./context-draft.ts";
import { misfitOutcome } from "./outcomes.ts";
import { aftersOf, contextOf, reducedIn } from "./own-reducers.ts";
import { screen } from "./search-decisions.ts";
import { refuseOutside } from "./context-limits.ts";
import { visibleContext } from "./work-context.ts";
import { checkWrites } from "./writes.ts";

/** One question to a function of the author's. */
export interface ControlQuestion {
  readonly op: DecideOp;
  readonly bindings: Bindings;
  /** What the run began with, as text. */
  readonly initialPrompt: string;
}

type Answer = Recorded | Promise<Recorded>;

/** What may stand where a decision is asked: how the function is found, called, and what is made of what it returns. */
const ASKED: Partial<Readonly<Record<DecisionAbout, (question: ControlQuestion) => Answer>>> = {
  key: (question) => askPlain(question, "key"),
  route: (question) => askPlain(question, "route"),
  guard: (question) => {
    const { rule, hops } = question.op.detail as { readonly rule: number; readonly hops: number };
    return askBoolean(question, `guard ${rule}`, { hops });
  },
  show: (question) => askPlain(question, "show"),
  until: (question) => askBoolean(question, "until", { iteration: question.op.detail as number }),
  next: (question) => askPlain(question, "next", { iteration: question.op.detail as number }),
  output: (question) => askPlain(question, "output", { iteration: question.op.detail as number }),
  accept: askAccept,
  contributions: askReducers,
  reduce: (question) => askPlain(question, "reduce", question.op.detail as { readonly input: unknown }),
  screen: askScreen,
  wake: askWake,
  enter,
  leave,
  cacheKey: askCacheKey,
  retryOn: askRetry,
  plugin: askPlugin,
  validate: askValidator,
  failed: (question) => then(askPlain(question, "failed", { input: question.op.detail }), (outcome) => ({ ...outcome, value: null })),
  default: (question) => askPlain(question, "default", { input: question.op.detail }),
};

/** Asks the function of a control position; null where this is no such question. What it throws is for the caller to put in words. */
export function decideControl(question: ControlQuestion): Answer | null {
  return ASKED[question.op.about]?.(question) ?? null;
}

/** What a function in a control position may look at. */
function aboutOf({ op, initialPrompt: ofRun }: ControlQuestion, more: Partial<DecisionContext>): DecisionContext {
  const state = op.context;
  const initialPrompt = state.nested?.initialPrompt ?? ofRun;
  if (state.isKnown) return { ...more, context: visibleContext(state), initialPrompt };
  return {
    ...more,
    get context() {
      return visibleContext(state); // worked out when somebody looks
    },
    initialPrompt,
  };
}

function askPlain(question: ControlQuestion, name: string, more: Partial<DecisionContext> = {}): Answer {
  const { op, bindings } = question;
  const decide = bindings.decisions.get(`${op.node}:${name}`);
  if (decide === undefined) return { status: "succeeded", value: null }; // a person is asked without being shown anything
  const decided = decide(op.value, aboutOf(question, more));
  return isThenable(decided) ? Promise.resolve(decided).then(succeeded) : succeeded(decided);
}

function succeeded(value: unknown): Recorded {
  return { status: "succeeded", value };
}

type Succeeded = Recorded & { readonly status: "succeeded" };

function then(answer: Answer, make: (outcome: Succeeded) => Answer): Answer {
  const made = (outcome: Recorded): Answer => (outcome.status === "succeeded" ? make(outcome) : outcome);
  return answer instanceof Promise ? answer.then(made) : made(answer);
}

function askBoolean(question: ControlQuestion, name: string, more: Partial<DecisionContext>): Answer {
  return then(askPlain(question, name, more), (outcome) => {
    if (typeof outcome.value === "boolean") return outcome;
    throw new TypeError(`it returned ${wordFor(outcome.value)}, and has to return true or false`);
  });
}

/** Nothing stands for no input: calls of which nothing is said would all be the same one. */
function askCacheKey(question: ControlQuestion): Answer {
  return then(askPlain(question, "cacheKey"), (outcome) => {
    if (outcome.value !== undefined) return outcome;
    throw new TypeError("it returned undefined, and has to return what tells this input from others, null where nothing does");
  });
}

function askScreen(question: ControlQuestion): Answer {
  const { op, bindings } = question;
  return screen(op, (key, state, more) => bindings.decisions.get(`${op.node}:${key}`)?.(state, aboutOf(question, more)));
}

function askRetry(question: ControlQuestion): Answer {
  const { attempt, of } = question.op.detail as { readonly attempt: number; readonly of: string | null };
  return askBoolean(question, of === null ? "retryOn" : `${of}:retryOn`, { attempt });
}

function askWake(question: ControlQuestion): Answer {
  const nowMs = question.op.detail as number;
  return then(askPlain(question, "wake", { nowMs }), ({ value }) => succeeded(momentOf(value)));
}

/** The last that a Date can say, in milliseconds since 1970. */
const LAST_MOMENT_MS = 8_640_000_000_000_000;

/** What `Date.parse` takes beside it, such as "5", is a slip. */
const ISO_TEXT = /^(\d{4}|[+-]\d{6})-\d\d-\d\d/;

/** A Date, milliseconds since 1970 or ISO text, as milliseconds since 1970. */
function momentOf(value: unknown): number {
  const atMs =
    value instanceof Date ? value.getTime() : typeof value === "string" ? (ISO_TEXT.test(value) ? Date.parse(value) : Number.NaN) : value;
  if (typeof atMs === "number" && Math.abs(atMs) <= LAST_MOMENT_MS) return atMs;
  const given =
    typeof value === "string"
      ? JSON.stringify(value)
      : value instanceof Date
        ? "a Date that is none"
        : typeof value === "number"
          ? String(value)
          : wordFor(value);
  throw new TypeError(`it returned ${given}, and has to return a Date, milliseconds or ISO text`);
}

function askValidator(question: ControlQuestion): Answer {
  const { validator, input } = question.op.detail as { readonly validator: string; readonly input: unknown };
  return then(askPlain(question, `validate ${validator}`, { input }), ({ value }) => succeeded(verdictOf(value)));
}

function askPlugin(question: ControlQuestion): Answer {
  const { plugin, ...about } = question.op.detail as { readonly plugin: string } & Partial<DecisionContext>;
  return then(askPlain(question, `plugin ${plugin}`, about), ({ value }) => {
    const read = readPluginAnswer(value);
    if ("problem" in read) throw new TypeError(`"${plugin}" returned ${read.problem}`);
    return succeeded(read.answer);
  });
}

function verdictOf(said: unknown): Verdict {
  const read = readVerdict(said);
  if ("problem" in read) throw new TypeError(`it returned ${read.problem}`);
  return read.verdict;
}

/** What a check of a refine means: whether it accepts and, where it does not, what is said to the next iteration. */
function askAccept(question: ControlQuestion): Answer {
  const { op, bindings } = question;
  const about = op.detail as { readonly input: unknown; readonly artifact: unknown; readonly iteration: number };
  return then(askBoolean(question, "accept", about), ({ value: ok }) => {
    if (ok === true || !bindings.decisions.has(`${op.node}:feedback`))
      return succeeded({ ok: ok === true, score: null, feedback: feedbackIn(op.value) } satisfies Verdict);
    return then(askPlain(question, "feedback", about), ({ value: feedback }) => {
      if (typeof feedback !== "string") throw new TypeError(`\`feedback\` returned ${wordFor(feedback)}, and has to return text`);
      return succeeded({ ok: false, score: null, feedback } satisfies Verdict);
    });
  });
}

/** What a check says of itself is wrong; null where it says nothing. */
function feedbackIn(check: unknown): string | null {
  if (typeof check === "string") return check;
  return isPlainObject(check) && typeof check["feedback"] === "string" ? check["feedback"] : null;
}

/** What the context of a nested program begins with, as its schema makes it, and the prompt of that program. */
function enter({ op, bindings }: ControlQuestion): Answer {
  const bound = bindings.nested.get(op.node);
  const start = bound?.enter === null || bound === undefined ? {} : bound.enter(visibleContext(op.context), op.value);
  const entered = (context: unknown): Recorded => succeeded({ context, initialPrompt: promptFor(op.value) } satisfies Entered);
  return whenThere(start, (context) => {
    if (bound === undefined || bound.context === null) return entered(context);
    return whenThere(checkWith(bound.context.schema, context), (checked) =>
      checked.ok
        ? entered(checked.value)
        : misfitOutcome(op.key, checked.issues, { code: "context_invalid", what: "the context it begins with", retryable: false }),
    );
  });
}

/** At once where it is there: a question that takes time is given a time, and its answer a turn of its own. */
function whenThere<T>(value: T | Promise<T>, make: (value: T) => Answer): Answer {
  return isThenable(value) ? Promise.resolve(value).then(make) : make(value);
}

function promptFor(input: unknown): string {
  return typeof input === "string" ? input : canonicalText(input);
}

/** JSON with the keys in alphabetical order, a bigint as its digits. */
function canonicalText(input: unknown): string {
  try {
    return canonicalJson(input) ?? "";
  } catch {
    return promptOf(input); // a bigint, for which JSON has no word; what that throws is the decision's failure
  }
}

/** The patches of the outer context, as what its mapping says. */
function leave(question: ControlQuestion): Answer {
  const { op, bindings } = question;
  const inner = op.detail as ContextState;
  const fields: unknown = bindings.nested.get(op.node)?.leave?.(visibleContext(inner), visibleContext(op.context));
  return whenThere(fields, (set) => patchesOf(question, set));
}

function patchesOf({ op, bindings }: ControlQuestion, fields: unknown): Answer {
  if (fields === undefined || fields === null) return succeeded([]);
  if (!isPlainObject(fields)) throw new TypeError(`it returned ${wordFor(fields)}, and has to return an object of the fields it sets`);
  const said = Object.entries(fields).map(([field, value]): Patch => {
    if (Object.hasOwn(op.context.reducers, field)) return { op: "contribute", field, value: plainOf(value) };
    return { op: "set", path: [field], value: plainOf(value) };
  });
  refuseOutside(op.context.limits, said);
  const definition = contextOf(bindings, op.context);
  const patches = reducedIn(definition, op.context, said);
  if (definition === null || patches.length === 0) return succeeded(patches);
  return whenThere(checkWrites(definition, op.context, patches), (checked) =>
    checked.ok
      ? succeeded(patches)
      : misfitOutcome(op.key, checked.issues, { code: "context_invalid", what: "what it sets of the context around it", retryable: false }),
  );
}

/** What fields become of all that was contributed to them at the same time, as their schemas take it. */
function askReducers({ op, bindings }: ControlQuestion): Answer {
  const definition = contextOf(bindings, op.context);
  const contributions = fromAsked(op.value as readonly AskedContribution[]); // the handler has made it
  const afters = Object.fromEntries(aftersOf(definition, op.context, contributions));
  if (definition === null) return succeeded(afters);
  const patches = Object.entries(afters).map(([field, value]): Patch => ({ op: "contribute", field, value: null, after: { value } }));
  return whenThere(checkWrites(definition, op.context, patches), (checked) =>
    checked.ok
      ? succeeded(afters)
      : misfitOutcome(op.key, checked.issues, { code: "context_invalid", what: "what it makes of the context", retryable: false }),
  );
}
