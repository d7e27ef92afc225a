import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JournalStore } from "../../journal/port.ts";
import { claimContract } from "./claim.ts";
import { commitContract } from "./commit.ts";
import { concurrencyContract } from "./concurrency.ts";
import { createContract } from "./create.ts";
import { entriesContract } from "./entries.ts";
import { fenceContract } from "./fence.ts";
import type { JournalStoreFixture, StoreUnderTest } from "./fixture.ts";
import { filesContract, keptFilesContract } from "./files.ts";
import { listContract } from "./list.ts";
import { mailboxContract } from "./mailbox.ts";
import { openEntriesContract } from "./open-entries.ts";
import { processesContract } from "./processes.ts";
import { readyContract } from "./ready.ts";
import { reopenContract } from "./reopen.ts";
import { threadsContract } from "./threads.ts";

/** Registers the contract's tests with vitest. */
export function registerContract(fixture: JournalStoreFixture): void {
  describe(`JournalStore contract: ${fixture.name}`, () => {
    const lacks = fixture.lacks ?? new Set();
    const underTest = useFixture(fixture);

    test("what it lacks is named, and the rest can be tested", () => {
      expect(fixture.reopen === undefined, "a store that cannot be reopened lacks both abilities").toBe(
        lacks.has("survives-reopen") && lacks.has("cross-process"),
      );
    });
    describe("createRun", () => createContract(underTest));
    describe("claimRun", () => claimContract(underTest));
    describe("commit", () => commitContract(underTest));
    describe("the fence", () => fenceContract(underTest));
    describe("runs at the same time", () => concurrencyContract(underTest));
    describe("openEntries", () => openEntriesContract(underTest));
    describe("entries", () => entriesContract(underTest));
    describe("listRuns", () => listContract(underTest));
    describe("runs that are ready", () => readyContract(underTest));
    describe("files", () => filesContract(underTest));
    describe("threads", () => threadsContract(underTest));
    describe("the mailbox", () => mailboxContract(underTest));
    if (!lacks.has("survives-reopen"))
      describe("after it was closed and opened again", () => {
        reopenContract(underTest);
        keptFilesContract(underTest);
      });
    if (!lacks.has("cross-process")) describe("two of it at one place", () => processesContract(underTest));
  });
}

function useFixture(fixture: JournalStoreFixture): StoreUnderTest {
  const opened: JournalStore[] = [];
  beforeEach(async () => {
    opened.push(await fixture.open());
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  return {
    get store(): JournalStore {
      const [store] = opened;
      if (store === undefined) throw new Error("The store is there inside a test only.");
      return store;
    },
    async another() {
      if (fixture.reopen === undefined) throw new Error("The fixture has no `reopen`.");
      const store = await fixture.reopen();
      opened.push(store);
      return store;
    },
  };
}
