import { FlujoError } from "../base/errors.ts";
import type { JournalStore } from "../journal/port.ts";
import type { FlujoOptions } from "./options.ts";

/** The store an options object asks for. Drivers are loaded when they are first needed. @throws {FlujoError} `usage_invalid`, `state_unreadable`, `state_newer` */
export function loadStore({ state = "memory", durability = "full" }: FlujoOptions): JournalStore | Promise<JournalStore> {
  if (typeof state === "object") return state;
  if (state === "memory") return import("../journal/memory/memory-store.ts").then(({ memoryStore }) => memoryStore());
  const file = /^sqlite:(.+)$/.exec(state)?.[1];
  if (file === undefined) {
    const remedy = 'Write "memory" or "sqlite:PATH", for example "sqlite:.flujo/state.db".';
    throw new FlujoError("usage_invalid", `"${state}" is no place for state.`, { remedy });
  }
  return import("../journal/sqlite/open-sqlite-store.ts").then(({ openSqliteStore }) => openSqliteStore(file, { synchronous: durability }));
}
