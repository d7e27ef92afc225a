import type { ErrorCode } from "../base/errors.ts";
import { FlujoError } from "../base/errors.ts";
import { shellWord } from "../base/shell-word.ts";
import type { ModelOp, Op } from "../core/program.ts";
import type { AnyStep } from "../dsl/program.ts";
import { definitionOf } from "../dsl/program.ts";
import { sentenceOf } from "../model/failure.ts";
import type { InstancePath, NodePath } from "../model/path.ts";
import type { Compiled } from "../plan/compile.ts";
import { compile } from "../plan/compile.ts";
import type { CheckOptions } from "./check.ts";
import { refuseOther } from "./check.ts";
import type { Cause } from "./drift/causes.ts";
import { findCauses } from "./drift/causes.ts";
import { compareGoldens } from "./drift/compare.ts";
import { agentOf as agentPathOf } from "./drift/drift-maker.ts";
import { sameValue } from "./drift/same-value.ts";
import { readGolden } from "./file/read-golden.ts";
import { writeGolden } from "./file/write-golden.ts";
import type { Golden, GoldenAgent, GoldenOperation, GoldenRequest } from "./golden.ts";
import type { RecordOptions } from "./record.ts";
import { answerFrom, portsOf, redactedBy, settled } from "./record.ts";
import { compareRedacted } from "./redacted-otherwise.ts";
import { runInStandingTime } from "./replay/run-in-standing-time.ts";
import type { StartNow } from "./start-now.ts";
import { refuseOldStart, startNow } from "./start-now.ts";
import { agentOf, requestOf } from "./trace/request-of.ts";
import { isAtStep, nearSteps } from "./steps.ts";
import { UNREACHED } from "./unreached.ts";

/** What a golden is updated with. Everything has a default. */
export interface UpdateOptions extends CheckOptions, Pick<RecordOptions, "answers"> {
  /**
   * Where operations may be asked for real: `triage/tickets[*]/classify`, and all below it. Where another one would have to
   * be, the golden is left as it is. Default: anywhere.
   */
  readonly steps?: readonly string[];
  /**
   * Whether a real call that failed for want of a key, a network or a server that is up is taken over like any answer. Without
   * it the golden is left as it is, unless it has the same failure there already. @defaultValue `false`
   */
  readonly acceptFailures?: boolean;
}

/** What came of an update. */
export interface GoldenUpdate {
  /** Whether the golden is another one now. It is not where a check is clean. */
  readonly isChanged: boolean;
  /** What was asked for real, in that order. */
  readonly asked: readonly InstancePath[];
  /** What is different in it, the worst first. */
  readonly causes: readonly Cause[];
  readonly recorded: Golden;
  /** As it is now; `recorded` itself where nothing is changed. */
  readonly updated: Golden;
}

/**
 * Takes over into a golden what the code now loaded does otherwise. Models, tools and steps with an effect are asked for real
 * only where what they are asked has changed, or was never asked; everything else is answered from the golden. A model that is
 * asked again in a conversation is asked from there to its end. Not in CI: what is expected is for people to change.
 *
 * Given a file, writes it where something has changed. A real call that was not answered at all, for want of a key or a
 * network, is no answer to take over: then nothing is written, unless `acceptFailures` says so.
 *
 * @param golden - The golden, or the file it is in.
 * @throws {FlujoError} `usage_invalid` where `CI` is set, where it is one of another pipeline, or where something outside of
 * `steps` would have to be asked for real; `golden_unreadable`, `golden_newer`, `golden_unsettled`, `answer_invalid`; the code of
 * a real call that was not answered: `api_key_missing`, `model_call_failed`, `offline` and the like.
 *
 * @example
 * ```ts
 * import { pipeline, step } from "flujo";
 * import { recordGolden, updateGolden } from "flujo/testing";
 *
 * const greet = (word: string) => pipeline({ name: "greet" }).step(step("say", (who: string) => `${word}, ${who}!`));
 * const golden = await recordGolden(greet("Hello"), "Ada");
 * const { isChanged, asked } = await updateGolden(greet("Good morning"), golden, { env: {} });
 * console.log(isChanged, asked.length);
 * ```
 */
export async function updateGolden(program: AnyStep, golden: Golden | string, options: UpdateOptions = {}): Promise<GoldenUpdate> {
  refuseInCi(options.env ?? process.env);
  const compiled = compile(definitionOf(program));
  const recorded = typeof golden === "string" ? await readGolden(golden) : golden;
  refuseOther(compiled, recorded);
  const start = await startNow(compiled, recorded, options.redact ?? {});
  refuseOldStart(start);
  const update = await new Update({ ...start, recorded }, compiled, options).go();
  if (update.isChanged && typeof golden === "string") await writeGolden(golden, update.updated);
  return update;
}

/** @throws {FlujoError} `usage_invalid` where an environment is that of CI. */
export function refuseInCi(env: Environment): void {
  if (!isInCi(env)) return;
  throw new FlujoError("usage_invalid", "Goldens are not updated in CI: the variable CI is set.", {
    remedy: "Update them on your machine, look at what has changed, and commit it.",
  });
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether an environment is that of CI, where what is expected is given. */
export function isInCi({ CI = "" }: Environment): boolean {
  return CI !== "" && CI !== "false" && CI !== "0";
}

class Update {
  readonly #recorded: Golden;
  readonly #begins: StartNow["begins"];
  readonly #compiled: Compiled;
  readonly #options: UpdateOptions;

  constructor({ recorded, begins }: Pick<StartNow, "begins"> & { readonly recorded: Golden }, compiled: Compiled, options: UpdateOptions) {
    this.#recorded = recorded;
    this.#begins = begins;
    this.#compiled = compiled;
    this.#options = options;
  }

  async go(): Promise<GoldenUpdate> {
    const recorded = this.#recorded;
    const met: Asking[] = [];
    const raw = await this.#run(false, (asking) => {
      met.push(asking);
      return false;
    });
    const now = redactedBy(this.#options)(raw);
    const differing = findCauses(compareGoldens(recorded, now), this.#options.rules);
    if (differing.every(({ level }) => level === "ignore")) return { isChanged: false, asked: [], causes: [], recorded, updated: recorded };
    const known = new Known(redactedBy(this.#options)(recorded), { raw, now, met });
    const foreseen = new Questions(known);
    this.#refuse(met.filter((asking) => foreseen.isNew(asking)).map(({ op }) => op.key));
    const { asked, live } = await this.#ask(known);
    this.#refuseUnanswered(live, asked);
    const updated = await settled(live, { compiled: this.#compiled, options: this.#options });
    const causes = findCauses(compareRedacted(recorded, updated, this.#options), this.#options.rules);
    return { isChanged: causes.length > 0, asked, causes, recorded, updated };
  }

  /** Runs it with what is new asked for real. @throws {FlujoError} `usage_invalid` where that leads to what may not be asked. */
  async #ask(known: Known): Promise<{ readonly asked: readonly InstancePath[]; readonly live: Golden }> {
    const questions = new Questions(known);
    const asked: InstancePath[] = [];
    const refused: InstancePath[] = [];
    const live = await this.#run(true, (asking) => {
      if (!questions.isNew(asking)) return false;
      const isMeant = this.#isMeant(asking.op.key);
      (isMeant ? asked : refused).push(asking.op.key);
      return isMeant;
    });
    this.#refuse(refused);
    return { asked, live };
  }

  /** @throws {FlujoError} Its code, where a real call did not get as far as an answer. */
  #refuseUnanswered({ operations }: Golden, asked: readonly InstancePath[]): void {
    if (this.#options.acceptFailures === true) return;
    const isReal = new Set(asked);
    for (const { path, response } of operations) {
      if (response?.status !== "failed" || !isReal.has(path)) continue;
      const { failure } = response;
      if (!UNREACHED.has(failure.code) || this.#failedBefore(path, failure.code)) continue;
      const said = sentenceOf(failure).replace(`${path}: `, "");
      throw new FlujoError(failure.code, `${path} was asked for real, and not answered: ${said} Nothing was written.`, {
        details: { path },
        remedy: `${CURES[failure.code] ?? "Mend that, and update again."} To take the failure over as it is: --accept-failures.`,
      });
    }
  }

  #failedBefore(path: InstancePath, code: ErrorCode): boolean {
    const before = this.#recorded.operations.find((operation) => operation.path === path)?.response;
    return before?.status === "failed" && before.failure.code === code;
  }

  #run(isReal: boolean, isAskedForReal: (asking: Asking) => boolean): Promise<Golden> {
    const { answers = {} } = this.#options;
    const recorded = this.#recorded;
    return runInStandingTime({
      compiled: this.#compiled,
      begins: { ...recorded, ...this.#begins },
      answers: recorded,
      isReal,
      isAskedForReal: (op, known) => isAskedForReal({ op, recorded: known }),
      answer: answerFrom(answers),
      options: portsOf(this.#options),
    });
  }

  #isMeant(path: string): boolean {
    const { steps } = this.#options;
    return steps === undefined || steps.some((step) => isAtStep(step, path));
  }

  /** What a step that is nowhere in the golden may have been meant as. */
  #meant(refused: readonly InstancePath[]): string {
    const paths = [...this.#recorded.operations.map(({ path }) => path), ...refused];
    const lost = (this.#options.steps ?? []).filter((step) => !paths.some((path) => isAtStep(step, path)));
    return lost.map((step) => ` There is no ${step}.${nearSteps(step, paths)}`).join("");
  }

  #refuse(paths: readonly InstancePath[]): void {
    const [first, ...others] = paths.filter((path) => !this.#isMeant(path));
    if (first === undefined) return;
    const more = others.length === 0 ? "" : `, and ${others.length} more`;
    const near = this.#meant([first, ...others]);
    throw new FlujoError("usage_invalid", `${first}${more} would have to be asked for real too, and no --step is for that.${near}`, {
      details: { paths: [first, ...others] },
      remedy: `Give it as well: --step ${shellWord(first)}; or update the whole golden, without --step.`,
    });
  }
}

/** What to do about a call that was not answered, where more is known. A golden has its models; there is no other to offer. */
const CURES: { readonly [C in ErrorCode]?: string } = {
  api_key_missing: "Set the variable, and update again.",
  api_key_refused: "Check the key, and update again.",
  package_missing: "Install the package, and update again.",
  offline: "Update where there is a network, without FLUJO_OFFLINE.",
};

/** An operation that a golden answers, and what it has for it. */
interface Asking {
  readonly op: Op;
  readonly recorded: GoldenOperation | null;
}

/** What was asked when the golden was recorded: as it is written there, and as it was before something in it was redacted. */
class Known {
  readonly #recorded: Golden;
  readonly #requests = new Map<InstancePath, GoldenRequest>();
  readonly #agents = new Map<string, GoldenAgent>();

  constructor(recorded: Golden, { raw, now, met }: { readonly raw: Golden; readonly now: Golden; readonly met: readonly Asking[] }) {
    this.#recorded = recorded;
    const asked = new Map(met.map(({ op }) => [op.key, requestOf(op, new Map())])); // before a schema has made something else of it
    const written = new Map(recorded.operations.map((operation) => [operation.path, operation]));
    for (const [at, operation] of raw.operations.entries()) {
      const redacted = now.operations[at];
      const was = redacted === undefined ? undefined : written.get(redacted.path);
      if (was !== undefined && sameValue(was.request, redacted?.request))
        this.#requests.set(operation.path, asked.get(operation.path) ?? operation.request);
    }
    const redacted = Object.entries(now.agents);
    for (const [at, [path, agent]] of Object.entries(raw.agents).entries()) {
      const [name = "", is] = redacted[at] ?? [];
      if (is !== undefined && sameValue(recorded.agents[name as NodePath], is)) this.#agents.set(path, agent);
    }
  }

  isSameRequest(op: Op, recorded: GoldenOperation): boolean {
    const request = requestOf(op, new Map());
    const known = this.#requests.get(op.key);
    return sameValue(request, recorded.request) || (known !== undefined && sameValue(request, known));
  }

  isSameAgent(op: ModelOp, recorded: GoldenOperation): boolean {
    const agent = agentOf(op);
    const path = agentPathOf(recorded);
    const known = this.#agents.get(op.node.path);
    return (path !== null && sameValue(agent, this.#recorded.agents[path])) || (known !== undefined && sameValue(agent, known));
  }
}

/** Decides of one operation after the other, in the order they are asked, which was not asked like this before. */
class Questions {
  readonly #known: Known;
  /** Conversations in which something was: what a model is told from there on rests on it, though its request does not repeat it. */
  readonly #conversations = new Set<string>();

  constructor(known: Known) {
    this.#known = known;
  }

  isNew({ op, recorded }: Asking): boolean {
    const conversation = conversationOf(op);
    const isNew = this.#decide(op, recorded) || (op.kind === "model" && this.#conversations.has(conversation));
    if (isNew && (op.kind === "model" || op.kind === "tool")) this.#conversations.add(conversation);
    return isNew;
  }

  #decide(op: Op, recorded: GoldenOperation | null): boolean {
    if (recorded === null) return true;
    if (op.kind === "decide" && op.about === "history") return false; // the conversation was what it was
    if (!this.#known.isSameRequest(op, recorded)) return true;
    return op.kind === "model" && !this.#known.isSameAgent(op, recorded);
  }
}

/** The agent at its place, and which attempt of it. */
function conversationOf({ key }: Op): string {
  const turn = key.lastIndexOf("/turn[");
  return turn < 0 ? key : key.slice(0, turn);
}
