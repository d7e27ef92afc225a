import type { HookEvent, Hooks } from "../../../src/index.ts";
import type { HookName } from "../../../src/runner/hooks.ts";
import { HOOK_NAMES } from "../../../src/runner/hooks-given.ts";

/** One call of a hook. */
export interface Called {
  readonly hook: HookName;
  readonly event: HookEvent & Readonly<Record<string, any>>;
}

/** Hooks that write down every call, and may do something then. */
export function recorder(then: (called: Called) => void = () => undefined): { readonly calls: Called[]; readonly hooks: Hooks } {
  const calls: Called[] = [];
  const hooks: Record<string, (event: HookEvent) => void> = {};
  for (const hook of HOOK_NAMES)
    hooks[hook] = (event) => {
      calls.push({ hook, event });
      then({ hook, event });
    };
  return { calls, hooks };
}

/** A call in a line: `onToolEnd ask/turn[0]/tool[0] failed`. */
export function lineOf({ hook, event }: Called): string {
  const { path, isResumed, status, failure, willRetry, result, finish } = event;
  const facts = [
    path,
    isResumed === true ? "resumed" : "",
    status ?? finish ?? "",
    hook !== "onFailure" && status === undefined && failure != null ? "failed" : "",
    hook === "onFailure" ? `${failure.code}${willRetry === true ? ", again" : ""}` : "",
    hook === "onRunEnd" ? (result === null ? "cannot go on" : result.status) : "",
  ];
  return [hook, ...facts.filter((fact) => fact !== "" && fact !== undefined)].join(" ");
}

/** The paths of the starts that have no end, and of the ends that have no start. */
export function unpaired(calls: readonly Called[]): readonly string[] {
  const open = new Map<string, number>();
  for (const { hook, event } of calls) {
    const what = `${hook.replace(/Start$|End$/, "")} ${event["path"] ?? ""}`;
    if (hook.endsWith("Start")) open.set(what, (open.get(what) ?? 0) + 1);
    if (hook.endsWith("End")) open.set(what, (open.get(what) ?? 0) - 1);
  }
  return [...open].filter(([, count]) => count !== 0).map(([what]) => what);
}
