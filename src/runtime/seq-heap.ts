/** Something with a place in the journal's order. */
interface Ordered {
  readonly seq: number;
}

/** Gives back the lowest seq first. A binary heap: a resumed map of 100,000 items has that many waiting at once. */
export class SeqHeap<T extends Ordered> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The one that {@link pop} gives next. */
  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || parent.seq <= item.seq) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = items[2 * at + 1];
      const right = items[2 * at + 2];
      const takesRight = right !== undefined && left !== undefined && right.seq < left.seq;
      const child = takesRight ? right : left;
      if (child === undefined || child.seq >= last.seq) break;
      items[at] = child;
      at = 2 * at + (takesRight ? 2 : 1);
    }
    items[at] = last;
    return top;
  }
}
