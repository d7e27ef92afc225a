import type { ToolOp } from "../../core/program.ts";
import type { Recorded } from "../../model/entry.ts";
import type { OpHandle } from "../performer.ts";
import type { ToolServerPort } from "../tool-server-port.ts";
import { thrownOutcome } from "./outcomes.ts";

/** A call of a tool that a server has. */
export interface ServerToolOp {
  readonly op: ToolOp;
  readonly port: ToolServerPort;
  readonly connection: object;
  /** The server's own name of it. */
  readonly tool: string;
  readonly handle: OpHandle;
}

/** Calls a server's tool. The value of a success is `{ value, files }`. */
export async function callServerTool({ op, port, connection, tool, handle }: ServerToolOp): Promise<Recorded> {
  const { signal, report, idempotencyKey } = handle;
  try {
    const onProgress = report === null ? null : (value: unknown): void => report({ type: "work-reported", value });
    const answer = await port.call(connection, { tool, input: op.call.input, idempotencyKey, signal, onProgress });
    if (answer.ok) return { status: "succeeded", value: { value: answer.value, files: answer.files } };
    const { code, message, retryable } = answer;
    return { status: "failed", failure: { code, message: `${op.key}: ${message}`, path: op.key, retryable } };
  } catch (error) {
    return thrownOutcome(op.key, error, "tool_server_failed");
  }
}
