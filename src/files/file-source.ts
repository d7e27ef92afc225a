/** Where a file can come from: a path or URL as text, a URL, bytes, a blob. */
export type FileSource = string | URL | Uint8Array | ArrayBuffer | Blob;

/** How it is called in an error: of a URL neither password nor query, which may be secret, and no data. */
export function spokenSource(source: FileSource): string {
  if (source instanceof URL) return spokenUrl(source);
  if (typeof source === "string") return spokenText(source);
  if (source instanceof Blob) return "The blob";
  return "What was given as a file";
}

function spokenText(text: string): string {
  if (/^[a-z]:/i.test(text) || !/^[a-z][a-z0-9+.-]*:/i.test(text)) return `The file ${text}`; // a letter is a drive
  return URL.canParse(text) ? spokenUrl(new URL(text)) : "The URL that was given";
}

function spokenUrl(url: URL): string {
  if (url.protocol === "data:") return `The URL data:${/^[^;,]{0,100}/.exec(url.pathname)?.[0] ?? ""},…`;
  return `The URL ${url.protocol}//${url.host}${url.pathname}${url.search === "" ? "" : "?…"}`;
}
