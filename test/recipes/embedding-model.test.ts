import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { embeddingModel, type EmbeddingModelOptions, Flujo } from "../../src/index.ts";
import { memoryVectors, retrieve } from "../../src/recipes/index.ts";
import { offline } from "../../src/testing/index.ts";

interface Asked {
  readonly path: string;
  readonly authorization: string;
  readonly input: readonly string[];
}

/** A server of embeddings, in the shape of OpenAI's: a text's vector is its length and 1. */
let server: Server;
let asked: Asked[];
let answers: number[];
let url: string;

beforeEach(async () => {
  [asked, answers] = [[], []];
  server = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on("data", (chunk: Buffer) => body.push(chunk));
    request.on("end", () => {
      const { input } = JSON.parse(Buffer.concat(body).toString()) as { readonly input: readonly string[] };
      asked.push({ path: request.url ?? "", authorization: request.headers.authorization ?? "", input });
      const status = answers.shift() ?? 200;
      response.writeHead(status, { "content-type": "application/json" });
      const data = input.map((text, index) => ({ object: "embedding", index, embedding: [text.length, 1] }));
      const refused = { error: { message: `no, not with ${request.headers.authorization} for ${input[0]}`, type: "x", code: null } };
      response.end(
        JSON.stringify(status === 200 ? { object: "list", data, model: "m", usage: { prompt_tokens: 1, total_tokens: 1 } } : refused),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const vectorsOf = async (reference: string, options: EmbeddingModelOptions, texts: readonly string[] = ["ab", "c"]) =>
  (await embeddingModel(reference, options).embed(texts)).map((vector) => Array.from(vector));

describe("an embedding model", () => {
  test.each([
    ["openai:text-embedding-3-small", "OPENAI_BASE_URL", "OPENAI_API_KEY"],
    ["openai-compatible:any", "OPENAI_COMPATIBLE_BASE_URL", "OPENAI_COMPATIBLE_API_KEY"],
  ])("%s is asked at its server, with its key", async (reference, urlVariable, keyVariable) => {
    expect(await vectorsOf(reference, { env: { [urlVariable]: url, [keyVariable]: "sk-secret" } })).toEqual([
      [2, 1],
      [1, 1],
    ]);
    expect(asked).toEqual([{ path: "/v1/embeddings", authorization: "Bearer sk-secret", input: ["ab", "c"] }]);
    expect(embeddingModel(reference).name).toBe(reference);
  });

  test("many texts go in several calls, and come back in their order", async () => {
    const texts = Array.from({ length: 2_100 }, (_, index) => "x".repeat(index % 7));
    const vectors = await vectorsOf("vllm:e5", { env: {}, providers: { vllm: { baseURL: url } } }, texts);
    expect(vectors.map(([length]) => length)).toEqual(texts.map(({ length }) => length));
    expect(asked.length).toBeGreaterThan(1);
  });

  test("an object of the AI SDK, and one of a provider object, are asked as they are", async () => {
    const model = {
      specificationVersion: "v4",
      provider: "mine",
      modelId: "e",
      doEmbed: async ({ values }: { values: string[] }) => ({ embeddings: values.map(({ length }) => [length]) }),
    };
    expect(embeddingModel(model).name).toBe("mine:e");
    expect(await embeddingModel(model).embed(["abc"])).toEqual([[3]]);
    const provider = { languageModel: () => model, embeddingModel: () => model };
    expect(await vectorsOf("own:e", { env: {}, providers: { own: () => provider } })).toEqual([[2], [1]]);
  });

  test.each([
    ["anthropic:claude", { ANTHROPIC_API_KEY: "k" }, "model_unknown", "this provider has no embedding models"],
    ["openai:text-embedding-3-small", {}, "api_key_missing", "OPENAI_API_KEY"],
    ["nobody:x", {}, "model_unknown", 'There is no provider "nobody"'],
    ["offline:extract", {}, "model_unknown", "hashedNgrams()"],
    ["text-embedding-3-small", {}, "model_unknown", "openai:text-embedding-3-small"],
  ])("%s with %o is refused before anything is sent, as %s", async (reference, env, code, message) => {
    const refused = vectorsOf(reference, { env });
    await expect(refused).rejects.toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }));
  });

  test("an object that is no embedding model is refused", async () => {
    await expect(embeddingModel({ provider: "p", modelId: "language" }).embed(["x"])).rejects.toThrow('"p:language" is no embedding model');
  });

  test("what cannot be mended by trying again says so, and neither key nor text is in the message", async () => {
    answers = [401];
    const refused = await vectorsOf("openai:e", { env: { OPENAI_BASE_URL: url, OPENAI_API_KEY: "sk-very-secret" } }, [
      "private words",
    ]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "api_key_refused" });
    expect(String(refused)).not.toMatch(/sk-very-secret|private words/);
  });

  test("what may pass is tried again by the step that asks", async () => {
    answers = [503, 429];
    const embedding = embeddingModel("own:e", { env: {}, providers: { own: { baseURL: url } } });
    const store = memoryVectors();
    await store.put({
      name: "a",
      version: "1",
      model: "own:e",
      chunks: [{ text: "t", start: 0, line: 1, vector: new Float32Array([1, 1]) }],
    });
    await using flujo = new Flujo();
    const result = await flujo.run(retrieve({ store, embedding }), "What?");
    expect(result.unwrap()).toHaveLength(1);
    expect(asked).toHaveLength(3);
  });

  test("nothing leaves where the network is closed", async () => {
    const embedding = embeddingModel("openai:e", { env: { OPENAI_BASE_URL: url, OPENAI_API_KEY: "k" } });
    await expect(offline(() => embedding.embed(["x"]))).rejects.toThrow(expect.objectContaining({ code: "offline" }));
    expect(asked).toEqual([]);
  });
});
