import { hostname } from "node:os";
import { newThreadMark } from "../base/system.ts";
import type { Owner } from "../model/run-record.ts";
import { bootIdOf, factsOf, UNKNOWN } from "./process-facts.ts";

const INSTANCES = Symbol.for("flujo.instances");

interface Instances {
  /** Tells the threads of one process apart. */
  readonly thread: string;
  readonly open: Set<string>;
}

/** On the global object: two copies of the package may be loaded, and one must not take the other's runs for abandoned. */
function instances(): Instances {
  const room = globalThis as { [INSTANCES]?: Instances };
  room[INSTANCES] ??= { thread: newThreadMark(), open: new Set() };
  return room[INSTANCES];
}

type Process = Omit<Owner, "instance">;

let self: Process | undefined;

function describeProcess(): Process {
  const facts = factsOf(process.pid, process.platform);
  return {
    host: hostname(),
    bootId: bootIdOf(process.platform),
    pid: process.pid,
    processStart: facts.is === "there" ? facts.start : UNKNOWN,
  };
}

/**
 * This process as the owner of runs, on behalf of one Flujo object, which counts as open from now on.
 *
 * @param instance - Any text that no other Flujo object has, say a UUID.
 */
export function thisProcess(instance: string): Owner {
  self ??= describeProcess();
  const { thread, open } = instances();
  const owner: Owner = { ...self, instance: `${thread}:${instance}` };
  open.add(owner.instance);
  return owner;
}

/** Says that the Flujo object behind this owner was closed: what runs it still has may be taken over at once. */
export function releaseOwner(owner: Owner): void {
  instances().open.delete(owner.instance);
}

/**
 * Whether an owner may still be at work. When in doubt it is: a run of somebody alive must not be taken.
 *
 * - On another machine: cannot be seen from here, so it counts as alive.
 * - On this machine before it was started anew: dead.
 * - Its process is gone, or its id belongs to a process that began at another time: dead.
 * - In this process, but closed ({@link releaseOwner}): dead. In another thread of it: cannot be seen, so alive.
 *
 * A process in a container is seen only from the same container; give containers that share a state file different host
 * names. A wrong answer costs a run its present owner, never its journal: writes are fenced by the epoch.
 */
export function isAlive(owner: Owner, self: Owner): boolean {
  if (owner.host !== self.host) return true;
  if (differ(owner.bootId, self.bootId)) return false;
  if (owner.pid === self.pid && !differ(owner.processStart, self.processStart)) return isOpenInstance(owner.instance);
  const facts = factsOf(owner.pid, process.platform);
  return facts.is === "there" && !differ(facts.start, owner.processStart);
}

function isOpenInstance(instance: string): boolean {
  const { thread, open } = instances();
  return !instance.startsWith(`${thread}:`) || open.has(instance);
}

/** Two facts that are both known, and not the same. */
function differ(a: string, b: string): boolean {
  return a !== b && a !== UNKNOWN && b !== UNKNOWN;
}
