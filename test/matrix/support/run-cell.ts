import { type Entry, Flujo, type FlujoOptions, type RunEvent, type RunResult } from "../../../src/index.ts";
import { type Plan, startWireServer, type WireServer } from "../wire/wire-server.ts";
import type { Cell } from "./cells.ts";
import { INPUT, onLookUp, pricesOf, programOf } from "./programs.ts";

/** What a run leaves behind. */
export interface Traces {
  readonly server: WireServer;
  readonly result: RunResult<unknown>;
  readonly entries: readonly Entry[];
  readonly events: readonly RunEvent[];
  /** The orders looked up, in the order they were. */
  readonly lookUps: readonly string[];
}

/** What happens to a run while it runs. */
export interface Course {
  /** Default: every answer is fine. */
  readonly plan?: Plan;
  readonly flujo?: Omit<FlujoOptions, "env">;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  /** Called once the run is under way. It is waited for. */
  readonly meanwhile?: (server: WireServer) => Promise<void>;
  readonly runId?: string;
  /** Whether answers are asked for as a stream. Default: as the engine does. */
  readonly stream?: boolean;
}

/** Runs a cell against a server of its own, which is closed afterwards; what it was asked stays readable. */
export async function runCell({ provider, scenario }: Cell, course: Course = {}): Promise<Traces> {
  await using server = await startWireServer({ provider, scenario, ...(course.plan === undefined ? {} : { plan: course.plan }) });
  await using flujo = new Flujo({ ...pricesOf(provider), ...course.flujo, env: server.env });
  const lookUps: string[] = [];
  onLookUp(({ order }) => void lookUps.push(order));
  const events: RunEvent[] = [];
  const runId = course.runId ?? "cell";
  const program = programOf(provider, scenario, course.stream === undefined ? {} : { stream: course.stream });
  const running = flujo.run(program, INPUT, {
    runId,
    onEvent: (event) => {
      events.push(event);
      course.onEvent?.(event);
    },
    ...(course.signal === undefined ? {} : { signal: course.signal }),
  });
  const [result] = await Promise.all([running, course.meanwhile?.(server)]);
  return { server, result, entries: await flujo.entries(runId), events, lookUps };
}
