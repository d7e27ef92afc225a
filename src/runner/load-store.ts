import { FlujoError } from "../base/errors.ts";
import type { JournalStore } from "../journal/port.ts";
import type { FlujoOptions } from "./options.ts";

/** A place where runs are kept, in the words of the options. */
export type Place = { readonly kind: "memory" } | { readonly kind: "sqlite"; readonly file: string };

/** What the options mean. @throws {FlujoError} `usage_invalid` */
export function placeOf(state: string): Place {
  if (state === "memory") return { kind: "memory" };
  const file = /^sqlite:(.+)$/.exec(state)?.[1];
  if (file !== undefined) return { kind: "sqlite", file };
  const remedy = 'Write "memory" or "sqlite:PATH", for example "sqlite:.flujo/state.db".';
  throw new FlujoError("usage_invalid", `"${state}" is no place for state.`, { remedy });
}

/** The store an options object asks for. Drivers are loaded when they are first needed. @throws {FlujoError} `usage_invalid`, `state_unreadable`, `state_newer` */
export function loadStore({ state = "memory", durability = "full" }: FlujoOptions): JournalStore | Promise<JournalStore> {
  if (typeof state === "object") return state;
  const place = placeOf(state);
  if (place.kind === "memory") return import("../journal/memory/memory-store.ts").then(({ memoryStore }) => memoryStore());
  const { file } = place;
  return import("../journal/sqlite/open-sqlite-store.ts").then(({ openSqliteStore }) => openSqliteStore(file, { synchronous: durability }));
}
