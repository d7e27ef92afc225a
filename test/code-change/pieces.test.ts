import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { pipeline, step } from "../../src/index.ts";
import type { Piece } from "./support/pieces.ts";
import { AGENT_PIECES } from "./support/agent-pieces.ts";
import { PIECES } from "./support/pieces.ts";

import { KEPT, RUN_ID, Workbench } from "./support/workbench.ts";

const ALL = [...PIECES, ...AGENT_PIECES];

/** The piece in a pipeline that stops for a person, after it or before it; a step stands on either side. */
function around({ make }: Piece, version: 1 | 2, bench: Workbench, isBehind: boolean): AnyStep {
  const edge = (name: string) => step({ name, version: "1", run: (value: string) => bench.call(name, value) });
  const take = step({ name: "take", version: "1", run: ({ input }: { readonly input: string }) => input });
  const start = pipeline({ name: "p", input: z.string(), context: z.object({ n: z.number().default(1) }) }).step(edge("first"));
  const part = make(version, bench.call) as ReturnType<typeof edge>;
  if (isBehind) return start.step(part).human("ask", { answer: z.string() }).step(take).step(edge("last"));
  return start.human("ask", { answer: z.string() }).step(take).step(part).step(edge("last"));
}

describe.each(KEPT)("a run in %s", (kept) => {
  test.each(ALL)(
    "that has used $what is refused by the place, goes on with what is recorded, or forks what depends on it",
    async (piece) => {
      await using bench = new Workbench(kept);
      const [before, after] = [around(piece, 1, bench, true), around(piece, 2, bench, true)];
      expect(await bench.run(before, "in")).toMatchObject({ status: "paused" });
      expect(bench.called()).toEqual(["first", ...piece.calls]);

      await expect(bench.resume(after)).rejects.toMatchObject({
        code: "plan_changed",
        message: expect.stringContaining(`p/part/${piece.at}`),
        details: { changes: [{ path: `p/part/${piece.at}`, says: piece.says }] },
      });
      expect(bench.called()).toEqual([]);

      const forked = await bench.resume(after, "fork");
      expect(forked).toMatchObject({ status: "paused", runId: `${RUN_ID}-fork-2` });
      expect(bench.called().toSorted()).toEqual([...piece.again].toSorted());
      const end = await bench.answer(after, "yes", { runId: forked.runId });
      expect(bench.called()).toEqual(["last"]);

      const accepted = await bench.resume(after, "continue");
      expect(accepted).toMatchObject({ status: "paused", runId: RUN_ID });
      expect(bench.called()).toEqual([]);
      const plain = await bench.answer(after, "yes"); // it needs no word any more
      expect(bench.called()).toEqual(["last"]);
      expect([plain.status, end.status]).toEqual(["succeeded", "succeeded"]);
      expect(plain.unwrap()).toEqual(end.unwrap());
    },
  );

  test.each(ALL)("that will use $what is refused by the place, goes on with the new code, or forks with all that it has", async (piece) => {
    await using bench = new Workbench(kept);
    const [before, after] = [around(piece, 1, bench, false), around(piece, 2, bench, false)];
    expect(await bench.run(before, "in")).toMatchObject({ status: "paused" });
    expect(bench.called()).toEqual(["first"]);
    await expect(bench.answer(after, "yes")).rejects.toMatchObject({
      code: "plan_changed",
      details: { changes: [{ path: `p/part/${piece.at}`, says: piece.says }] },
    });

    const forked = await bench.answer(after, "yes", { onCodeChange: "fork" }); // the question is open there too
    expect(forked).toMatchObject({ status: "succeeded", runId: `${RUN_ID}-fork-2` });
    expect(bench.called().toSorted()).toEqual([...piece.calls, "last"].toSorted());

    const accepted = await bench.answer(after, "yes", { onCodeChange: "continue" });
    expect(accepted).toMatchObject({ status: "succeeded", runId: RUN_ID });
    expect(bench.called().toSorted()).toEqual([...piece.calls, "last"].toSorted());
    expect(accepted.unwrap()).toEqual(forked.unwrap());
  });
});
