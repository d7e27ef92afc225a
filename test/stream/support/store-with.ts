import type { JournalStore } from "../../../src/index.ts";

/** A store that does some things its own way, and everything else as another one does. */
export function storeWith(store: JournalStore, own: Partial<JournalStore>): JournalStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(name in own ? own : target, name);
      return typeof value === "function" ? (value.bind(name in own ? own : target) as unknown) : value;
    },
  });
}
