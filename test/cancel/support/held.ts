import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { agent, pipeline, resource, step, tool, withPolicy } from "../../../src/index.ts";

// A program that holds everything a process can hang on: timers of every kind, sockets, requests without an answer.

export const RUN_ID = "held-1";

/** Longer than any test waits. */
const LONG_MS = 600_000;

/** A connection to the server, kept open for as long as it is. */
function connection(server: URL, per: "run" | "attempt") {
  return resource({
    open: () =>
      new Promise<ReturnType<typeof connect>>((resolve, reject) => {
        const socket = connect(Number(server.port), server.hostname, () => resolve(socket));
        socket.on("error", reject);
      }),
    close: (socket) => socket.destroy(),
    per,
  });
}

/** @param server - Takes connections and requests, and never answers. */
export function held(server: URL) {
  const own = connection(server, "attempt");
  const shared = connection(server, "run");
  const quick = step("quick", (value: unknown) => value);
  const wait = tool({
    name: "wait",
    description: "Waits.",
    input: z.object({}),
    run: (_args, { signal }) => sleep(LONG_MS, "late", { signal }),
  });
  const fails = step("fails", (): string => {
    throw new Error("not now");
  });
  return pipeline({ name: "held" })
    .step("begin", (value: unknown) => value)
    .step(quick)
    .parallel({
      nap: pipeline().step(quick).sleep("nap", "9 minutes"),
      asks: pipeline().human("ask", { answer: z.string(), timeoutMs: LONG_MS }),
      waits: pipeline().step(quick).waitFor("signal", { schema: z.string(), timeoutMs: LONG_MS }),
      asksTheNet: step("asksTheNet", (_: unknown, { signal }) => fetch(server, { signal }).then(({ status }) => status)),
      limited: step({ name: "limited", timeoutMs: LONG_MS, run: (_: unknown, { signal }) => sleep(LONG_MS, "late", { signal }) }),
      model: agent({ name: "model", instructions: "", model: "openai-compatible:none" }),
      tool: agent({ name: "tool", instructions: "", model: "held:calls", tools: [wait] }),
      again: withPolicy(fails, { retry: { retries: 3, firstDelayMs: LONG_MS, maxDelayMs: LONG_MS } }),
      bounded: withPolicy(
        pipeline()
          .step(quick)
          .step(step({ name: "uses", resources: { own, shared }, run: (_: unknown, { signal }) => sleep(LONG_MS, "late", { signal }) })),
        { timeoutMs: LONG_MS, totalTimeoutMs: LONG_MS, resources: { own } },
      ),
      races: pipeline().parallel({ a: pipeline().sleep("a", LONG_MS), b: pipeline().sleep("b", LONG_MS) }, { join: "any" }),
      loops: pipeline().loop(pipeline().step(quick).sleep("loop", LONG_MS), { maxIterations: 3 }),
    })
    .step("end", () => "never");
}
