/** How many things a query wants: a whole number of at least 0, whatever was asked for. */
export function countOf(limit: number | undefined, otherwise: number): number {
  if (limit === undefined || Number.isNaN(limit)) return otherwise;
  return Math.max(0, Math.min(Math.floor(limit), Number.MAX_SAFE_INTEGER));
}
