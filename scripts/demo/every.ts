/** Calls a function every so many milliseconds, until the function it gives back is called. */
export function every(ms: number, then: () => void): () => void {
  const timer = setInterval(then, ms);
  return () => clearInterval(timer);
}
