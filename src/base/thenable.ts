/** A promise, or whatever else `await` would wait for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value instanceof Promise || (typeof value === "object" && value !== null && "then" in value && typeof value.then === "function");
}

/** Runs something, and calls `end` when it is over: at once, or when what it promised is kept or broken. */
export function withEnd<T>(run: () => T, end: () => void): T {
  let result: T;
  try {
    result = run();
  } catch (error) {
    end();
    throw error;
  }
  if (isThenable(result)) return settled(result, end) as T; // a promise of what the function's own promised
  end();
  return result;
}

async function settled(result: PromiseLike<unknown>, end: () => void): Promise<unknown> {
  try {
    return await result;
  } finally {
    end();
  }
}
