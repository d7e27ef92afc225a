import type { NodePath } from "../../model/path.ts";
import { nodePathOf } from "../../model/path.ts";
import type { Golden, GoldenOperation, GoldenResponse } from "../golden.ts";
import type { Row } from "./align.ts";
import { AtOnce } from "./at-once.ts";
import type { Difference } from "./compare-values.ts";
import type { Drift, Flow, Lane } from "./drift.ts";
import type { Reordered } from "./find-order.ts";
import type { Place, Side } from "./place-tree.ts";
import { PlaceTree, isOneSided, pathOf, topOf } from "./place-tree.ts";

const NO_FLOW: Flow = Object.freeze({
  lanes: [],
  carries: false,
  carriesContext: false,
  turns: false,
  stops: false,
  ends: false,
  optional: false,
  group: null,
  edit: null,
  agent: null,
});

/** What differs of a run as a whole. What it is begun with may change everything. */
export function runDrift(difference: Difference): Drift {
  const { class: of } = difference;
  const begins = of === "request";
  return {
    ...difference,
    kind: "run",
    path: "",
    wasAt: null,
    name: "",
    decides: null,
    flow: begins ? { ...NO_FLOW, carries: true, carriesContext: true } : NO_FLOW,
  };
}

/** Makes drifts of differences: says where they are, and what they mean for others. */
export class DriftMaker {
  readonly tree: PlaceTree;
  readonly atOnce: AtOnce;
  /** The waits that only one of the two runs ended at. */
  readonly #ended: ReadonlySet<string>;

  constructor(goldens: Readonly<Record<Side, Golden>>) {
    this.#ended = endedAt(goldens);
    this.tree = new PlaceTree({ recorded: goldens.recorded.operations, now: goldens.now.operations });
    this.atOnce = new AtOnce(goldens);
  }

  /** Of an operation that both have, perhaps under other paths. */
  ofPair(recorded: GoldenOperation, now: GoldenOperation, differences: readonly Difference[]): readonly Drift[] {
    const isMoved = recorded.path !== now.path;
    if (!isMoved && differences.length === 0) return [];
    const place = this.tree.at(now.path);
    const lanes = this.atOnce.lanesTo(place);
    const head = { ...headOf(now), wasAt: isMoved ? recorded.path : null };
    const flow: Flow = { ...NO_FLOW, lanes, agent: agentOf(now) };
    const drifts = differences.map(
      (difference): Drift => ({ ...head, ...difference, flow: { ...flow, ...this.#meaningOf(difference, [recorded, now]) } }),
    );
    if (!isMoved) return drifts;
    const was = this.tree.at(recorded.path);
    const [from, to] = movedTops(was, place);
    const moved: Flow = { ...flow, carries: true, optional: isOptional(to), group: `${pathOf(from)} > ${pathOf(to)}` };
    return [{ ...head, class: "path", about: "path", recorded: recorded.path, now: now.path, flow: moved }, ...drifts];
  }

  /** Of an operation that only one of the two has; `gap`: how many that both have come before it. */
  ofOne({ recorded, now }: Row, gap: number): readonly Drift[] {
    const operation = recorded ?? now;
    if (operation === null) return [];
    const { response } = operation;
    const place = this.tree.at(operation.path);
    const top = topOf(place);
    const stopped = isStopped(response);
    const ends = this.#ended.has(operation.path);
    const flow: Flow = {
      lanes: this.atOnce.lanesTo(place),
      carries: true,
      carriesContext: response?.status === "succeeded" && response.writes.length > 0,
      turns: ends || (!stopped && response?.status === "failed"),
      stops: true,
      ends,
      optional: isOptional(top),
      group: pathOf(top),
      edit: top.parent === null || this.atOnce.isAtOnce(top) ? null : `${gap} ${pathOf(top.parent)}`,
      agent: agentOf(operation),
    };
    const of = recorded === null ? "added" : "missing";
    return [{ ...headOf(operation), class: of, about: "operation", wasAt: null, recorded, now, flow }];
  }

  ofOrder({ place, of, recorded, now }: Reordered): Drift {
    const lanes = this.atOnce.lanesTo(place);
    const flow: Flow = { ...NO_FLOW, lanes, carries: true, carriesContext: true, turns: of === "outcomes" };
    return { ...this.#atPlace(place, "run"), class: "order", about: of, recorded, now, flow };
  }

  /** Of a run that one of the two ended by itself: what stands behind it came or went because of that. */
  ofEnd(path: string, difference: Difference): Drift {
    const flow: Flow = { ...NO_FLOW, lanes: this.atOnce.lanesTo(this.tree.at(path)), carries: true, turns: true };
    const name = /([^/[\]#]+)(?:\[\d+\]|#\d+)*$/.exec(path)?.[1] ?? path;
    return { ...difference, kind: "run", path, wasAt: null, name, decides: null, flow };
  }

  /** Of what an agent is made of. */
  ofAgent(path: NodePath, difference: Difference, at: GoldenOperation | null): Drift {
    const lanes: readonly Lane[] = at === null ? [] : this.atOnce.lanesTo(this.tree.at(at.path));
    const flow: Flow = { ...NO_FLOW, lanes, agent: path };
    return { ...difference, kind: "agent", path, wasAt: null, name: path.slice(path.lastIndexOf("/") + 1), decides: null, flow };
  }

  #meaningOf(difference: Difference, pair: readonly [GoldenOperation, GoldenOperation]): Partial<Flow> {
    const meaning = meaningOf(difference, pair);
    const ends = difference.class === "output" && pair.some(({ path }) => this.#ended.has(path));
    return ends ? { ...meaning, turns: true, ends } : meaning;
  }

  #atPlace(place: Place, kind: "run"): Pick<Drift, "kind" | "path" | "wasAt" | "name" | "decides"> {
    return { kind, path: pathOf(place), wasAt: null, name: place.token, decides: null };
  }
}

function headOf({ kind, path, name, about }: GoldenOperation): Pick<Drift, "kind" | "path" | "name" | "decides"> {
  return { kind, path, name, decides: about };
}

/** The waits at which one of two runs ended, as nobody answered, and the other has gone on, or has never come there. */
function endedAt({ recorded, now }: Readonly<Record<Side, Golden>>): ReadonlySet<string> {
  const was = waitsAt(recorded);
  const is = waitsAt(now);
  return new Set([...was, ...is].filter((path) => !was.has(path) || !is.has(path)));
}

function waitsAt({ result }: Golden): ReadonlySet<string> {
  return new Set<string>(result.status === "paused" ? result.waitsAt : []);
}

/** Answers that say where the run goes. */
const WAYS: ReadonlySet<string | null> = new Set(["key", "until", "accept", "approval", "retryOn"]);

function meaningOf({ class: of, about }: Difference, [recorded, now]: readonly [GoldenOperation, GoldenOperation]): Partial<Flow> {
  if (of === "context") return { carries: true, carriesContext: true };
  if (of === "request") return { carries: about === "kind" || (now.kind === "decide" && about === now.about) };
  if (of !== "output") return {};
  const stops = isStopped(recorded.response) || isStopped(now.response);
  return { carries: true, stops, turns: !stops && (about === "outcome" || (now.kind === "decide" && WAYS.has(now.about))) };
}

/** Whether something has no outcome of its own: it was told to stop, or the run was left before it had one. */
function isStopped(response: GoldenResponse | null): boolean {
  return response === null || (response.status === "failed" && response.failure.code === "cancelled");
}

/** Names that stand for what is only there where something before it makes it so. */
const BY_DATA =
  /^(?:\[|#|fallback(?:-\d+)?$|redirect-|tool$|summary$|\?(?:context|contributions|end|retryOn|failed|default|delay|leave|remember|asked|history|prompt|processed|plugin|validate|time|total|output))/;

function isOptional({ token }: Place): boolean {
  return BY_DATA.test(token);
}

/** The places that have become one another: the highest ones, of those with the same way below them. */
function movedTops(was: Place, is: Place): readonly [Place, Place] {
  let from = was;
  let to = is;
  while (from.token === to.token && from.parent !== null && to.parent !== null && isOneSided(from.parent) && isOneSided(to.parent)) {
    from = from.parent;
    to = to.parent;
  }
  return [from, to];
}

const AGENT_ASKS: ReadonlySet<string> = new Set(["instructions", "prompt", "processed", "history", "remember", "asked"]);

/** The agent that an operation is part of the conversation of, as its place in the plan. */
export function agentOf({ path, kind, about }: GoldenOperation): NodePath | null {
  const found = /^(.+)\/(?:turn\[\d+\](?:#\d+)?(?:\/tool\[\d+\](?:#\d+)?(?:\/approval)?)?|summary(?:#\d+)?)(?:\/\?.*)?$/.exec(path)?.[1];
  if (found !== undefined) return nodePathOf(found as GoldenOperation["path"]);
  return kind === "decide" && AGENT_ASKS.has(about ?? "")
    ? nodePathOf(path.slice(0, path.lastIndexOf("/?")) as GoldenOperation["path"])
    : null;
}
