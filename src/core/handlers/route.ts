import { isPlainObject } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { PlanNode, RouteNode } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { included, join } from "../join.ts";
import type { Program } from "../program.ts";
import { call, fork, perform } from "../program.ts";
import { Race } from "../race.ts";
import { Tally } from "../tally.ts";

/** Asks which branches, and runs those on the same input at the same time. The names taken are in the metadata. */
export function* runRoute(frame: ExecutionFrame<RouteNode>): Program<StepResult> {
  const { concurrency, onFailure } = frame.node;
  const tally = new Tally(frame);
  const said = yield* askRouter(frame, tally);
  if ("failure" in said) return tally.failed(said.failure);
  const named = namesIn(said.value);
  const branches = frame.node.branches.filter(({ segment }) => named?.has(segment) === true);
  if (named === null || branches.length < named.size) return tally.failed(unknownRoute(frame, said.value, named));
  tally.note(
    "routes",
    branches.map(({ segment }) => segment),
  );
  const context = included(frame.node, frame.context.with(said.writes));
  const { atMs } = tally;
  const race = new Race({ branches, onFailure });
  const results = yield* fork<StepResult>({
    count: branches.length,
    concurrency,
    start: (index) => call(frame.child(branches[index] as PlanNode, { input: frame.input, context, atMs })),
    stopsAfter: (result, index) => race.ended(result, index),
  });
  for (const result of race.heard(results)) if (result !== undefined) tally.include(result);
  if (race.failed !== null && race.isLost) return tally.failed(race.failed.failure);
  if (race.ignored.length > 0) tally.note("ignored", race.ignored);
  const { output, writes } = race.gathered(results);
  return yield* join({ frame, tally, branches: writes, output, before: said.writes });
}

type Said = { readonly value: unknown; readonly writes: readonly Patch[] } | { readonly failure: Failure };

function* askRouter(frame: ExecutionFrame<RouteNode>, tally: Tally): Program<Said> {
  const { node, input, context } = frame;
  if (node.router !== null) {
    const result = yield* call(frame.child(node.router, { input, context, atMs: tally.atMs }));
    tally.include(result);
    return result.status === "succeeded" ? { value: result.output, writes: result.writes } : { failure: result.failure };
  }
  const decided = yield* perform({
    kind: "decide",
    key: decisionPath(frame.key, "route"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "route",
    value: input,
    context,
  });
  tally.count(decided);
  const { outcome } = decided;
  return outcome.status === "succeeded" ? { value: outcome.value, writes: NO_PATCHES } : { failure: outcome.failure };
}

/** A name, a list of names, or `{ routes }` with one of these; null for anything else. */
function namesIn(said: unknown): ReadonlySet<string> | null {
  const named = isPlainObject(said) && "routes" in said ? said["routes"] : said;
  if (typeof named === "string") return new Set([named]);
  if (!Array.isArray(named) || !named.every((name: unknown): name is string => typeof name === "string")) return null;
  return new Set(named);
}

function unknownRoute(frame: ExecutionFrame<RouteNode>, said: unknown, named: ReadonlySet<string> | null): Failure {
  const known = frame.node.branches.map(({ segment }) => segment);
  const strange = [...(named ?? [])].filter((name) => !known.includes(name));
  const given = Array.isArray(said)
    ? "a list that holds more than names"
    : typeof said === "object" && said !== null
      ? "an object"
      : String(said);
  const what =
    named === null
      ? `the router gave ${given}, and has to give names`
      : `there is no branch for ${strange.map((name) => `"${name}"`).join(", ")}`;
  return {
    code: "route_unknown",
    message: `${frame.key}: ${what}; there are ${known.join(", ")}.`,
    path: frame.key,
    retryable: frame.node.router !== null,
    details: { known, unknown: strange },
  };
}
