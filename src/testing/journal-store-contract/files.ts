import { expect, test } from "vitest";
import { sha256 } from "../../base/hash.ts";
import { FlujoFile } from "../../model/flujo-file.ts";
import { parseInstancePath } from "../../model/path.ts";
import type { StoreUnderTest } from "./fixture.ts";
import { letter } from "./mailbox.ts";
import { atRest, commit, done, errorOf, finished, rowsOf, runStarted, SAMPLE_TIME_MS, started } from "./samples.ts";
import { exchange } from "./threads.ts";

/** A file of this many bytes, others for another seed. */
export function fileOf(size: number, name: string | null = "sample.bin", seed = 1): FlujoFile {
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed) % 251);
  return new FlujoFile({ sha256: sha256(bytes), mediaType: "application/octet-stream", name, bytes });
}

const LARGE = fileOf(200_000);

export function filesContract(underTest: StoreUnderTest): void {
  test("a file comes back as it was, wherever it stands in an entry", async () => {
    const { store } = underTest;
    const entries = [
      { ...runStarted("p"), input: { photos: [LARGE, { more: new Map([["empty", fileOf(0)]]) }] } },
      finished(1, "p/a", LARGE),
      finished(2, "p/b", { same: LARGE, nameless: fileOf(3, null) }),
      done(3, "p", 0),
    ];
    await started(store, "run-1", entries);
    const read = await store.entries({ runId: "run-1" });
    expect(read).toEqual(entries);
    expect(read[1]).toHaveProperty("outcome.value.size", 200_000);
    expect((await store.openEntries("run-1"))[0]).toEqual(entries[0]);
    expect(await store.entriesAt("run-1", [2])).toEqual([entries[2]]);
  });

  test("files of one content and several names keep their names, and files of one name their contents", async () => {
    const { store } = underTest;
    const files = [fileOf(9, "a.bin"), fileOf(9, "b.bin"), fileOf(9, "a.bin", 2)];
    const lease = await started(store, "run-1");
    for (const [seq, one] of files.entries()) await commit(store, lease, [finished(seq, "p", one)]);
    expect(await store.entries({ runId: "run-1" })).toEqual(files.map((one, seq) => finished(seq, "p", one)));
  });

  test("what a pause shows, a conversation holds or a letter brings may be a file", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1", [finished(0, "p")]);
    const said = exchange("talk", "run-1", { items: [{ role: "user", text: "Look", files: [fileOf(5_000, "said.bin", 3)] }] });
    const posted = letter("run-1", "go", { value: { scan: fileOf(5_000, "posted.bin", 4) } });
    const pauses = [
      {
        id: parseInstancePath("p/approve"),
        waitsFor: "answer",
        name: "approve",
        show: { scan: fileOf(5_000, "shown.bin", 5) },
        answerSchema: true,
        wakeAtMs: null,
        sinceMs: SAMPLE_TIME_MS,
      },
    ] as const;
    await store.appendToThread(said);
    const id = await store.post(posted);
    await store.commit({ lease, rows: [], rest: { ...atRest("paused"), pauses } });
    expect(await store.readThread("talk")).toEqual([said]);
    expect(await store.letters("run-1", 0)).toEqual([{ ...posted, id }]);
    expect((await store.findRun("run-1"))?.pauses).toEqual(pauses);
    expect((await store.listRuns({}))[0]?.pauses).toEqual(pauses);
  });

  filesOfRunsContract(underTest);
}

function filesOfRunsContract(underTest: StoreUnderTest): void {
  test("many runs that are written at once each have their own files", async () => {
    const { store } = underTest;
    const runs = Array.from({ length: 10 }, (_, index) => `run-${index}`);
    const fileFor = (index: number, seq: number): FlujoFile => fileOf(4_000 + seq, `${index}.bin`, index);
    await Promise.all(
      runs.map(async (runId, index) => {
        const lease = await started(store, runId, [finished(0, "p", fileFor(index, 0))]);
        for (let seq = 1; seq < 5; seq++) await store.commit({ lease, rows: rowsOf(store, [finished(seq, "p", fileFor(index, seq))]) });
      }),
    );
    for (const [index, runId] of runs.entries()) {
      expect(await store.entries({ runId })).toEqual([0, 1, 2, 3, 4].map((seq) => finished(seq, "p", fileFor(index, seq))));
    }
  });
}

/** For stores that write values down: what memory keeps as it is cannot be damaged. */
export function keptFilesContract(underTest: StoreUnderTest): void {
  test("files are there, with their bytes", async () => {
    const { store } = underTest;
    await started(store, "run-1", [finished(0, "p", LARGE), finished(1, "p/a", [LARGE, fileOf(10)])]);
    await store.appendToThread(exchange("talk", "run-1", { items: [{ role: "user", text: "", files: [LARGE] }] }));
    await store.close();
    const again = await underTest.another();
    expect(await again.entries({ runId: "run-1" })).toEqual([finished(0, "p", LARGE), finished(1, "p/a", [LARGE, fileOf(10)])]);
    expect((await again.readThread("talk"))[0]?.items).toEqual([{ role: "user", text: "", files: [LARGE] }]);
  });

  test("a file whose bytes are not those of its hash is refused when it is recorded", async () => {
    const { store } = underTest;
    const forged = new FlujoFile({ sha256: LARGE.sha256, mediaType: "image/png", name: null, bytes: new Uint8Array([1]) });
    const error = await errorOf(() => store.record(finished(0, "p/a", { photo: forged })));
    expect(error).toMatchObject({ code: "value_unstorable" });
    expect(error?.message).toMatch(/p\/a: output\.photo is a file whose bytes do not have the hash it names/);
  });
}
