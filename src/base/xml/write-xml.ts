/** Elements by their names: fields that begin with `@_` are attributes, `#text` is text, a list is several of one name. */
export type XmlElement = Readonly<Record<string, unknown>>;

/** Writes a document of XML, indented, what is empty as one tag. */
export async function writeXml(document: XmlElement): Promise<string> {
  const { default: XMLBuilder } = await import("fast-xml-builder");
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, indentBy: "  ", suppressEmptyNode: true });
  return builder.build({ "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" }, ...document });
}

/** A text for XML: what it has no way to write becomes a question mark. */
export function xmlText(text: string): string {
  return text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "?");
}
