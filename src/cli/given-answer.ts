import { FlujoError } from "../base/errors.ts";
import type { Approval, Pause } from "../index.ts";
import type { Desk } from "./desk.ts";
import type { Given } from "./read-value.ts";
import { readJson, readValue } from "./read-value.ts";

/** The options of `flujo answer` that say the answer itself. */
export interface AnswerGiven {
  readonly value?: string;
  readonly approve?: boolean;
  /** Why, or true where nothing is said of it. */
  readonly reject?: string | true;
  /** JSON of the arguments. */
  readonly edit?: string;
  readonly note?: string;
}

type Way = "value" | "approve" | "reject" | "edit";

/**
 * Which option says the answer; null where none does, and the person is to be asked.
 *
 * @throws {FlujoError} `usage_invalid` where several do.
 */
export function wayOf(given: AnswerGiven): Way | null {
  const [way, other] = (["value", "approve", "reject", "edit"] as const).filter((each) => given[each] !== undefined);
  if (other !== undefined)
    throw new FlujoError("usage_invalid", `Both --${way} and --${other} say the answer.`, { remedy: "Give one of them." });
  if (given.note !== undefined && way !== "edit" && way !== "reject")
    throw new FlujoError("usage_invalid", "--note says why a call was rejected or changed, and neither was.", {
      remedy: 'Use it with --reject or --edit: --reject --note "too much".',
    });
  return way ?? null;
}

/** Whether an option can answer nothing but an approval. */
function isForApproval(way: Way | null): boolean {
  return way !== null && way !== "value";
}

/** The answer, as it was given on the command line. @throws {FlujoError} `usage_invalid` */
export async function givenAnswer(desk: Desk, given: AnswerGiven, way: Way): Promise<Given> {
  if (way === "value") return readValue(desk, given.value ?? "");
  return { value: await approvalGiven(desk, given, way), asText: null, brokenJson: null };
}

async function approvalGiven(desk: Desk, { reject, edit, note }: AnswerGiven, way: Exclude<Way, "value">): Promise<Approval> {
  if (way === "approve") return { decision: "approve" };
  const why = note ?? (typeof reject === "string" ? reject : undefined);
  const said = why === undefined ? {} : { note: why };
  return way === "reject"
    ? { decision: "reject", ...said }
    : { decision: "edit", input: await readJson(desk, "--edit", edit ?? ""), ...said };
}

/**
 * Those of the pauses that this way of answering is for.
 *
 * @throws {FlujoError} `usage_invalid` where it is for none of them.
 */
export function answerable(pauses: readonly Pause[], way: Way | null): readonly Pause[] {
  if (!isForApproval(way)) return pauses;
  const approvals = pauses.filter(({ waitsFor }) => waitsFor === "approval");
  if (approvals.length > 0) return approvals;
  const [first] = pauses;
  throw new FlujoError(
    "usage_invalid",
    `--${way} is for tool calls that wait for approval, and ${first?.id ?? "this"} waits for an answer.`,
    {
      remedy: "Give the answer with --value, or leave both out and be asked.",
    },
  );
}
