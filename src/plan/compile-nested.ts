import type { NestedNode } from "../model/node.ts";
import { childNodePath } from "../model/path.ts";
import { checkFunction } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteCode } from "./compilation.ts";
import { checkContext, compileContext } from "./compile-context.ts";
import type { NestedDefinition } from "./definition.ts";
import { fingerprintOfConfig, schemaMark, versionOfCode } from "./fingerprint.ts";
import { invalid } from "./invalid.ts";
import { checkName } from "./names.ts";

/** What a nested program adds to a path, below the name it stands under. */
const INNER = "inner";

/** A program with a context of its own: everything in it is compiled with that. */
export function compileNested(definition: NestedDefinition, place: Place, into: Compilation): NestedNode {
  const { path, segment, level } = place;
  const { program, enter, leave } = definition;
  const name = definition.name ?? place.name;
  checkName(path, "a nested pipeline", name);
  const { context } = program;
  checkContext(path, context);
  for (const [about, map] of Object.entries({ in: enter, out: leave })) {
    if (map === null) continue;
    checkFunction(path, `context.${about}`, map);
    noteCode(into, `${path}:${about}`, versionOfCode(map));
  }
  if (leave !== null && into.context === null)
    throw invalid(path, "context.out sets fields of a context that there is not", "Declare the context on the outer pipeline.");
  const reducers = compileContext(context, path, into);
  into.nested.set(path, Object.freeze({ context, enter, leave }));
  const inner: Compilation = { ...into, context };
  const child = into.nodeOf(program, { path: childNodePath(path, INNER), segment: INNER, name, level: level + 1 }, inner);
  const contextMark = context === null ? null : schemaMark(context.schema, path);
  const fingerprint = fingerprintOfConfig({ kind: "nested", name, context: contextMark, enters: enter !== null, leaves: leave !== null });
  return Object.freeze({ kind: "nested", name, segment, path, fingerprint, child, reducers, mapsOut: leave !== null });
}
