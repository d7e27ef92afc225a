import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isPlainObject } from "../../base/json.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";

/** Says which Flujo this is, and on which Node it runs. */
export function version({ output }: Desk): number {
  const facts = { version: ownVersion(), node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  output.document(facts);
  output.print(`flujo ${facts.version} (Node ${facts.node}, ${facts.platform})`);
  return DONE;
}

/** The version in our own package.json, wherever the package lies. */
export function ownVersion(): string {
  const facts: unknown = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve("flujo/package.json")), "utf8"));
  return isPlainObject(facts) && typeof facts["version"] === "string" ? facts["version"] : "unknown";
}
