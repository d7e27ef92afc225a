import type { AnyStep } from "../dsl/program.ts";
import { definitionOf } from "../dsl/program.ts";
import {
  complaintOf,
  type Examination,
  type ModelFacts,
  type ProgramFacts,
  type StateFacts,
  type ToolServerFacts,
} from "../model/examination.ts";
import { FlujoError } from "../base/errors.ts";
import type { AgentNode, ToolServerSpec } from "../model/node.ts";
import { agentsIn } from "../model/plan-nodes.ts";
import type { ToolServerConnection } from "../model/tool-server.ts";
import type { BoundAgent } from "../plan/bindings.ts";
import { compile } from "../plan/compile.ts";
import { MCP_SDK } from "../mcp/sdk-package.ts";
import type { Machinery } from "./launch.ts";
import { placeOf } from "./load-store.ts";
import type { Examine, FlujoOptions } from "./options.ts";
import { startedBy } from "./spawned.ts";

/** A server gets this long to list its tools, beside the time to connect that its author gave it; in milliseconds. */
const LISTING_MS = 10_000;

/** Looks at everything that a Flujo works with, and changes none of it. What is wrong is told, not thrown. */
export async function examine(options: FlujoOptions, machinery: Machinery, wanted: Examine): Promise<Examination> {
  const { env = process.env, providers = {} } = options;
  const { ping = false, signal = null, programs = [] } = wanted;
  const { clock } = machinery;
  const agents = new Agents();
  const [{ examineProviders }, { examinePackage }] = await Promise.all([
    import("../agents/examine-providers.ts"),
    import("../agents/examine-package.ts"),
  ]);
  const looked = programs.map((program) => agents.take(program));
  const [state, providerFacts, models, toolServers] = await Promise.all([
    examineState(options.state),
    examineProviders({ env, providers, ping, clock, signal }),
    Promise.all(agents.byModel(wanted.model).map((use) => examineModel(machinery, use))),
    Promise.all(agents.byServer().map((use) => examineServer(machinery, use, signal))),
  ]);
  return { state, providers: providerFacts, packages: [examinePackage(MCP_SDK)], programs: looked, models, toolServers };
}

async function examineState(state: FlujoOptions["state"] = "memory"): Promise<StateFacts> {
  if (typeof state === "object") return { kind: "own" };
  try {
    const place = placeOf(state);
    if (place.kind === "memory") return place;
    return (await import("../journal/sqlite/examine-state-file.ts")).examineStateFile(place.file);
  } catch (error) {
    return { kind: "unknown", problem: complaintOf(error, "usage_invalid") };
  }
}

interface ModelUse {
  readonly model: string | object;
  readonly label: string;
  readonly agents: readonly string[];
}

interface ServerUse {
  readonly spec: ToolServerSpec;
  readonly connection: object;
  readonly agents: readonly string[];
  /** Tools that one of the agents names. */
  readonly named: readonly string[];
}

/** The agents of some programs, by what they use. */
class Agents {
  readonly #found: { readonly node: AgentNode; readonly bound: BoundAgent }[] = [];

  take(program: AnyStep): ProgramFacts {
    const { name } = program;
    try {
      const compiled = compile(definitionOf(program));
      for (const { plan, bindings } of [compiled, ...startedBy(compiled)])
        for (const node of agentsIn(plan.root)) {
          const bound = bindings.agents.get(node.path);
          if (bound !== undefined) this.#found.push({ node, bound });
        }
      return { name: compiled.plan.name, problem: null };
    } catch (error) {
      return { name: name ?? "a program", problem: complaintOf(error, "pipeline_invalid") };
    }
  }

  byModel(override: string | undefined): readonly ModelUse[] {
    const uses = new Map<string | object, ModelUse>();
    for (const { node, bound } of this.#found) {
      const model = override ?? bound.model;
      const agents = uses.get(model)?.agents ?? [];
      uses.set(model, { model, label: override ?? node.model, agents: together(agents, [node.path]) });
    }
    return [...uses.values()];
  }

  byServer(): readonly ServerUse[] {
    const uses = new Map<object, ServerUse>();
    for (const { node, bound } of this.#found) {
      for (const spec of node.servers) {
        const connection = bound.servers.get(spec.name)?.connection;
        if (connection === undefined) continue;
        const { agents, named } = uses.get(connection) ?? { agents: [], named: [] };
        const names = Object.keys(spec.allow ?? {});
        uses.set(connection, { spec, connection, agents: together(agents, [node.path]), named: together(named, names) });
      }
    }
    return [...uses.values()];
  }
}

function together(some: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...some, ...more])];
}

async function examineModel({ models }: Machinery, { model, label, agents }: ModelUse): Promise<ModelFacts> {
  try {
    await models.check(model);
    return { model: label, agents, problem: null };
  } catch (error) {
    return { model: label, agents, problem: complaintOf(error, "model_unknown") };
  }
}

async function examineServer({ toolServers, clock }: Machinery, use: ServerUse, signal: AbortSignal | null): Promise<ToolServerFacts> {
  const { connection, agents, named } = use;
  const { name } = use.spec;
  const { connectTimeoutMs = LISTING_MS } = connection as Partial<ToolServerConnection>; // what `mcpServer()` made; or another port's own
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  const disarm = clock.after(connectTimeoutMs + LISTING_MS, () => controller.abort(neverListed(name, connectTimeoutMs + LISTING_MS)));
  const before = clock.ticks();
  try {
    const tools = (await toolServers.list(connection, controller.signal)).map((tool) => tool.name);
    const missing = named.filter((tool) => !tools.includes(tool));
    return { name, agents, tools, missing, tookMs: Math.round(clock.ticks() - before), problem: null };
  } catch (error) {
    signal?.throwIfAborted();
    const problem = complaintOf(error, "tool_server_failed");
    return { name, agents, tools: null, missing: [], tookMs: Math.round(clock.ticks() - before), problem };
  } finally {
    disarm();
    signal?.removeEventListener("abort", stop);
  }
}

function neverListed(name: string, waitedMs: number): FlujoError {
  return new FlujoError("tool_server_failed", `The tool server "${name}" did not list its tools within ${waitedMs / 1_000} s.`, {
    remedy: "See why it is slow, or give it more time with `connectTimeoutMs`.",
  });
}
