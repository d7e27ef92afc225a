/** The longest that one timer can be, in milliseconds: 24 days. One of more goes off at once. */
export const LONGEST_TIMER_MS = 2_147_483_647;

/** Time, as the runtime sees it. Tests put a `ManualClock` of `flujo/testing` here. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that only ever go up, for measuring how long this process has been busy. */
  ticks(): number;
  /**
   * Calls `then` after so many milliseconds; the function it gives back calls that off. For what is `idle`, the process
   * need not stay alive: when there is nothing else to do, it may end before.
   */
  after(ms: number, then: () => void, how?: { readonly idle: boolean }): () => void;
  /** Calls `then` after the event loop has had its turn. */
  soon(then: () => void): void;
}
