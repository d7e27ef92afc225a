import { ContextState } from "../../core/context/context-state.ts";
import type { Json } from "../../base/json.ts";
import { canonicalJson } from "../../base/json.ts";
import type { ModelOp, Op } from "../../core/program.ts";
import type { PlanNode } from "../../model/node.ts";
import { nodePathOf } from "../../model/path.ts";
import type { NodePath } from "../../model/path.ts";
import { userItemOf } from "../../runtime/performers/model.ts";
import type { GoldenAgent, GoldenRequest } from "../golden.ts";

/** What an operation asks, as a golden says it. Of a wait, how long it may take is said by its node. */
export function requestOf(op: Op, nodes: ReadonlyMap<NodePath, PlanNode>): GoldenRequest {
  switch (op.kind) {
    case "step":
      return op.feedback === null ? { input: op.input } : { input: op.input, feedback: op.feedback };
    case "decide":
      return op.detail === undefined || op.about === "recall" || op.about === "keep"
        ? { value: op.value }
        : { value: op.value, detail: detailOf(op.detail) };
    case "model":
      return modelRequest(op);
    case "tool":
      return { tool: op.tool.name, input: op.call.input };
    case "human":
    case "signal":
      return {
        ...(op.kind === "human" ? { show: op.show } : {}),
        answerSchema: op.answerSchema,
        ...limitOf(nodes.get(nodePathOf(op.key))),
      };
    case "sleep":
      return limitOf(nodes.get(nodePathOf(op.key)));
  }
}

/** The context of a nested program is told as what it holds. */
function detailOf(detail: unknown): unknown {
  return detail instanceof ContextState ? detail.value() : detail;
}

function limitOf(node: PlanNode | undefined): GoldenRequest {
  if (node?.kind === "sleep" && node.wake !== "decided")
    return "afterMs" in node.wake ? { forMs: node.wake.afterMs } : { untilMs: node.wake.atMs };
  if ((node?.kind === "human" || node?.kind === "signal") && node.limit !== undefined) return { withinMs: node.limit.timeoutMs };
  return {};
}

/** Only what no call before it was told: the input, or what its tools gave, and what was wrong. */
function modelRequest(op: ModelOp): GoldenRequest {
  const { after, added } = op.request;
  const agent = agentOf(op);
  return {
    ...(op.asks === "turn" ? {} : { asks: op.asks }),
    ...(after === null ? {} : { after }),
    added: after === null ? [userItemOf(op.input, op.prompt), ...(added as readonly Json[])] : sinceItSpoke(op),
    ...(op.history.length === 0 ? {} : { history: op.history }),
    ...(op.node.instructions === op.instructions ? {} : { instructions: op.instructions }),
    ...(isSame(agent.tools, toolsOf(op)) ? {} : { tools: toolsOf(op) }),
    ...(isSame(agent.toolChoice, op.toolChoice) ? {} : { toolChoice: op.toolChoice }),
  };
}

/** Without the provider's ids of the calls, which what it said itself has. */
function sinceItSpoke({ transcript }: ModelOp): readonly unknown[] {
  const spoke = transcript.findLastIndex(({ role }) => role === "assistant");
  return transcript
    .slice(spoke + 1)
    .map((item) => (item.role === "tools" ? { ...item, answers: item.answers.map(({ name, output }) => ({ name, output })) } : item));
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || canonicalJson(one) === canonicalJson(other);
}

/** What an agent is made of, as its model sees it. */
export function agentOf({ node }: ModelOp): GoldenAgent {
  const { model, instructions, settings, toolChoice, providerTools, outputSchema } = node;
  return { model, instructions, settings, toolChoice, tools: toolsOf(node), providerTools, outputSchema };
}

function toolsOf({ tools }: Pick<ModelOp, "tools">): GoldenAgent["tools"] {
  return tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
}
