/** A reducer of the author's own did not do what it has to. Its words name the field; what was thrown, if anything was, is its cause. */
export class ReducerFault extends Error {
  override readonly name = "Error";
}

/** What is behind something that was thrown: where a reducer threw, that. */
export function thrownFirst(thrown: unknown): unknown {
  return thrown instanceof ReducerFault && thrown.cause !== undefined ? thrown.cause : thrown;
}
