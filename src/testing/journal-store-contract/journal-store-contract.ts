import type { JournalStoreFixture } from "./fixture.ts";

/**
 * What every `JournalStore` must do, ours or yours, as vitest tests. Call it at the top of a test file, and
 * await it: vitest is loaded by this call, so that whoever wants only the model server needs none.
 *
 * @example
 * ```ts no-run
 * import type { JournalStore } from "flujo";
 * import { journalStoreContract } from "flujo/testing";
 *
 * declare function openMyStore(): Promise<JournalStore>;
 *
 * await journalStoreContract({ name: "mine", open: openMyStore, lacks: new Set(["survives-reopen", "cross-process"]) });
 * ```
 */
export async function journalStoreContract(fixture: JournalStoreFixture): Promise<void> {
  const { registerContract } = await import("./contract.ts");
  registerContract(fixture);
}
