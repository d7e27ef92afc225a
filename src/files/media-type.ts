/** By the ends of names. What is not here is told by its bytes, by whoever sent it, or not at all. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  heic: "image/heic",
  heif: "image/heif",
  bmp: "image/bmp",
  tif: "image/tiff",
  tiff: "image/tiff",
  ico: "image/x-icon",
  svg: "image/svg+xml",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  ogg: "audio/ogg",
  oga: "audio/ogg",
  opus: "audio/ogg",
  flac: "audio/flac",
  aac: "audio/aac",
  m4a: "audio/mp4",
  aiff: "audio/aiff",
  aif: "audio/aiff",
  weba: "audio/webm",
  mp4: "video/mp4",
  m4v: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
  mkv: "video/x-matroska",
  avi: "video/x-msvideo",
  mpeg: "video/mpeg",
  mpg: "video/mpeg",
  ogv: "video/ogg",
  pdf: "application/pdf",
  json: "application/json",
  xml: "application/xml",
  zip: "application/zip",
  gz: "application/gzip",
  rtf: "application/rtf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  epub: "application/epub+zip",
  txt: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  html: "text/html",
  htm: "text/html",
  css: "text/css",
  js: "text/javascript",
  mjs: "text/javascript",
  ts: "text/plain",
  py: "text/x-python",
  yaml: "text/yaml",
  yml: "text/yaml",
};

/** What a name says of its file; null where it says nothing. */
export function typeByName(name: string): string | null {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  return extension !== undefined && Object.hasOwn(BY_EXTENSION, extension) ? (BY_EXTENSION[extension] ?? null) : null;
}

/** Texts that stand at fixed places in all files of a type: `[type, place, text, …]`, in Latin-1. */
const SIGNATURES: readonly (readonly [type: string, ...at: readonly (readonly [place: number, text: string])[]])[] = [
  ["image/png", [0, "\x89PNG\r\n\x1a\n"]],
  ["image/jpeg", [0, "\xff\xd8\xff"]],
  ["image/gif", [0, "GIF87a"]],
  ["image/gif", [0, "GIF89a"]],
  ["image/webp", [0, "RIFF"], [8, "WEBP"]],
  ["audio/wav", [0, "RIFF"], [8, "WAVE"]],
  ["video/x-msvideo", [0, "RIFF"], [8, "AVI "]],
  ["image/tiff", [0, "II*\0"]],
  ["image/tiff", [0, "MM\0*"]],
  ["image/bmp", [0, "BM"], [6, "\0\0\0\0"]],
  ["image/x-icon", [0, "\0\0\x01\0"]],
  ["application/pdf", [0, "%PDF-"]],
  ["application/pdf", [0, "\xef\xbb\xbf%PDF-"]],
  ["audio/mpeg", [0, "ID3"]],
  ["audio/flac", [0, "fLaC"]],
  ["audio/aiff", [0, "FORM"], [8, "AIFF"]],
  ["audio/aiff", [0, "FORM"], [8, "AIFC"]],
  ["audio/aac", [0, "ADIF"]],
  ["video/mpeg", [0, "\0\0\x01\xba"]],
  ["video/mpeg", [0, "\0\0\x01\xb3"]],
  ["application/rtf", [0, "{\\rtf"]],
  ["application/gzip", [0, "\x1f\x8b\x08"]],
];

/** The brands of the container that MP4, QuickTime and the newer kinds of image share; all others are taken for MP4. */
const BRANDS: readonly (readonly [brand: RegExp, type: string])[] = [
  [/^avi[fs]/, "image/avif"],
  [/^(hei[cxms]|hev[cxms])/, "image/heic"],
  [/^(mif1|msf1)/, "image/heif"],
  [/^M4[AB]/, "audio/mp4"],
  [/^qt {2}/, "video/quicktime"],
];

/**
 * What the bytes of a file say of it; null where they say nothing. The beginning is enough. Formats that are a zip inside
 * (`docx`, `epub`) are not told apart here: their names do that better.
 */
export function typeByBytes(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1_024)).toString("latin1");
  for (const [type, ...at] of SIGNATURES) if (at.every(([place, text]) => head.startsWith(text, place))) return type;
  if (head.startsWith("ftyp", 4)) return BRANDS.find(([brand]) => brand.test(head.slice(8, 12)))?.[1] ?? "video/mp4";
  if (head.startsWith("OggS")) return /\x01video|\x80theora/.test(head) ? "video/ogg" : "audio/ogg";
  if (head.startsWith("\x1aE\xdf\xa3")) return head.includes("webm") ? "video/webm" : "video/x-matroska";
  if (/^\xff[\xf0\xf1\xf8\xf9]/.test(head)) return "audio/aac"; // ADTS: the two bits of the layer are zero
  if (/^\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd][\x10-\xef]/.test(head)) return "audio/mpeg"; // a frame of layer III or II, without a tag before it
  return /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i.test(head)
    ? "image/svg+xml"
    : null;
}

/** What remains to be said where nothing else says it: whether it is text, or a zip. */
export function typeByGuess(bytes: Uint8Array): string {
  const head = bytes.subarray(0, 4_096);
  if (Buffer.from(head.subarray(0, 4)).toString("latin1") === "PK\x03\x04") return "application/zip";
  return head.byteLength > 0 && isText(head) ? "text/plain" : "application/octet-stream";
}

function isText(head: Uint8Array): boolean {
  if (head.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true }); // it may end in the middle of a letter
    return true;
  } catch {
    return false;
  }
}
