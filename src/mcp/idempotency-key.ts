/**
 * Where in a call's `_meta` its idempotency key is: the same for every attempt at the call, also after a crash. The
 * protocol has no place of its own for it; servers that do not know it leave it alone.
 */
export const IDEMPOTENCY_KEY = "flujo/idempotencyKey";
