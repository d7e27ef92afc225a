/** For tests of what you build on Flujo: contract suites for your own adapters. Needs vitest. */
export { journalStoreContract } from "./journal-store-contract/contract.ts";
export type { JournalStoreFixture, StoreLack } from "./journal-store-contract/fixture.ts";
