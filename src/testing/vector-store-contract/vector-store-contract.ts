import type { VectorStoreFixture } from "./fixture.ts";

/**
 * What every `VectorStore` of flujo/recipes must do, ours or yours, as vitest tests. Call it at the top of a test file, and await it: vitest is
 * loaded by this call.
 *
 * @example
 * ```ts no-run
 * import type { VectorStore } from "flujo/recipes";
 * import { vectorStoreContract } from "flujo/testing";
 *
 * declare function openMyStore(): VectorStore;
 *
 * await vectorStoreContract({ name: "mine", open: () => ({ store: openMyStore() }), lacks: new Set(["shared"]) });
 * ```
 */
export async function vectorStoreContract(fixture: VectorStoreFixture): Promise<void> {
  const { registerContract } = await import("./contract.ts");
  registerContract(fixture);
}
