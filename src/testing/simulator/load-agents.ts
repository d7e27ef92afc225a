import { agent } from "../../dsl/agent.ts";
import { Flujo } from "../../runner/flujo.ts";
import { scriptedModel } from "../scripted-model.ts";

let loading: Promise<void> | null = null;

/**
 * Loads what agents need, once in a process and in real time: in the middle of a history it would take as long as the
 * machine takes, and what comes first would be the machine's to say.
 */
export function loadAgents(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  await using flujo = new Flujo();
  const model = scriptedModel([{ text: "loaded" }]);
  await flujo.run(agent({ name: "load", model, instructions: "Load." }), "now");
}
