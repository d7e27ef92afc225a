import { type FlujoFile, registerCustomDeserializer, registerCustomSerializer, registerCustomType } from "../../src/index.ts";

// The tests' own types: classes that no codec could know, with private fields, methods and each other inside.

/** What a provider's client library would answer: counts, when, and whatever else it sent. */
export class UsageResponse {
  readonly #tokens: ReadonlyMap<string, bigint>;
  readonly at: Date;
  constructor(tokens: ReadonlyMap<string, bigint>, at: Date) {
    this.#tokens = tokens;
    this.at = at;
  }
  static of(input: number, output: number): UsageResponse {
    return new UsageResponse(
      new Map([
        ["input", BigInt(input)],
        ["output", BigInt(output)],
      ]),
      new Date(Date.UTC(2030, 0, 1)),
    );
  }
  get tokens(): ReadonlyMap<string, bigint> {
    return this.#tokens;
  }
  get total(): bigint {
    return [...this.#tokens.values()].reduce((sum, count) => sum + count, 0n);
  }
}

/** What a mock of an image model gives. */
export class MockImageResult {
  readonly prompt: string;
  readonly image: FlujoFile;
  readonly usage: UsageResponse;
  constructor(parts: { readonly prompt: string; readonly image: FlujoFile; readonly usage: UsageResponse }) {
    this.prompt = parts.prompt;
    this.image = parts.image;
    this.usage = parts.usage;
  }
}

/** An old journal has these, too: version 1 knew no date. */
export const USAGE_BEFORE_DATES = { tag: "test:UsageResponse", version: 1 } as const;

/** To be called by every process that reads or writes them. */
export function registerTestTypes(): void {
  registerCustomSerializer(UsageResponse, { tag: "test:UsageResponse", version: 2, serialize: ({ tokens, at }) => ({ tokens, at }) });
  registerCustomDeserializer({
    tag: "test:UsageResponse",
    version: 2,
    deserialize: ({ tokens, at }: { readonly tokens: ReadonlyMap<string, bigint>; readonly at: Date }) => new UsageResponse(tokens, at),
  });
  registerCustomDeserializer({
    ...USAGE_BEFORE_DATES,
    deserialize: (tokens: ReadonlyMap<string, bigint>) => new UsageResponse(tokens, new Date(0)),
  });
  registerCustomType(MockImageResult, {
    tag: "test:MockImageResult",
    serialize: ({ prompt, image, usage }) => ({ prompt, image, usage }),
    deserialize: (parts) => new MockImageResult(parts),
  });
}
