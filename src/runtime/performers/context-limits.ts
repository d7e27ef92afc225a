import { FlujoError } from "../../base/errors.ts";
import { isPlainObject } from "../../base/json.ts";
import type { ContextLimit } from "../../core/context/context-state.ts";
import type { Patch } from "../../model/patch.ts";

/** The context without what the limits leave out: a field that is not there for whoever lists them, and that throws when it is looked at. */
export function limitedView(value: unknown, limits: readonly ContextLimit[]): unknown {
  if (!isPlainObject(value)) return value;
  const view: Record<string, unknown> = {};
  for (const [field, held] of Object.entries(value)) {
    const limit = limits.find(({ reads, writes }) => reads !== null && !reads.includes(field) && writes?.includes(field) !== true);
    if (limit === undefined) Object.defineProperty(view, field, { value: held, enumerable: true });
    else Object.defineProperty(view, field, { get: () => refuse(limit, field, "looked at"), enumerable: false });
  }
  return Object.freeze(view);
}

/** @throws {FlujoError} `context_invalid` for a write to a field that a limit leaves out. */
export function refuseOutside(limits: readonly ContextLimit[], patches: readonly Patch[]): void {
  for (const limit of limits)
    for (const patch of patches) {
      const field = patch.op === "contribute" ? patch.field : patch.path[0];
      if (limit.writes !== null && !limit.writes.includes(field)) refuse(limit, field, "written");
    }
}

function refuse({ of, reads, writes }: ContextLimit, field: string, done: "looked at" | "written"): never {
  const named = [...new Set([...(reads ?? []), ...(writes ?? [])])];
  const has = named.length === 0 ? "declares none" : `declares ${named.join(", ")} only`;
  throw new FlujoError("context_invalid", `the context field "${field}" was ${done}, and ${of} ${has}.`, {
    remedy: "Name the field in its `reads`, `writes` or `include`, or leave it alone.",
  });
}
