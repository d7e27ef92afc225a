import type { NodeKind } from "./node.ts";

/** Every kind of node that there is; the compiler stops here while one is missing. */
export const NODE_KINDS: Readonly<Record<NodeKind, true>> = {
  step: true,
  agent: true,
  sequence: true,
  gather: true,
  branch: true,
  map: true,
  parallel: true,
  route: true,
  machine: true,
  agenticLoop: true,
  loop: true,
  refine: true,
  gate: true,
  search: true,
  sleep: true,
  human: true,
  signal: true,
  nested: true,
  background: true,
  cache: true,
  saga: true,
  tap: true,
};
