import type { Json } from "../../base/json.ts";
import { checkWith } from "../../base/schema.ts";
import type { Op } from "../../core/program.ts";
import type { Bindings } from "../../plan/bindings.ts";
import { userItemOf } from "../../runtime/performers/model.ts";
import type { GoldenRequest } from "../golden.ts";

/**
 * What a schema makes of what is asked, where one does: an agent's input schema of its prompt, a tool's of its arguments. No
 * journal has that, since it follows from the code: so it is worked out with the code that asks. Null where there is none, or
 * where it does not fit, which then is the outcome.
 */
export async function asAsked(op: Op, bindings: Bindings): Promise<GoldenRequest | null> {
  if (op.kind === "model") {
    const schema = bindings.agents.get(op.node.path)?.input ?? null;
    if (schema === null || op.request.after !== null || op.asks !== "turn") return null;
    const checked = await checkWith(schema, op.input);
    return checked.ok ? { added: [userItemOf(checked.value, op.prompt), ...(op.request.added as readonly Json[])] } : null;
  }
  if (op.kind !== "tool" || op.isChecked) return null;
  const schema = bindings.agents.get(op.node.path)?.tools.get(op.tool.name)?.input ?? null;
  if (schema === null) return null;
  const checked = await checkWith(schema, op.call.input);
  return checked.ok ? { input: checked.value } : null;
}
