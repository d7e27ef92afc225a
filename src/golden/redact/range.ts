/** A part of a text: from one index up to another, which is no part of it. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Ranges in their order; those that overlap are one. */
export function joined(ranges: readonly Range[]): readonly Range[] {
  const apart: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last === undefined || range.from >= last.to) apart.push(range);
    else if (range.to > last.to) apart[apart.length - 1] = { from: last.from, to: range.to };
  }
  return apart;
}

/** Those that have a part of a range, out of some that are {@link joined}. */
export function rangesOver({ from, to }: Range, ranges: readonly Range[]): readonly Range[] {
  let first = 0;
  for (let end = ranges.length; first < end; ) {
    const middle = (first + end) >> 1;
    if ((ranges[middle]?.to ?? 0) > from) end = middle;
    else first = middle + 1;
  }
  let after = first;
  while ((ranges[after]?.from ?? to) < to) after++;
  return ranges.slice(first, after);
}
