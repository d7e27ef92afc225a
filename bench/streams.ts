/**
 * Many agents listening to models at the same time: how long the event loop stands still for others, and what a token
 * costs with all of HTTP around it. The model server is a process of its own on this machine.
 * `node --conditions=flujo-src bench/streams.ts [streams=500] [tokens=200] [everyMs=50]`
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const [streams = 500, tokens = 200, everyMs = 50] = process.argv.slice(2).map(Number);

if (process.send === undefined) await listen();
else serveModel();

/** Every stream gets a token every so often; which ones get theirs in the same millisecond is spread. */
function serveModel(): void {
  const PHASES = everyMs;
  const open = Array.from({ length: PHASES }, () => new Map<ServerResponse, number>());
  let next = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.once("close", () => open.forEach((some) => some.delete(response)));
    open[next++ % PHASES]?.set(response, 0);
  });
  let phase = 0;
  setInterval(() => {
    const due = open[phase++ % PHASES] ?? new Map<ServerResponse, number>();
    for (const [response, said] of due) {
      if (said < tokens) response.write(chunk({ content: ` token${said}` }, null));
      else response.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
      due.set(response, said + 1);
    }
  }, 1);
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
}

function chunk(delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const usage = finish === null ? {} : { usage: { prompt_tokens: 10, completion_tokens: tokens, total_tokens: 10 + tokens } };
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices, ...usage })}\n\n`;
}

/** The most that this thread has worked between two turns of the event loop: on a busy machine, a stall may be others' making. */
function watchBusyness(): { stop(): number } {
  let last = process.threadCpuUsage();
  let longest = 0;
  const timer = setInterval(() => {
    const now = process.threadCpuUsage();
    longest = Math.max(longest, now.user - last.user + now.system - last.system);
    last = now;
  }, 1);
  return {
    stop() {
      clearInterval(timer);
      return longest / 1_000;
    },
  };
}

async function listen(): Promise<void> {
  const { agent, Flujo } = await import("flujo");
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const server = fork(fileURLToPath(import.meta.url), process.argv.slice(2));
  const [port] = (await once(server, "message")) as [number];
  const baseURL = `http://127.0.0.1:${port}/v1`;
  const flujo = new Flujo({ strict: false, env: { OPENAI_COMPATIBLE_BASE_URL: baseURL, OPENAI_COMPATIBLE_API_KEY: "k" } });
  const speaker = agent({ name: "speaker", model: "openai-compatible:m", instructions: "Say it." });
  const bare = createOpenAICompatible({ name: "bare", baseURL, apiKey: "k" }).chatModel("m");
  await flujo.check(speaker); // what loads once is loaded
  let heard = 0;
  const throughFlujo = async (): Promise<boolean> => {
    const stream = flujo.stream(speaker, "hello");
    for await (const event of stream) if (event.family === "progress" && event.type === "text-delta") heard++;
    return (await stream.result).status === "succeeded";
  };
  const throughPackage = async (): Promise<boolean> => {
    const { stream } = await bare.doStream({ prompt: [{ role: "user", content: [{ type: "text", text: "hello" }] }] });
    let isFinished = false;
    for await (const part of stream) {
      if (part.type === "text-delta") heard++;
      isFinished ||= part.type === "finish";
    }
    return isFinished;
  };

  for (const [what, one, isAtOnce] of [
    ["the provider's package alone, begun one after the other", throughPackage, false],
    ["through Flujo, begun one after the other", throughFlujo, false],
    ["the provider's package alone, all begun at once", throughPackage, true],
    ["through Flujo, all begun at once", throughFlujo, true],
  ] as const) {
    heard = 0;
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const busy = watchBusyness();
    const before = process.cpuUsage();
    const beganAt = performance.now();
    const running: Promise<boolean>[] = [];
    for (let n = 0; n < streams; n++) {
      running.push(one());
      if (!isAtOnce) await sleep(1);
    }
    const succeeded = (await Promise.all(running)).filter(Boolean).length;
    const tookMs = performance.now() - beganAt;
    delay.disable();
    const longestMs = busy.stop();
    const { user, system } = process.cpuUsage(before);
    const ms = (ns: number): string => `${(ns / 1e6).toFixed(1)} ms`;
    const figures = [
      `${streams} streams of ${tokens} tokens, ${what}: ${succeeded} succeeded in ${(tookMs / 1_000).toFixed(1)} s`,
      `longest stall ${ms(delay.max)}, 99.9% below ${ms(delay.percentile(99.9))}; of its own making ${longestMs.toFixed(1)} ms`,
      `${heard} pieces of text, ${((user + system) / (streams * tokens)).toFixed(1)} us of CPU a token`,
    ];
    process.stdout.write(`${figures.join("\n  ")}\n`);
  }
  await flujo.close();
  server.kill();
}
