import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js";
import { sha256OfBytes } from "../../base/hash.ts";
import type { Json } from "../../base/json.ts";
import { FlujoFile } from "../../model/flujo-file.ts";
import type { ServerToolAnswer } from "../../runtime/tool-server-port.ts";

const LONGEST_PROBLEM = 4_000;

/**
 * What a server's result is to an agent. Structured content is the value; without it, its texts are: one as a text, several
 * as a list. Images, audio and binary resources are files.
 */
export function answerOf(result: CallToolResult, tool: string, hideSecrets: (text: string) => string): ServerToolAnswer {
  const parts: Json[] = [];
  const files: FlujoFile[] = [];
  for (const block of result.content) takeIn(block, parts, files);
  if (result.isError === true) {
    const said = parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join("\n");
    const message = hideSecrets(said).slice(0, LONGEST_PROBLEM);
    return {
      ok: false,
      code: "tool_failed",
      message: message === "" ? `The tool ${tool} failed and did not say why.` : message,
      retryable: false,
    };
  }
  return { ok: true, value: valueOf(result.structuredContent as Json | undefined, parts), files };
}

function valueOf(structured: Json | undefined, parts: readonly Json[]): Json {
  if (structured !== undefined) return structured;
  const [only, second] = parts;
  if (only === undefined) return null;
  return second === undefined ? only : parts;
}

function takeIn(block: ContentBlock, parts: Json[], files: FlujoFile[]): void {
  switch (block.type) {
    case "text":
      parts.push(block.text);
      return;
    case "image":
    case "audio":
      files.push(fileOf(block.data, block.mimeType, null));
      return;
    case "resource": {
      const { resource } = block;
      if ("blob" in resource) files.push(fileOf(resource.blob, resource.mimeType ?? "application/octet-stream", nameOf(resource.uri)));
      else
        parts.push({ uri: resource.uri, text: resource.text, ...(resource.mimeType === undefined ? {} : { mimeType: resource.mimeType }) });
      return;
    }
    case "resource_link": {
      const { uri, name, description, mimeType } = block;
      parts.push({ uri, name, ...(description === undefined ? {} : { description }), ...(mimeType === undefined ? {} : { mimeType }) });
      return;
    }
  }
}

function fileOf(base64: string, mediaType: string, name: string | null): FlujoFile {
  const bytes = new Uint8Array(Buffer.from(base64, "base64")); // a copy: what Buffer gives may be part of a pool
  return new FlujoFile({ sha256: sha256OfBytes(bytes), mediaType, name, bytes });
}

/** The last part of an address, as far as it can be the name of a file. */
function nameOf(uri: string): string | null {
  const name = /([^/?#]+)(?:[?#].*)?$/.exec(uri)?.[1];
  return name === undefined || name === "" ? null : name;
}
