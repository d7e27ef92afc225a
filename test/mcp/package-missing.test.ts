import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { flujo, ServedFolder } from "./served.ts";

vi.setConfig({ testTimeout: 60_000 });

const WITHOUT = new URL("child-without-sdk.ts", import.meta.url).href;

async function run(folder: string, args: readonly string[]) {
  const options = { cwd: folder, stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"] };
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--import", WITHOUT, ...args], options);
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, ...said };
}

test("without the package, serving says what to install", async () => {
  using folder = new ServedFolder();
  const { code, stdout, stderr } = await run(folder.path, flujo("mcp", "programs.js"));
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("The package @modelcontextprotocol/sdk is not installed.");
  expect(stderr).toContain("npm install @modelcontextprotocol/sdk@^1.32.0");
});

test("without the package, an agent that needs a server fails and names it, and everything else runs", async () => {
  using folder = new ServedFolder();
  writeFileSync(
    join(folder.path, "agents.js"),
    `import { agent, mcpServer } from "flujo";
     import { scriptedModel } from "flujo/testing";
     const files = mcpServer({ name: "files", command: "node" });
     export const needy = agent({ name: "needy", model: scriptedModel(["x"]), instructions: "", mcpServers: [files] });
     export const modest = agent({ name: "modest", model: scriptedModel(["all is well"]), instructions: "" });`,
  );
  const needy = await run(folder.path, flujo("run", "agents.js#needy", "--input", "go", "--json"));
  expect(JSON.parse(needy.stdout)).toMatchObject({ status: "failed", failure: { code: "package_missing" } });
  expect(needy.stdout).toContain("The package @modelcontextprotocol/sdk is not installed.");
  const modest = await run(folder.path, flujo("run", "agents.js#modest", "--input", "go", "--json"));
  expect(JSON.parse(modest.stdout)).toMatchObject({ status: "succeeded", output: "all is well" });
});
