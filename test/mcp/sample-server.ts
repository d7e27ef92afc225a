import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";

/** The smallest PNG there is: one pixel. */
export const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });

/** A server made with the real package, with a tool for everything that can become of a call. */
export function makeSampleServer(evidence: string | null = null): McpServer {
  const note = (line: string): void => {
    if (evidence !== null) appendFileSync(evidence, `${line}\n`);
  };
  const server = new McpServer({ name: "sample", version: "1.0.0" });
  server.registerTool("echo", { description: "Says it again.", inputSchema: { text: z.string() } }, (input) => text(input.text));
  server.registerTool(
    "add",
    { description: "Adds.", inputSchema: { a: z.number(), b: z.number() }, outputSchema: { sum: z.number() } },
    ({ a, b }) => {
      note(`add ${a} ${b}`);
      return { content: [{ type: "text", text: String(a + b) }], structuredContent: { sum: a + b } };
    },
  );
  server.registerTool("several", {}, () => ({
    content: [
      { type: "text", text: "one" },
      { type: "resource", resource: { uri: "note://two", text: "two" } },
      { type: "resource_link", uri: "file:///three.md", name: "three", mimeType: "text/markdown" },
    ],
  }));
  server.registerTool("nothing", {}, () => ({ content: [] }));
  server.registerTool("draw", { title: "Draws a pixel" }, () => ({
    content: [
      { type: "image", data: PIXEL, mimeType: "image/png" },
      { type: "audio", data: "UklGRg==", mimeType: "audio/wav" },
      { type: "resource", resource: { uri: "file:///a/report.pdf", blob: "JVBERg==", mimeType: "application/pdf" } },
      { type: "text", text: "three files" },
    ],
  }));
  server.registerTool("refuse", {}, () => ({ ...text("No such customer."), isError: true }));
  server.registerTool("throw", {}, () => {
    throw new Error("The table is locked.");
  });
  server.registerTool("tell_secret", {}, () => ({ ...text(`Refused for token ${process.env["API_TOKEN"]}.`), isError: true }));
  server.registerTool("wait", {}, async (extra) => {
    note("wait began");
    await new Promise((resolve) => {
      extra.signal.addEventListener("abort", resolve);
    });
    note("wait called off");
    return text("late");
  });
  server.registerTool("linger", { inputSchema: { until: z.string() } }, async ({ until }) => {
    note("linger began");
    while (!existsSync(until)) await setTimeout(10);
    return text("lingered");
  });
  server.registerTool("report", { inputSchema: { steps: z.number() } }, async ({ steps }, extra) => {
    const progressToken = extra._meta?.progressToken;
    if (progressToken === undefined) return text("nobody listens");
    for (let progress = 1; progress <= steps; progress++) {
      const params = { progressToken, progress, total: steps, message: `step ${progress}` };
      await extra.sendNotification({ method: "notifications/progress", params });
    }
    return text("done");
  });
  server.registerTool("grow", {}, () => {
    server.registerTool("grown", { description: "Was not there before." }, () => text("grown"));
    return text("grew");
  });
  server.registerTool("die", { inputSchema: { code: z.number() } }, ({ code }) => {
    note("die");
    process.stderr.write(`The disk is full; the token was ${process.env["API_TOKEN"]}.\n`, () => process.exit(code));
    return new Promise(() => undefined);
  });
  server.registerTool("environment", {}, () => text(Object.keys(process.env).sort().join(" ")));
  server.registerTool("key", {}, (extra) => text(String(extra._meta?.["flujo/idempotencyKey"])));
  server.registerTool("notes.read", {}, () => text("the note"));
  server.registerTool("pid", {}, () => text(String(process.pid)));
  return server;
}
