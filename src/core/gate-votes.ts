import type { Json } from "../base/json.ts";
import type { Failure } from "../model/failure.ts";
import { isFinal } from "../model/failure.ts";
import type { GateNode } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";
import type { BranchWrites } from "./context/merge-writes.ts";
import type { Verdict } from "./policy/verdict.ts";
import { heardOf } from "./race.ts";
import { readVerdict, wordFor } from "./policy/verdict.ts";

interface Vote {
  readonly name: string;
  readonly index: number;
  readonly verdict: Verdict;
  /** Whether it is a yes, its score considered. */
  readonly agrees: boolean;
  readonly writes: StepResult["writes"];
}

/** What the judges of a gate say, in the order in which they end: the same order when it is replayed. */
export class GateVotes {
  readonly #node: GateNode;
  readonly #pathOf: (segment: string) => InstancePath;
  readonly #votes: Vote[] = [];
  /** The names of those that failed, in the order in which they ended. */
  readonly ignored: string[] = [];
  /** What the votes come to, or what ended the voting; null while anything is possible. */
  end: "open" | "closed" | Failure | null = null;

  constructor(node: GateNode, pathOf: (segment: string) => InstancePath) {
    this.#node = node;
    this.#pathOf = pathOf;
  }

  /** Takes what a judge came to. Whether nothing that is still to come can change how it ends. */
  take(result: StepResult, index: number): boolean {
    if (this.end !== null) {
      if (typeof this.end === "object" && result.status === "failed" && result.failure.code === "continued") this.end = result.failure;
      return true; // it was told to stop
    }
    const name = this.#node.judges[index]?.segment ?? "";
    const failure = result.status === "failed" ? result.failure : this.#count(result, { name, index });
    if (failure !== null) {
      if (this.#node.onFailure === "propagate" || isFinal(failure)) this.end = failure;
      else this.ignored.push(name);
    }
    this.end ??= this.#decision();
    return this.end !== null;
  }

  /** Null where it is a vote. */
  #count(result: StepResult & { readonly status: "succeeded" }, { name, index }: Pick<Vote, "name" | "index">): Failure | null {
    const { minScore } = this.#node;
    const read = readVote(result.output, minScore);
    if ("problem" in read) {
      const path = this.#pathOf(name);
      return { code: "verdict_invalid", message: `${path}: the judge gave ${read.problem}.`, path, retryable: false };
    }
    const { verdict } = read;
    const agrees = verdict.ok && (minScore === null || (verdict.score !== null && verdict.score >= minScore));
    this.#votes.push({ name, index, verdict, agrees, writes: result.writes });
    return null;
  }

  #decision(): "open" | "closed" | null {
    const { needs, judges } = this.#node;
    const yes = this.agreed;
    const no = this.#votes.length - yes;
    const left = judges.length - this.#votes.length - this.ignored.length;
    if (needs === "all") {
      if (no > 0) return "closed";
      return left > 0 ? null : yes > 0 ? "open" : "closed";
    }
    if (needs === "majority") return yes > no + left ? "open" : yes + left <= no ? "closed" : null;
    return yes >= needs ? "open" : yes + left < needs ? "closed" : null;
  }

  get agreed(): number {
    return this.#votes.filter(({ agrees }) => agrees).length;
  }

  /** In declared order. */
  get #inOrder(): readonly Vote[] {
    return this.#votes.toSorted((a, b) => a.index - b.index);
  }

  /** What they wrote, in declared order. */
  get writes(): readonly BranchWrites[] {
    return this.#inOrder.map(({ name, writes }) => ({ name, writes }));
  }

  /** The same results; in those that are no vote, nothing was said. */
  heard(results: readonly (StepResult | undefined)[]): readonly (StepResult | undefined)[] {
    return heardOf(results, (at) => this.#votes.some(({ index }) => index === at));
  }

  get asJson(): Readonly<Record<string, Json>> {
    return Object.fromEntries(
      this.#inOrder.map(({ name, agrees, verdict: { score, feedback } }) => [
        name,
        { agrees, ...(score === null ? {} : { score }), ...(feedback === null ? {} : { feedback }) },
      ]),
    );
  }

  /** Who did not agree, and why, in sentences. */
  get objections(): readonly string[] {
    return this.#inOrder.filter(({ agrees }) => !agrees).map(({ name, verdict }) => `${name}: ${this.#reasonOf(verdict)}`);
  }

  #reasonOf({ ok, score, feedback }: Verdict): string {
    if (feedback !== null && feedback !== "") return feedback;
    const { minScore } = this.#node;
    if (!ok || minScore === null) return "It says no.";
    return score === null ? `It gave no score, and needs ${minScore}.` : `Its score is ${score}, and has to be ${minScore}.`;
  }
}

/** A verdict or, where a score decides, a score: one of the two has to be said. */
function readVote(said: unknown, minScore: number | null): { readonly verdict: Verdict } | { readonly problem: string } {
  if (typeof said === "number" && Number.isFinite(said))
    return minScore === null ? { problem: "a score, and there is no minScore" } : { verdict: { ok: true, score: said, feedback: null } };
  const read = readVerdict(said);
  if ("problem" in read) return { problem: read.problem.replaceAll("has to return", "has to give") };
  if (typeof said === "object" && said !== null && !("ok" in said) && (minScore === null || read.verdict.score === null))
    return { problem: `${wordFor(said)} without \`ok\`` };
  return read;
}
