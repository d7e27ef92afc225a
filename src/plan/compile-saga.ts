import type { SagaNode } from "../model/node.ts";
import { childNodePath } from "../model/path.ts";
import type { Compilation, Place } from "./compilation.ts";
import type { SagaDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { checkName } from "./names.ts";

/** What a saga adds to a path, below the name it stands under. */
const RUN = "run";

/** A program with its compensations: everything in it may have one. */
export function compileSaga(definition: SagaDefinition, place: Place, into: Compilation): SagaNode {
  const { path, segment, level, checkedWith = null } = place;
  const name = definition.name ?? place.name;
  checkName(path, "a saga", name);
  const below: Place = { path: childNodePath(path, RUN), segment: RUN, name, level: level + 1, checkedWith };
  const child = into.nodeOf(definition.program, below, { ...into, isInSaga: true });
  const fingerprint = fingerprintOfConfig({ kind: "saga", name });
  return Object.freeze({ kind: "saga", name, segment, path, fingerprint, child, isInner: into.isInSaga });
}
