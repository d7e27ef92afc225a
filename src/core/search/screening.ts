/** What the functions of a search are asked of states that lie beside each other, beside whether they are a goal. */
export interface ScreenDetail {
  /** The names of the invariants, in the order in which they are asked. */
  readonly invariants: readonly string[];
  /** Whether its cost is asked. */
  readonly cost: boolean;
  /** Whether its heuristic is asked. */
  readonly heuristic: boolean;
  /** The state that they were proposed for; null for the first of all. */
  readonly from: unknown;
  /** How many states lie before them. */
  readonly depth: number;
}

/** What the functions of a search say of one state. */
export type Screened =
  | { readonly refused: Refusal }
  | {
      readonly refused: null;
      readonly isGoal: boolean;
      /** What it costs to come to it from the state before. */
      readonly cost: number;
      /** What the heuristic says, lower for better; 0 for a goal, and where there is none. */
      readonly estimate: number;
    };

/** Why a state is not gone on from. */
export interface Refusal {
  /** The name of the invariant that does not hold. */
  readonly invariant: string;
  readonly reason: string;
}

/** A state that was refused, as the next proposals are told of it. */
export interface Rejected extends Refusal {
  readonly state: unknown;
}
