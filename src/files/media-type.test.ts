import { describe, expect, test } from "vitest";
import { typeByBytes, typeByGuess, typeByName } from "./media-type.ts";

const bytes = (latin1: string): Uint8Array => new Uint8Array(Buffer.from(latin1, "latin1"));

describe("bytes tell", () => {
  test.each([
    ["image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"],
    ["image/jpeg", "\xff\xd8\xff\xe0\0\x10JFIF\0"],
    ["image/gif", "GIF89a\x01\0\x01\0"],
    ["image/webp", "RIFF\x24\0\0\0WEBPVP8 "],
    ["image/avif", "\0\0\0\x1cftypavif\0\0\0\0"],
    ["image/heic", "\0\0\0\x18ftypheic\0\0\0\0"],
    ["image/heif", "\0\0\0\x18ftypmif1\0\0\0\0"],
    ["image/bmp", "BM\x46\0\0\0\0\0\0\0\x36\0"],
    ["image/tiff", "II*\0\x08\0\0\0"],
    ["image/tiff", "MM\0*\0\0\0\x08"],
    ["image/x-icon", "\0\0\x01\0\x01\0"],
    ["image/svg+xml", '<?xml version="1.0"?>\n<!-- drawn by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["image/svg+xml", "  <svg>"],
    ["audio/wav", "RIFF\x24\0\0\0WAVEfmt "],
    ["audio/mpeg", "ID3\x04\0\0\0\0\0\0"],
    ["audio/mpeg", "\xff\xfb\x90\x64\0\0"],
    ["audio/mpeg", "\xff\xf3\x40\xc0\0\0"],
    ["audio/aac", "\xff\xf1\x50\x80\0\0"],
    ["audio/flac", "fLaC\0\0\0\x22"],
    ["audio/ogg", "OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead"],
    ["audio/mp4", "\0\0\0\x20ftypM4A \0\0\0\0"],
    ["audio/aiff", "FORM\0\0\0\0AIFFCOMM"],
    ["video/ogg", "OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x2a\x80theora"],
    ["video/mp4", "\0\0\0\x20ftypisom\0\0\x02\0"],
    ["video/quicktime", "\0\0\0\x14ftypqt  \0\0\0\0"],
    ["video/webm", "\x1aE\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm"],
    ["video/x-matroska", "\x1aE\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska"],
    ["video/x-msvideo", "RIFF\x24\0\0\0AVI LIST"],
    ["video/mpeg", "\0\0\x01\xba\x44"],
    ["application/pdf", "%PDF-1.7\n%\xe2\xe3"],
    ["application/gzip", "\x1f\x8b\x08\0"],
    ["application/rtf", "{\\rtf1\\ansi"],
  ])("%s", (type, head) => {
    expect(typeByBytes(bytes(head))).toBe(type);
  });

  test.each(["", "B", "RIFF", "plain text", "<html><svg>", "PK\x03\x04", "\xff\xfe", "\0\0\0\x20ft", "BMW is a car maker"])(
    "nothing of %j",
    (head) => {
      expect(typeByBytes(bytes(head))).toBeNull();
    },
  );
});

test("a name tells by its end, whatever else is in it", () => {
  expect(["a.PNG", "my.photo.jpeg", ".pdf", "notes.md"].map(typeByName)).toEqual([
    "image/png",
    "image/jpeg",
    "application/pdf",
    "text/markdown",
  ]);
  expect(["png", "a.", "a.unheardof", "a.constructor", "a.png/", ""].map(typeByName)).toEqual([null, null, null, null, null, null]);
});

test("what nothing tells is text, a zip, or just bytes", () => {
  expect(typeByGuess(bytes("hello"))).toBe("text/plain");
  expect(typeByGuess(new TextEncoder().encode("läuft 🚀".repeat(1_000)).subarray(0, 4_097)), "cut in the middle of a letter").toBe(
    "text/plain",
  );
  expect(typeByGuess(bytes("PK\x03\x04\x14\0"))).toBe("application/zip");
  expect(["", "a\0b", "\xff\xfe\xfd"].map((text) => typeByGuess(bytes(text)))).toEqual(Array(3).fill("application/octet-stream"));
});
