import type { InstancePath, NodePath } from "../../model/path.ts";
import { nodePathOf } from "../../model/path.ts";
import type { Drift } from "./drift.ts";
import type { Change } from "./same-change.ts";
import { changesOf, shareChange } from "./same-change.ts";
import { Trail } from "./trail.ts";

/** What is written in the code and comes from no data. */
const WRITTEN: ReadonlySet<string> = new Set(["answerSchema", "kind", "waitsFor", "withinMs", "forMs", "untilMs", "asks"]);

/** What the flow of data gives whoever is asked. */
const GIVEN: ReadonlySet<string> = new Set(["input", "value", "added", "show", "feedback", "detail", "history"]);
/** So many differences in what is given are kept that nothing explains. */
const MOST_UNEXPLAINED = 20;

/**
 * Says of one difference after the other, in the order of the run, which earlier one explains it: what can have brought it
 * about through the data that flows from there to here, through the context, or by leading the run another way.
 */
export class Explainer {
  readonly #carrying = new Trail();
  readonly #context = new Trail();
  readonly #turns = new Trail();
  readonly #agents = new Map<NodePath, Drift>();
  #last: Drift | null = null;
  #lastContext: Drift | null = null;
  #lastSpent: Drift | null = null;
  /** What is given something else that no difference before it explains: an answer in the golden was edited, say. */
  readonly #given = new Map<string, { readonly drift: Drift; readonly changes: readonly Change[] }>();
  /** The first difference of the operation that is looked at, apart from what it used. */
  #here: Drift | null = null;

  /** What explains a difference; null where nothing before it does. */
  explain(drift: Drift): Drift | null {
    if (drift.kind === "run") return this.#explainRun(drift);
    if (this.#here !== null && (this.#here.path !== drift.path || this.#here.kind !== drift.kind)) this.#here = null;
    return drift.kind === "agent" ? this.#explainAgent(drift) : this.#explainOperation(drift);
  }

  /** Has it explain what comes after it. */
  note(drift: Drift): void {
    const { flow, kind, path } = drift;
    if (drift.class === "usage") this.#lastSpent = drift;
    if (kind === "agent" && !this.#agents.has(path as NodePath)) this.#agents.set(path as NodePath, drift);
    if (kind !== "run" && kind !== "agent" && drift.class !== "usage") this.#here ??= drift;
    if (flow.turns) this.#turns.note(drift);
    if (flow.carriesContext) {
      this.#context.note(drift);
      this.#lastContext = drift;
    }
    if (!flow.carries) return;
    this.#carrying.note(drift);
    this.#last = drift;
  }

  #explainRun(drift: Drift): Drift | null {
    switch (drift.class) {
      case "usage":
        return this.#lastSpent ?? this.#last;
      case "context":
        return this.#lastContext ?? this.#last;
      case "result":
        return drift.path === "" ? this.#last : (this.#turns.before(drift.flow.lanes) ?? this.#carrying.before(drift.flow.lanes));
      case "event":
        return this.#last;
      default:
        return null; // what a run begins with, and an order, are brought about by nothing
    }
  }

  #explainAgent({ class: of, flow }: Drift): Drift | null {
    return of === "request" ? null : this.#carrying.before(flow.lanes);
  }

  #explainOperation(drift: Drift): Drift | null {
    const { flow } = drift;
    switch (drift.class) {
      case "path":
      case "added":
      case "missing":
        return this.#turns.before(flow.lanes) ?? (flow.optional ? (this.#ofAgent(drift) ?? this.#carrying.before(flow.lanes)) : null);
      case "request":
        return drift.kind === "decide" && drift.about === drift.decides ? this.#explainOutput(drift) : this.#explainRequest(drift);
      case "output":
        return this.#explainOutput(drift);
      case "context":
        return this.#here ?? this.#context.before(flow.lanes);
      default:
        return this.#here ?? this.#explainUsage(drift);
    }
  }

  /** A model that was told something else has read another number of tokens, also where its request only says what is new in it. */
  #explainUsage(drift: Drift): Drift | null {
    const { agent, lanes } = drift.flow;
    if (agent === null) return null;
    const before = this.#carrying.before(lanes);
    return this.#ofAgent(drift) ?? (before?.flow.agent === agent ? before : null);
  }

  #explainRequest(drift: Drift): Drift | null {
    if (WRITTEN.has(drift.about)) return this.#here;
    const isToldByAgent = drift.kind === "model" ? drift.about === "tools" || drift.about === "toolChoice" : drift.kind === "tool";
    return (
      (isToldByAgent ? this.#ofAgent(drift) : null) ?? this.#carrying.before(drift.flow.lanes) ?? this.#here ?? this.#explainGiven(drift)
    );
  }

  /** Several may be given the same value, one beside the other or one after the other: where it is another one, that is one change. */
  #explainGiven(drift: Drift): Drift | null {
    if (!GIVEN.has(drift.about)) return null;
    const changes = changesOf(drift);
    const before = [...this.#given.values()].find((each) => shareChange(each.changes, changes))?.drift ?? null;
    const node = nodePathOf(drift.path as InstancePath); // items of one node are alike: one of them is enough
    if (this.#given.size < MOST_UNEXPLAINED && !this.#given.has(node)) this.#given.set(node, { drift: before ?? drift, changes });
    return before;
  }

  /** A function gives something else where it is asked something else, or sees another context; else its code has changed. */
  #explainOutput(drift: Drift): Drift | null {
    const { kind, flow } = drift;
    if (this.#here !== null) return this.#here;
    if (flow.stops) return this.#turns.before(flow.lanes);
    if (kind === "step") return this.#context.before(flow.lanes);
    if (kind === "decide") return this.#ofAgent(drift) ?? this.#context.before(flow.lanes);
    if (kind !== "model") return null;
    const before = this.#carrying.before(flow.lanes);
    return this.#ofAgent(drift) ?? (before?.flow.agent === flow.agent ? before : null);
  }

  #ofAgent({ flow, decides }: Drift): Drift | null {
    if (flow.agent === null || decides === "instructions" || decides === "prompt") return null;
    return this.#agents.get(flow.agent) ?? null;
  }
}
