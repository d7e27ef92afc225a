import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from "@ai-sdk/provider";
import type { Json } from "../base/json.ts";
import type { ToolCall } from "../model/transcript.ts";
import type { ModelProgress } from "../runtime/model-port.ts";
import { CallBroken } from "./call-broken.ts";
import { readArguments, sendableArguments } from "./tool-arguments.ts";

type Metadata = SharedV4ProviderMetadata | undefined;
type Content = { readonly [key: string]: unknown };
type PartOf<Type extends LanguageModelV4StreamPart["type"]> = Extract<LanguageModelV4StreamPart, { readonly type: Type }>;

/** Text or reasoning under way. Pieces are joined once, at the end. */
interface Block {
  readonly type: "text" | "reasoning";
  readonly pieces: string[];
  metadata: Metadata;
}

/** How a model stopped, and what it used. */
export interface Finish {
  readonly reason: LanguageModelV4FinishReason;
  readonly usage: LanguageModelV4Usage;
}

/**
 * What a model says in one call, put together from its pieces, in the order in which they began: blocks of text and
 * reasoning interleave. While it grows, nothing is done for a token but to keep it and to tell it.
 */
export class Answer {
  readonly toolCalls: ToolCall[] = [];
  /** Null until the model has said how it stopped. */
  finish: Finish | null = null;
  readonly #parts: (Block | Content)[] = [];
  readonly #texts = new Map<string, Block>();
  readonly #reasonings = new Map<string, Block>();
  readonly #toolNames = new Map<string, string>();
  readonly #toolInputs: string[] = [];
  readonly #tell: ((progress: ModelProgress) => void) | null;
  #structured: string | null = null;

  constructor(tell: ((progress: ModelProgress) => void) | null) {
    this.#tell = tell;
  }

  /** Takes the next part of a stream. @throws {CallBroken} When it says that the call failed. */
  take(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case "text-delta":
      case "reasoning-delta":
        return this.#grow(part);
      case "text-start":
      case "reasoning-start":
        this.#begin(part.type === "text-start" ? "text" : "reasoning", part);
        return;
      case "text-end":
      case "reasoning-end":
        return this.#end(part);
      case "tool-input-start":
        this.#toolNames.set(part.id, part.toolName);
        return;
      case "tool-input-delta":
        return this.#growInput(part);
      case "finish":
        this.finish = { reason: part.finishReason, usage: part.usage };
        return;
      case "error":
        throw new CallBroken({ kind: "reported", error: part.error });
      case "stream-start":
      case "response-metadata":
      case "tool-input-end":
      case "ping":
      case "raw":
        return;
      default:
        return this.#keep(part);
    }
  }

  /** Takes an answer that came as a whole. */
  takeWhole(content: readonly LanguageModelV4Content[], structured: string | undefined): void {
    this.#structured = structured ?? null;
    for (const part of content) {
      if (part.type !== "text" && part.type !== "reasoning") this.#keep(part);
      else {
        const block = this.#begin(part.type, { id: "", providerMetadata: part.providerMetadata });
        block.pieces.push(part.text);
        if (part.text !== "") this.#tell?.({ type: part.type === "text" ? "text-delta" : "reasoning-delta", delta: part.text });
      }
    }
  }

  /** All texts in a row; where a provider marks one of them as the answer proper, that one alone. */
  get text(): string {
    if (this.#structured !== null) return this.#structured;
    const texts = this.#blocks("text");
    const final = texts.filter(({ metadata }) => isFinalAnswer(metadata));
    return (final.length > 0 ? final : texts).map(({ pieces }) => pieces.join("")).join("");
  }

  get reasoning(): string {
    return this.#blocks("reasoning")
      .map(({ pieces }) => pieces.join(""))
      .filter((text) => text !== "")
      .join("\n\n");
  }

  /** What the next call sends back: one message of the assistant, or none where nothing was said. */
  get messages(): Json {
    const content = this.#parts.flatMap((part) => ("pieces" in part ? saidBlock(part as Block) : [part]));
    return content.length === 0 ? [] : ([{ role: "assistant", content }] as unknown as Json);
  }

  /** Bytes of all that came, whole or not: the ground of an estimate where the tokens were not counted. */
  get bytes(): number {
    const blocks = [...this.#blocks("text"), ...this.#blocks("reasoning")];
    const said = blocks.reduce((sum, { pieces }) => sum + Buffer.byteLength(pieces.join("")), 0);
    const streamed = Buffer.byteLength(this.#toolInputs.join(""));
    if (streamed > 0) return said + streamed;
    return this.toolCalls.reduce((sum, { input }) => sum + Buffer.byteLength(JSON.stringify(input) ?? ""), said);
  }

  #blocks(type: Block["type"]): readonly Block[] {
    return this.#parts.filter((part): part is Block => "pieces" in part && (part as Block).type === type);
  }

  #begin(type: Block["type"], { id, providerMetadata }: { readonly id: string; readonly providerMetadata?: Metadata }): Block {
    const block: Block = { type, pieces: [], metadata: providerMetadata };
    this.#parts.push(block);
    (type === "text" ? this.#texts : this.#reasonings).set(id, block);
    return block;
  }

  #grow(part: PartOf<"text-delta" | "reasoning-delta">): void {
    const isText = part.type === "text-delta";
    const block = (isText ? this.#texts : this.#reasonings).get(part.id) ?? this.#begin(isText ? "text" : "reasoning", part);
    if (part.providerMetadata !== undefined) block.metadata = part.providerMetadata;
    if (part.delta === "") return;
    block.pieces.push(part.delta);
    if (this.#tell !== null) this.#tell({ type: part.type, delta: part.delta });
  }

  /** An id may be used again for another block. */
  #end({ type, id, providerMetadata }: PartOf<"text-end" | "reasoning-end">): void {
    const open = type === "text-end" ? this.#texts : this.#reasonings;
    const block = open.get(id);
    if (block !== undefined && providerMetadata !== undefined) block.metadata = providerMetadata;
    open.delete(id);
  }

  #growInput({ id, delta }: PartOf<"tool-input-delta">): void {
    if (delta === "") return;
    this.#toolInputs.push(delta);
    this.#tell?.({ type: "tool-input-delta", callId: id, tool: this.#toolNames.get(id) ?? "", delta });
  }

  #keep(part: Exclude<LanguageModelV4Content, { readonly type: "text" | "reasoning" }>): void {
    switch (part.type) {
      case "tool-call":
        return this.#keepCall(part);
      case "tool-result": {
        if (part.preliminary === true) return; // the final one follows
        const { toolCallId, toolName } = part;
        this.#parts.push({ type: "tool-result", toolCallId, toolName, output: outputOf(part), ...optionsOf(part.providerMetadata) });
        return;
      }
      case "file":
      case "reasoning-file": {
        const { type, mediaType } = part;
        this.#parts.push({ type, mediaType, data: storableData(part.data), ...optionsOf(part.providerMetadata) });
        return;
      }
      case "custom":
        // Anthropic's own words for what the usage says too; nobody wants them back.
        if (part.kind !== "anthropic.message_start")
          this.#parts.push({ type: "custom", kind: part.kind, ...optionsOf(part.providerMetadata) });
        return;
      case "tool-approval-request":
        throw new CallBroken({ kind: "approval-asked" });
      case "source":
        return; // nobody wants it back
      default:
        part satisfies never; // a kind of part of a later version says nothing to us
    }
  }

  #keepCall(part: PartOf<"tool-call">): void {
    const { toolCallId, toolName, providerExecuted, providerMetadata } = part;
    if (typeof toolCallId !== "string" || typeof toolName !== "string" || typeof part.input !== "string")
      throw new CallBroken({ kind: "unreadable" });
    const read = readArguments(part.input, toolName);
    const ran = providerExecuted === true ? { providerExecuted } : {};
    this.#parts.push({
      type: "tool-call",
      toolCallId,
      toolName,
      input: sendableArguments(read.input),
      ...ran,
      ...optionsOf(providerMetadata),
    });
    if (providerExecuted !== true) this.toolCalls.push({ callId: toolCallId, name: toolName, ...read });
  }
}

/** An empty block without metadata says nothing, and some providers refuse it. */
function saidBlock({ type, pieces, metadata }: Block): readonly Content[] {
  const text = pieces.join("");
  return text === "" && metadata === undefined ? [] : [{ type, text, ...optionsOf(metadata) }];
}

/** What a provider adds to a part it gives, it wants to see again as the options of the part it is given. As JSON. */
function optionsOf(metadata: Metadata): Content {
  return metadata === undefined ? {} : { providerOptions: JSON.parse(JSON.stringify(metadata)) as unknown };
}

function outputOf({ result, isError }: PartOf<"tool-result">): Content {
  const value = JSON.parse(JSON.stringify(result)) as unknown;
  if (isError === true) return { type: "error-json", value };
  return { type: typeof value === "string" ? "text" : "json", value };
}

function storableData(data: PartOf<"file">["data"]): Content {
  if (data.type === "url") return { type: "url", url: data.url.toString() };
  return { type: "data", data: typeof data.data === "string" ? data.data : Buffer.from(data.data).toString("base64") };
}

/** OpenAI's models may comment on what they do before they answer. */
function isFinalAnswer(metadata: Metadata): boolean {
  return metadata !== undefined && Object.values(metadata).some((of) => of["phase"] === "final_answer");
}
