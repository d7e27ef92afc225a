import { FlujoError } from "../base/errors.ts";
import { parseWith } from "../base/schema.ts";
import type { Approval } from "../model/approval.ts";
import type { WaitOpened } from "../model/entry.ts";
import type { NodePath } from "../model/path.ts";
import { nodePathOf } from "../model/path.ts";
import { APPROVAL_ANSWER } from "../plan/approval-answer.ts";
import type { Compiled } from "../plan/compile.ts";
import { toolCallsPath } from "../plan/compile-tool.ts";
import { encode } from "../serialize/codec.ts";

/** What is known of a wait, as far as its answer goes. */
export type AskedAt = Pick<WaitOpened, "key" | "waitsFor" | "name">;

/**
 * A person's answer, as the code now loaded takes it.
 *
 * @throws {FlujoError} `answer_invalid`; `plan_changed` where nothing waits there any more; `value_unstorable`.
 */
export async function checkAnswer({ bindings }: Compiled, wait: AskedAt, given: unknown): Promise<unknown> {
  const { key } = wait;
  const schema = wait.waitsFor === "approval" ? APPROVAL_ANSWER : bindings.answers.get(nodePathOf(key)); // its own plan says what needs approval
  if (schema === undefined) throw new FlujoError("plan_changed", `The code now loaded asks nobody at ${key}.`);
  let value = await parseWith(schema, given, { code: "answer_invalid", where: `The answer to ${key} does not fit` });
  if (wait.waitsFor === "approval") value = await checkEdit({ bindings }, wait, value as Approval);
  encode({ value }, `The answer to ${key}`, new Map()); // what could not be stored must not be taken for an answer
  return value;
}

/** Arguments that a person has changed must fit the tool as those of a model do; those of a server's tool are its own to check. */
async function checkEdit({ bindings }: Pick<Compiled, "bindings">, { key, name }: AskedAt, approval: Approval): Promise<Approval> {
  if (approval.decision !== "edit") return approval;
  const below = nodePathOf(key);
  const agent = below.slice(0, -`${toolCallsPath("" as NodePath)}/approval`.length) as NodePath;
  const schema = bindings.agents.get(agent)?.tools.get(name)?.input;
  if (schema !== undefined)
    await parseWith(schema, approval.input, {
      code: "answer_invalid",
      where: `The arguments of ${name}, as they were changed, do not fit`,
    });
  return approval;
}
