import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FlujoError } from "../../../src/index.ts";
import type { ChildOrder } from "./child-order.ts";
import type { CountFiles } from "./files.ts";

/** How a process ended. */
export interface ChildEnd {
  readonly wasKilled: boolean;
}

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));

/** Starts a real process and waits for its end. @throws {FlujoError} `step_failed` where it ended otherwise than by SIGKILL or well. */
export function startChild(order: Omit<ChildOrder, "models">, files: CountFiles, onEntries: (entries: number) => void): Promise<ChildEnd> {
  const child = fork(CHILD, [JSON.stringify({ ...order, models: files.models } satisfies ChildOrder)], {
    execArgv: ["--conditions=flujo-src"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, TRIAGE_LOG: files.desk },
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  child.on("message", (message: { readonly entries: number }) => onEntries(message.entries));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL") resolve({ wasKilled: true });
      else if (code === 0) resolve({ wasKilled: false });
      else
        reject(
          new FlujoError("step_failed", `A process of the demo ended with ${signal ?? `code ${code}`}: ${complaint.trim()}`, {
            remedy: "Nothing recorded is lost.",
          }),
        );
    });
  });
}
