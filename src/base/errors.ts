interface ErrorFacts {
  /** The HTTP status a server answers with. */
  readonly http: number;
  /** The exit code of the command line: 1 run failed, 2 usage or configuration, 4 invalid pipeline, input or plan, 5 limit, 130 interrupted. */
  readonly exit: number;
  /** What to do about it, in a sentence. */
  readonly remedy: string;
}

/** Every code Flujo fails with. `docs/errors.md` is generated from this table. */
export const ERRORS = {
  answer_invalid: { http: 422, exit: 4, remedy: "Answer with a value of the shape the pause asks for; the run goes on waiting." },
  api_key_refused: { http: 502, exit: 2, remedy: "Check the key, and that it may use this model." },
  api_key_missing: { http: 500, exit: 2, remedy: "Set the variable, or use `--model offline:extract` to try it without a key." },
  branch_key_unknown: { http: 422, exit: 1, remedy: "Return one of the keys there are, or declare a `default` branch." },
  cancelled: { http: 409, exit: 130, remedy: "Start a new run if the work is still wanted." },
  compensation_failed: {
    http: 500,
    exit: 1,
    remedy: "Undo by hand what `details.left` lists; give what undoes it `retries`.",
  },
  commands_exhausted: {
    http: 422,
    exit: 1,
    remedy: "Raise `maxCommands`, or make the planner say when to finish; its log is in the details.",
  },
  content_filtered: {
    http: 502,
    exit: 1,
    remedy: "Change what is asked, or the provider's safety settings; `endings` says what else to do.",
  },
  context_conflict: { http: 409, exit: 1, remedy: "Declare a reducer for the field, or a merge strategy on the node." },
  context_invalid: { http: 422, exit: 4, remedy: "Give a context that fits the schema the pipeline declares." },
  context_too_long: {
    http: 413,
    exit: 1,
    remedy: "Send less: a shorter input, fewer tools, less history; or use a model with a longer context.",
  },
  continued: { http: 409, exit: 1, remedy: "Nothing to do: the run goes on as another run, whose id is in its result." },
  critique_rejected: { http: 422, exit: 1, remedy: "Mend what the critique says; the next iteration of the refine is told." },
  decision_failed: { http: 500, exit: 1, remedy: "Mend the function it names; it must return without throwing." },
  export_not_found: { http: 404, exit: 2, remedy: "Name an export that is a pipeline, an agent or a step: FILE#export." },
  file_refused: { http: 422, exit: 1, remedy: "Convert or shrink the file, or use a model that takes it." },
  file_unreadable: {
    http: 422,
    exit: 2,
    remedy: "Give a file, or an http, https or data URL, that is there, can be read, and is not larger than `maxBytes`.",
  },
  file_not_loadable: { http: 400, exit: 2, remedy: "Mend the file, then try again." },
  file_syntax_unsupported: {
    http: 400,
    exit: 2,
    remedy: "Types are erased, not compiled: replace enums, namespaces and parameter properties, or compile the file first.",
  },
  flujo_closed: { http: 503, exit: 1, remedy: "Make a new Flujo; this one was closed." },
  frame_forged: { http: 500, exit: 1, remedy: "Build frames with `frame.child()`; nothing else makes a valid one." },
  gate_closed: {
    http: 422,
    exit: 1,
    remedy: "See what its judges say; with `retries` around what makes the value and the gate, it is told and may mend it.",
  },
  golden_unanswered: {
    http: 422,
    exit: 1,
    remedy: "Look at the drift that the check reports; record the golden again where the change is meant.",
  },
  golden_unsettled: {
    http: 422,
    exit: 1,
    remedy:
      "Make the program do the same with the same answers: mark what reaches out with an `effect`, and leave out of `redact` what decides the way.",
  },
  golden_newer: { http: 500, exit: 2, remedy: "Update flujo; nothing was changed." },
  golden_unreadable: {
    http: 422,
    exit: 4,
    remedy: "Mend the file at that place, bring it back from version control, or record it again.",
  },
  input_invalid: { http: 422, exit: 4, remedy: "Give an input that fits the schema." },
  in_doubt: {
    http: 409,
    exit: 1,
    remedy:
      'Look whether it was done; then let the next attempt do it (`inDoubt: "retry"`), retry the run (`flujo retry RUN`: it is done again), or go on without it.',
  },
  journal_diverged: { http: 409, exit: 4, remedy: "Resume with the code that started the run, or start a new run." },
  lease_lost: {
    http: 409,
    exit: 1,
    remedy: "Another process took this run over and goes on with it; nothing of this process was written after that.",
  },
  loop_exhausted: { http: 422, exit: 1, remedy: 'Raise `maxIterations`, or take what there is: `onExhausted: "return"`.' },
  machine_hops_exceeded: { http: 422, exit: 1, remedy: "Raise `maxHops`, or add a transition that leads to an end sooner." },
  machine_stuck: { http: 422, exit: 1, remedy: "Add a transition without `if` as the last one out of that state." },
  model_call_failed: { http: 502, exit: 1, remedy: "See the provider's message; `flujo trace` shows the call." },
  model_refused: { http: 422, exit: 1, remedy: "Change what is asked, or say in `endings` what else to do when a model refuses." },
  model_unknown: { http: 400, exit: 2, remedy: "Write the model as provider:model, for example `openai:gpt-5-mini` or `offline:extract`." },
  nesting_too_deep: { http: 422, exit: 4, remedy: "Split the pipeline; a node may lie at most 200 levels deep." },
  node_too_old: { http: 500, exit: 2, remedy: "Run it with Node 22.18 or newer." },
  offline: {
    http: 503,
    exit: 2,
    remedy:
      "Let a scripted model, a golden or a stand-in answer instead, or open the network: without FLUJO_OFFLINE=1, outside of `offline()`.",
  },
  output_cut_off: { http: 502, exit: 1, remedy: "Raise `settings.maxOutputTokens`, or ask for less." },
  output_empty: { http: 502, exit: 1, remedy: "See the call with `flujo trace`; another model or instruction may help." },
  output_invalid: { http: 422, exit: 1, remedy: "Make the step return what its output schema says." },
  output_malformed: {
    http: 502,
    exit: 1,
    remedy: 'Use a model that keeps to schemas, or let it try again: `endings: { malformed: "feedback" }`.',
  },
  package_missing: { http: 500, exit: 2, remedy: "Install the package it names." },
  pause_not_found: { http: 404, exit: 2, remedy: "`flujo show RUN` lists what the run waits for." },
  pipeline_invalid: { http: 422, exit: 4, remedy: "Mend the definition at the place it names." },
  plan_changed: {
    http: 409,
    exit: 4,
    remedy:
      'Resume with the code that started the run, accept the new code (`--accept-changes`, `onCodeChange: "continue"`), or fork the run (`--fork`, `onCodeChange: "fork"`): the fork keeps what does not depend on the change.',
  },
  quorum_missed: { http: 502, exit: 1, remedy: "See the branches that failed; ask fewer of them for the quorum, or give each a fallback." },
  quota_exceeded: { http: 402, exit: 1, remedy: "Add credit or raise the quota at the provider." },
  rate_limited: { http: 429, exit: 1, remedy: "Ask less often, raise `retries`, or raise the limit at the provider." },
  redirect_cycle: {
    http: 422,
    exit: 1,
    remedy: "Let its plugins redirect an output no more than once to each; `about.redirected` says where it has been.",
  },
  redirect_unknown: { http: 422, exit: 1, remedy: "Let the plugin name one of the `redirects`, or add it to them." },
  redirected: { http: 422, exit: 1, remedy: "Mend what the plugin says; the program it redirects to is told." },
  refine_exhausted: {
    http: 422,
    exit: 1,
    remedy: 'Raise `maxIterations`, make the critique easier to please, or take the last artifact: `onExhausted: "return"`.',
  },
  region_unsupported: { http: 451, exit: 2, remedy: "Call the provider from a region it serves, or use another provider." },
  resource_failed: { http: 502, exit: 1, remedy: "Check what its `open` needs: addresses, credentials, limits." },
  route_unknown: { http: 422, exit: 1, remedy: "Let the router give names of branches there are, or add the branch." },
  run_exists: { http: 409, exit: 2, remedy: "Choose another run id, or resume that run." },
  run_id_malformed: { http: 400, exit: 2, remedy: "`flujo list` shows the runs there are." },
  run_not_found: { http: 404, exit: 2, remedy: "`flujo list` shows the runs there are." },
  run_owned: { http: 409, exit: 2, remedy: "Wait until that process ends, or stop it; the run can be resumed then." },
  run_paused: { http: 409, exit: 3, remedy: "Answer what it waits for: `flujo answer RUN`." },
  run_stopped: { http: 409, exit: 130, remedy: "Resume it: `flujo resume RUN`." },
  search_without_proposal: {
    http: 422,
    exit: 1,
    remedy: "Let the proposer give states that its invariants let pass; its input says which were refused, and why.",
  },
  schema_without_json_schema: {
    http: 500,
    exit: 4,
    remedy: "Use a schema library that can describe itself as JSON Schema (zod 4.2 or newer, arktype).",
  },
  state_newer: { http: 500, exit: 2, remedy: "Update flujo, or use another state file." },
  state_unreadable: { http: 500, exit: 2, remedy: "The file was left as it is. Restore it from a backup, or name another with --state." },
  step_failed: { http: 500, exit: 1, remedy: "`flujo trace RUN` shows every step." },
  stream_broken: { http: 502, exit: 1, remedy: "Try again; where it keeps breaking, look at the proxies in between." },
  timeout: { http: 504, exit: 1, remedy: "Raise `timeoutMs`, or make the step faster." },
  tool_failed: { http: 500, exit: 1, remedy: "See the tool's own message." },
  tool_server_failed: { http: 502, exit: 1, remedy: "Check that the server starts and can be reached: `flujo doctor FILE`." },
  turn_limit_exceeded: { http: 422, exit: 5, remedy: "Raise `maxTurns`, or make the instructions say when to stop." },
  usage_invalid: { http: 400, exit: 2, remedy: "`flujo help` shows what there is." },
  validation_failed: { http: 422, exit: 1, remedy: "See its feedback; give the node `retries`, so that it is told and may mend it." },
  verdict_invalid: {
    http: 422,
    exit: 1,
    remedy: "Let it give true, false or { ok, score, feedback }.",
  },
  value_unstorable: {
    http: 500,
    exit: 1,
    remedy: "Return plain data (JSON, Date, Map, Set, bigint, URL, typed arrays, files), or register its class: registerCustomType.",
  },
} as const satisfies Record<string, ErrorFacts>;

/** One of the codes of {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

/**
 * The one class of errors that Flujo throws: what happened and where (message), what to do (remedy), and a code to
 * search for.
 *
 * @example
 * ```ts
 * import { FlujoError } from "flujo";
 * const error = new FlujoError("run_not_found", 'No run begins with "0199".');
 * console.log(error.code, FlujoError.is(error, "run_not_found"));
 * ```
 */
export class FlujoError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "FlujoError";
  readonly code: C;
  /** What happened and where, without the remedy. */
  readonly summary: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: C, summary: string, options: FlujoErrorOptions = {}) {
    const remedy = options.remedy ?? ERRORS[code].remedy;
    super(`${summary} ${remedy} [${code}]`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.summary = summary;
    this.remedy = remedy;
    this.details = options.details ?? {};
  }

  /** Whether `error` is a FlujoError, of this code if one is given. Not `instanceof`: two copies of the package may be loaded. */
  static is<K extends ErrorCode = ErrorCode>(error: unknown, code?: K): error is FlujoError<K> {
    if (!(error instanceof Error) || error.name !== "FlujoError" || !("code" in error)) return false;
    return code === undefined || error.code === code;
  }
}

/** What a {@link FlujoError} can say beside its code and summary. */
export interface FlujoErrorOptions {
  /** Facts for programs: paths, issues, ids. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The error behind this one. */
  readonly cause?: unknown;
  /** A remedy that fits better than the one of the table. */
  readonly remedy?: string;
}

/** How deep errors are looked into for the one behind them. */
const MOST_CAUSES = 16;

/** The error of this code that is, or is behind, what was thrown; null where none is. */
export function behind<K extends ErrorCode>(thrown: unknown, code: K): FlujoError<K> | null {
  let error = thrown;
  for (let depth = 0; depth < MOST_CAUSES && error instanceof Error; depth++) {
    if (FlujoError.is(error, code)) return error;
    error = error.cause;
  }
  return null;
}

/** The message of whatever was thrown, without a stack; never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) {
      const message: unknown = thrown.message; // an author may have put anything there
      return message === "" ? thrown.name : String(message);
    }
    if (typeof thrown === "string") return thrown;
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown); // a cycle, or a getter or toJSON that fails: its tag is all that can be said
  }
}
