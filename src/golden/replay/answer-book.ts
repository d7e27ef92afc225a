import { FlujoError } from "../../base/errors.ts";
import type { Op } from "../../core/program.ts";
import type { Recorded, WaitOpened } from "../../model/entry.ts";
import type { Plan } from "../../model/node.ts";
import { nodesIn } from "../../model/plan-nodes.ts";
import type { InstancePath } from "../../model/path.ts";
import { nodePathOf } from "../../model/path.ts";
import { encode } from "../../serialize/codec.ts";
import type { Golden, GoldenOperation, GoldenResponse } from "../golden.ts";
import { requestOf } from "../trace/request-of.ts";

/** What a golden has as answers, each given out once. */
export class AnswerBook {
  readonly #byPath = new Map<InstancePath, GoldenOperation>();
  /** Answers of nodes that the plan does not have any more, for the same question elsewhere; null before somebody wants one. */
  #ofGoneNodes: GoldenOperation[] | null = null;
  readonly #golden: Golden;
  readonly #plan: Plan;
  /** How many outcomes nobody has had yet. */
  left = 0;

  constructor(golden: Golden, plan: Plan) {
    this.#golden = golden;
    this.#plan = plan;
    for (const operation of golden.operations) {
      this.#byPath.set(operation.path, operation);
      if (operation.response !== null) this.left++;
    }
  }

  /** What is recorded under this path for this kind of operation. */
  at(path: InstancePath, kind: Op["kind"]): GoldenOperation | null {
    const found = this.#byPath.get(path);
    return found?.kind === kind ? found : null;
  }

  /** The same, and nobody else is given it. */
  take(op: Op): GoldenOperation | null {
    const found = this.at(op.key, op.kind) ?? this.#elsewhere(op);
    if (found?.response != null) this.left--;
    return found;
  }

  /**
   * What somebody answered to the very same question at a node that is not there any more, and nobody else is given it: a
   * question of that name goes before others, and one that shows nothing is told from others by its name alone.
   */
  takeMoved({ waitsFor, name, show, answerSchema }: WaitOpened): GoldenOperation | null {
    const gone = this.#gone();
    const wanted = textOf(waitsFor === "signal" ? { answerSchema } : { show, answerSchema });
    const isSame = (each: GoldenOperation): boolean => {
      if (each.waitsFor !== waitsFor || each.response?.status !== "succeeded") return false;
      const { withinMs: _, ...request } = each.request;
      return textOf(request) === wanted;
    };
    const named = gone.findIndex((each) => each.name === name && isSame(each));
    const isTold = waitsFor !== "signal" && show !== null && show !== undefined;
    return this.#takeGone(named < 0 && isTold ? gone.findIndex(isSame) : named);
  }

  /** The answer to the very same question at a node that is not there any more: it was renamed or moved. */
  #elsewhere(op: Op): GoldenOperation | null {
    const gone = this.#gone();
    if (gone.length === 0) return null;
    const wanted = textOf(requestOf(op, new Map()));
    return this.#takeGone(gone.findIndex(({ kind, request }) => kind === op.kind && textOf(request) === wanted));
  }

  #gone(): readonly GoldenOperation[] {
    this.#ofGoneNodes ??= ofGoneNodes(this.#golden, this.#plan);
    return this.#ofGoneNodes;
  }

  #takeGone(at: number): GoldenOperation | null {
    return at < 0 ? null : (this.#ofGoneNodes?.splice(at, 1)[0] ?? null);
  }
}

function ofGoneNodes({ operations }: Golden, { root }: Plan): GoldenOperation[] {
  const nodes = new Set<string>(nodesIn(root).map(({ path }) => path));
  return operations.filter(({ path }) => !nodes.has(nodeOf(path)));
}

/** The node that asks: an agent for its turns and tools, a node for its decisions. */
function nodeOf(path: InstancePath): string {
  const whole = nodePathOf(path);
  const turn = whole.lastIndexOf("/turn[]");
  return (turn < 0 ? whole : whole.slice(0, turn)).replace(/\/\?.*$/, "");
}

function textOf(value: unknown): string {
  try {
    return encode({ value }, "what is asked");
  } catch (error) {
    if (FlujoError.is(error, "value_unstorable")) return "";
    throw error;
  }
}

/** An answer, as whoever performs operations gives it. */
export function recordedOf(response: GoldenResponse): Recorded {
  if (response.status === "failed") return response;
  const { value, writes, usage, cost } = response;
  const spent = { ...(usage === undefined ? {} : { usage }), ...(cost === undefined ? {} : { cost }) };
  return writes.length === 0 ? { status: "succeeded", value, ...spent } : { status: "succeeded", value, writes, ...spent };
}
