/**
 * An async generator that can be left at any time. A generator's own `return` waits until its `next` has what it waits
 * for; here `leave` is called first, which must make it stop waiting and end.
 */
export function leavable<T, R>(generator: AsyncGenerator<T, R, void>, leave: () => void): AsyncIterableIterator<T, R, void> {
  const iterator: AsyncIterableIterator<T, R, void> = {
    next: () => generator.next(),
    return(value) {
      leave();
      return generator.return(value as R);
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
