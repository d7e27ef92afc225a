import type { CacheBackendFixture } from "./fixture.ts";

/**
 * What every `CacheBackend` must do, ours or yours, as vitest tests. Call it at the top of a test file, and await it: vitest is
 * loaded by this call.
 *
 * @example
 * ```ts no-run
 * import type { CacheBackend } from "flujo";
 * import { cacheBackendContract } from "flujo/testing";
 *
 * declare function openMyCache(): CacheBackend;
 *
 * await cacheBackendContract({ name: "mine", open: () => ({ backend: openMyCache() }), lacks: new Set(["shared"]) });
 * ```
 */
export async function cacheBackendContract(fixture: CacheBackendFixture): Promise<void> {
  const { registerContract } = await import("./contract.ts");
  registerContract(fixture);
}
