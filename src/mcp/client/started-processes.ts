import type { ChildProcess } from "node:child_process";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The servers of this process that are running. What they started themselves is in their group, and goes with them. */
const running = new Set<ChildProcess>();

/** Signals a server and all that it started. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // nobody is left in it
  }
}

/** Makes sure that a server does not outlive this process, unless that is killed outright. */
export function noteStarted(child: ChildProcess): void {
  if (running.size === 0) {
    process.on("exit", killAll);
    for (const signal of SIGNALS) process.on(signal, dieOf);
  }
  running.add(child);
}

/** It has ended. */
export function noteEnded(child: ChildProcess): void {
  if (!running.delete(child) || running.size > 0) return;
  process.off("exit", killAll);
  for (const signal of SIGNALS) process.off(signal, dieOf);
}

function killAll(): void {
  for (const child of running) signalGroup(child, "SIGKILL");
}

/** A signal that nobody else listens to ends this process, as it would without us; the servers first. */
function dieOf(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return; // whoever listens decides, and ends us in their own way
  killAll();
  for (const each of SIGNALS) process.off(each, dieOf);
  process.kill(process.pid, signal);
}
