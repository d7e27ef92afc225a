/** What a matcher says: whether it holds, and why not, or with `.not` why it should not. */
export interface MatcherVerdict {
  readonly pass: boolean;
  readonly message: () => string;
}
