import { nodePathOf } from "../../model/path.ts";
import type { InstancePath } from "../../model/path.ts";
import type { Drift, DriftKind } from "./drift.ts";
import { Explainer } from "./explain.ts";
import type { DriftLevel, DriftRules } from "./levels.ts";
import { STRICT, levelOf } from "./levels.ts";
import { Turns } from "./trail.ts";

/** A difference that nothing before it explains, and all that follows from it. Every difference is in exactly one cause. */
export interface Cause {
  /** The worst of all its differences. */
  readonly level: DriftLevel;
  /** What is told first; where the rules ignore that, the first that they do not ignore. */
  readonly head: Drift;
  /** The same change at other places: items, iterations, all that came or went together. */
  readonly alike: readonly Drift[];
  /** At how many places it is. */
  readonly places: number;
  /** What follows, in the order of the run. */
  readonly follows: readonly Drift[];
  /** What the rules ignore of it. */
  readonly ignored: readonly Drift[];
}

/**
 * Finds out of many differences the few that the others follow from: first those that fail, in the order of the run, then
 * those that warn, then what is ignored.
 *
 * @param drifts - As {@link compareGoldens} gives them.
 * @param rules - Which differences fail, warn or are ignored. Default: all fail.
 */
export function findCauses(drifts: readonly Drift[], rules: DriftRules = STRICT): readonly Cause[] {
  const families = new Families(drifts);
  explainAll(drifts, families);
  joinStopped(drifts, families);
  joinAlike(families);
  const causes = families.all().map((members) => causeOf(members, rules));
  return causes.sort((a, b) => RANK[a.level] - RANK[b.level]);
}

const RANK: Readonly<Record<DriftLevel, number>> = { fail: 0, warn: 1, ignore: 2 };

/** What belongs to one cause, with the differences that began it. */
interface Family {
  readonly members: Drift[];
  /** Those that nothing explains; what came or went together is only here once. */
  readonly heads: Drift[];
  /** The position of the first. */
  readonly at: number;
}

/** Which difference belongs to which cause. Two become one when it shows that they are. */
class Families {
  readonly #positions: ReadonlyMap<Drift, number>;
  readonly #familyOf = new Map<Drift, Family>();

  constructor(drifts: readonly Drift[]) {
    this.#positions = new Map(drifts.map((drift, index) => [drift, index]));
  }

  begin(drift: Drift): void {
    this.#familyOf.set(drift, { members: [drift], heads: [drift], at: this.#positions.get(drift) ?? 0 });
  }

  follow(drift: Drift, explainedBy: Drift): void {
    const family = this.of(explainedBy);
    if (family === null) return this.begin(drift);
    family.members.push(drift);
    this.#familyOf.set(drift, family);
  }

  of(drift: Drift): Family | null {
    return this.#familyOf.get(drift) ?? null;
  }

  /** Makes one family part of another. As `alike`, both have begun it; else what began it has been brought about by the other. */
  join(family: Family, into: Family, as: "alike" | "follows"): void {
    if (family === into) return;
    for (const member of family.members) {
      into.members.push(member);
      this.#familyOf.set(member, into);
    }
    if (as === "alike") into.heads.push(...family.heads);
  }

  all(): readonly Family[] {
    const families = new Set(this.#familyOf.values());
    for (const { members } of families) members.sort((a, b) => (this.#positions.get(a) ?? 0) - (this.#positions.get(b) ?? 0));
    return [...families].sort((a, b) => a.at - b.at);
  }
}

function explainAll(drifts: readonly Drift[], families: Families): void {
  const explainer = new Explainer();
  const together = new Map<string, Drift>();
  for (const drift of drifts) {
    const { group, edit } = drift.flow;
    const changes = [...(group === null ? [] : [`${drift.class} ${group}`]), ...(edit === null ? [] : [edit])];
    const first = changes.map((change) => together.get(change)).find((each) => each !== undefined);
    const explained = first ?? explainer.explain(drift);
    if (explained === null) families.begin(drift);
    else families.follow(drift, explained);
    for (const change of changes) if (!together.has(change)) together.set(change, drift);
    explainer.note(drift);
  }
}

/** What was only told to stop, or to go on, follows from whatever fails beside it, or does not fail any more. */
function joinStopped(drifts: readonly Drift[], families: Families): void {
  const turns = new Turns();
  for (const drift of drifts) if (drift.flow.turns && !drift.flow.ends) turns.note(drift); // a wait stops nothing beside it
  for (const family of families.all()) {
    const [head] = family.heads;
    if (head?.flow.stops !== true || (head.flow.turns && !head.flow.ends)) continue;
    const turn = turns.beside(head.flow.lanes);
    const into = turn === null ? null : families.of(turn);
    const from = families.of(head);
    if (into !== null && from !== null) families.join(from, into, "follows");
  }
}

/** The same change at many instances of one node is one change. */
function joinAlike(families: Families): void {
  const known = new Map<string, Family>();
  for (const family of families.all()) {
    const [head] = family.heads;
    if (head === undefined) continue;
    const where = (head.flow.group ?? head.path) as InstancePath;
    const change = [head.class, head.kind, head.about, head.decides ?? "", nodePathOf(where)].join("\n");
    const first = known.get(change);
    if (first === undefined) known.set(change, family);
    else families.join(family, first, "alike");
  }
}

function causeOf({ members, heads }: Family, rules: DriftRules): Cause {
  const levels = new Map(members.map((drift) => [drift, levelOf(drift, rules)]));
  const told = members.filter((drift) => levels.get(drift) !== "ignore");
  const ignored = told.length === 0 ? [] : members.filter((drift) => levels.get(drift) === "ignore");
  const shown = told.length === 0 ? members : told;
  const head = headOf(shown, heads);
  const isAlike = alikeTo(head, heads);
  const alike = shown.filter((drift) => drift !== head && isAlike(drift));
  const follows = shown.filter((drift) => drift !== head && !isAlike(drift));
  const level = told.length === 0 ? "ignore" : told.some((drift) => levels.get(drift) === "fail") ? "fail" : "warn";
  const places = new Set([head, ...alike].map(({ flow, path }) => flow.group ?? path)).size;
  return { level, head, alike, places, follows, ignored };
}

/** How much an operation says about what came or went with it. */
const TELLING: readonly DriftKind[] = ["human", "signal", "model", "tool", "step", "sleep", "decide"];

/** What began it, if that is told; of all that came or went together, what says most. */
function headOf(shown: readonly Drift[], heads: readonly Drift[]): Drift {
  const began = new Set(heads);
  const first = shown.reduce((best, each) => (!began.has(best) && began.has(each) ? each : best));
  const { group, edit } = first.flow;
  if (group === null) return first;
  const approval = first.class === "added" ? shown.find((drift) => isEnd(drift) && drift.path.startsWith(`${first.path}/`)) : undefined;
  if (approval !== undefined) return approval;
  const isBeside = ({ class: of, kind, flow }: Drift): boolean => {
    if (kind === "agent") return false;
    if (of === first.class && flow.group === group) return true;
    return edit !== null && flow.edit === edit && !first.flow.turns; // where it makes the run fail, what is gone behind it only follows
  };
  const rank = (drift: Drift): number => (isEnd(drift) ? -1 : TELLING.indexOf(drift.kind));
  return shown.filter(isBeside).reduce((best, each) => (rank(each) < rank(best) ? each : best), first);
}

/** Whether the recorded run ended at it, and it is gone: what comes behind it is only new because of that. */
function isEnd({ class: of, flow }: Drift): boolean {
  return of === "missing" && flow.ends;
}

/** What is the same change as the one that is told: what began like it or, of what came or went, all of it. */
function alikeTo(head: Drift, heads: readonly Drift[]): (drift: Drift) => boolean {
  const began = new Set(heads);
  const { group } = head.flow;
  if (group === null) return (drift) => began.has(drift);
  const node = nodePathOf(group as InstancePath);
  return ({ class: of, flow }) => of === head.class && flow.group !== null && nodePathOf(flow.group as InstancePath) === node;
}
