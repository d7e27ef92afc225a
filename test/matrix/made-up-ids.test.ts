import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Flujo } from "../../src/index.ts";
import { INPUT, onLookUp, programOf } from "./support/programs.ts";
import { startWireServer } from "./wire/wire-server.ts";

test("where a provider gives its tool calls no ids, the ones made up for them stay the same after a resume", {
  timeout: 30_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "flujo-matrix-ids-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const withoutIds = (answer: string): string => answer.replaceAll(/"id":"fn-[^"]*",/g, "");
  await using server = await startWireServer({
    provider: "google",
    scenario: "parallel",
    plan: (turn) => (turn === 1 ? { kind: "fine", rewrite: withoutIds } : { kind: "hang", after: "request" }),
  });
  onLookUp(() => {});
  const options = { state: `sqlite:${join(folder, "runs.db")}`, env: server.env } as const;
  const program = programOf("google", "parallel");

  const first = new Flujo(options);
  const running = first.run(program, INPUT, { runId: "ids" });
  await server.until((requests) => requests.some(({ state }) => state === "hanging"));
  await first.close();
  expect((await running).status).toBe("stopped");

  server.follow(() => ({ kind: "fine" }));
  await using second = new Flujo(options);
  expect((await second.resume(program, "ids")).status).toBe("succeeded");
  const [, hung, resumed] = server.requests;
  expect(hung?.bodyText).toMatch(/"functionCall":\{"id":"[^"]+".*"functionResponse":\{"id":"[^"]+"/);
  expect(hung?.bodyText).not.toContain("fn-parallel");
  expect(resumed?.bodyText).toBe(hung?.bodyText);
});
