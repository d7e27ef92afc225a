import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FlujoError } from "../base/errors.ts";
import { sha256 } from "../base/hash.ts";
import { FlujoFile } from "../model/flujo-file.ts";
import { file } from "./file.ts";
import type { FileSource } from "./file-source.ts";

const PNG = new Uint8Array(Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"));
const folder = mkdtempSync(join(tmpdir(), "flujo-files-"));
const photo = join(folder, "photo.png");
writeFileSync(photo, PNG);
afterAll(() => rmSync(folder, { recursive: true }));

async function errorOf(reading: Promise<unknown>): Promise<FlujoError> {
  try {
    await reading;
  } catch (error) {
    if (FlujoError.is(error)) return error;
    throw error;
  }
  throw new Error("It was read.");
}

describe("a file", () => {
  const found = { sha256: sha256(PNG), mediaType: "image/png", bytes: PNG };

  test.each<[string, FileSource, string | null]>([
    ["a path", photo, "photo.png"],
    ["a file URL as text", String(pathToFileURL(photo)), "photo.png"],
    ["a file URL", pathToFileURL(photo), "photo.png"],
    ["a data URL", `data:image/png;base64,${Buffer.from(PNG).toString("base64")}`, null],
    ["bytes", PNG, null],
    ["a Buffer", Buffer.from(PNG), null],
    ["an ArrayBuffer", PNG.slice().buffer, null],
    ["a blob", new Blob([PNG]), null],
    ["a blob with a name", new File([PNG], "scan.png"), "scan.png"],
  ])("comes from %s", async (_name, source, name) => {
    const read = await file(source);
    expect(read).toBeInstanceOf(FlujoFile);
    expect(read).toMatchObject({ ...found, name });
    expect(read.size).toBe(PNG.byteLength);
  });

  test("is told by its bytes first, then by its name, then by whoever sent it, then by looking whether it is text", async () => {
    const typeOf = async (source: FileSource, name?: string): Promise<string> =>
      (await file(source, name === undefined ? {} : { name })).mediaType;
    const text = new TextEncoder().encode("a,b\n1,2");
    expect(await typeOf(new Blob([PNG], { type: "text/html" }), "a.txt")).toBe("image/png");
    expect(await typeOf(new Blob([text], { type: "text/html" }), "a.csv")).toBe("text/csv");
    expect(await typeOf(new Blob([text], { type: "Text/HTML; charset=utf-8" }))).toBe("text/html");
    expect(await typeOf(new Blob([text], { type: "application/octet-stream" }))).toBe("text/plain");
    expect(await typeOf(new Uint8Array([1, 0, 2]))).toBe("application/octet-stream");
    expect((await file(PNG, { mediaType: "Application/X-Own+json" })).mediaType).toBe("application/x-own+json");
  });

  test("has the name it is given, never a folder", async () => {
    expect((await file(photo, { name: "/etc/secret/cat.png" })).name).toBe("cat.png");
    expect((await file(photo, { name: "C:\\docs\\cat.png" })).name).toBe("cat.png");
    expect((await file(photo, { name: "" })).name).toBeNull();
  });

  test("keeps its bytes, whatever becomes of those it was made from", async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const kept = await file(bytes.subarray(1));
    bytes.fill(9);
    expect(kept.bytes).toEqual(new Uint8Array([2, 3]));
    expect(kept.bytes.buffer.byteLength, "and not its neighbours'").toBe(2);
  });

  test("may be empty, and may be a file whose size the system does not know", async () => {
    writeFileSync(join(folder, "empty"), "");
    expect((await file(join(folder, "empty"))).size).toBe(0);
    if (process.platform === "linux") expect((await file("/proc/self/status")).size).toBeGreaterThan(0);
  });
});

describe("file_unreadable says what it is about, what is wrong and what to do:", () => {
  const cases: readonly [string, () => Promise<unknown>, RegExp][] = [
    ["a file that is not there", () => file(join(folder, "none.png")), /none\.png is not there\. /],
    ["a part of the path that is a file", () => file(join(photo, "x.png")), /a part of its path is no folder/],
    ["a folder", () => file(folder), /is a folder/],
    ["a path with a zero byte", () => file("a\0b"), /cannot be read/],
    ["an empty path", () => file(""), /is not there/],
    ["a larger file", () => file(photo, { maxBytes: 15 }), /has 16 bytes, and 15 are allowed.*raise `maxBytes`/],
    ["a larger blob", () => file(new Blob([PNG]), { maxBytes: 15 }), /The blob has 16 bytes/],
    ["larger bytes", () => file(PNG, { maxBytes: 15 }), /has 16 bytes/],
    ["a larger data URL", () => file(`data:,${"x".repeat(100)}`, { maxBytes: 15 }), /data:,… has (more than the|100)/],
    ["a broken data URL", () => file("data:nothing"), /The URL data:nothing,… cannot be fetched/],
    ["a URL that is none", () => file("https://user:secret@[bad"), /The URL that was given is not written as URLs are/],
    ["another protocol", () => file("ftp://user:secret@host/a.png"), /ftp:\/\/host\/a\.png cannot be read: ftp: is no protocol/],
    ["another protocol as a URL", () => file(new URL("blob:nodedata:1")), /blob: is no protocol/],
    ["a file URL of another machine", () => file("file://host/a.png"), /names no file of this machine/],
    ["a server that is not there", () => file("http://127.0.0.1:1/a.png?token=secret"), /127\.0\.0\.1:1\/a\.png\?… cannot be fetched/],
  ];

  test.each(cases)("%s", async (_name, reading, message) => {
    const error = await errorOf(reading());
    expect(error.code).toBe("file_unreadable");
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("secret");
  });

  test("a file this user may not read, and a link that leads nowhere", async () => {
    const locked = join(folder, "locked.png");
    writeFileSync(locked, PNG);
    chmodSync(locked, 0o000);
    symlinkSync(join(folder, "loop"), join(folder, "loop"));
    expect((await errorOf(file(join(folder, "loop")))).message).toMatch(/leads back to itself/);
    if (process.getuid?.() === 0)
      expect((await file(locked)).size).toBe(16); // root may read everything
    else expect((await errorOf(file(locked))).message).toMatch(/may not be read by this user/);
  });

  test("a pipe that nobody writes to: it waits for nobody", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("sh", ["-c", 'mkfifo "$0"', pipe]);
    expect((await errorOf(file(pipe))).message).toMatch(/is no ordinary file/);
    mkdirSync(join(folder, "dev"));
    expect((await errorOf(file("/dev/zero"))).message).toMatch(/is no ordinary file/);
  });
});

describe("a use that makes no sense is told of as such:", () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    ["no source", () => file(undefined as never), /neither a path, a URL, bytes nor a blob/],
    ["a number", () => file(7 as never), /neither a path/],
    ["a media type that is none", () => file(PNG, { mediaType: "png" }), /"png" is no media type/],
    ["a media type with parameters", () => file(PNG, { mediaType: "text/plain; charset=utf-8" }), /no media type/],
    ["no room at all", () => file(PNG, { maxBytes: 0 }), /`maxBytes` is no number above 0/],
    ["no time at all", () => file(PNG, { timeoutMs: Number.NaN }), /`timeoutMs` is no number above 0/],
  ])("%s", async (_name, reading, message) => {
    expect(await errorOf(reading())).toMatchObject({ code: "usage_invalid", message: expect.stringMatching(message) as string });
  });
});

describe("over HTTP", () => {
  let server: Server;
  let answer: RequestListener = () => undefined;
  let base = "";
  const closed: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      response.on("close", () => closed.push(request.url ?? ""));
      answer(request, response);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("a file is read, and named and typed by its URL and the server", async () => {
    answer = (_request, response) => response.setHeader("content-type", "audio/x-own; rate=8000").end(Buffer.from([1, 0, 2]));
    expect(await file(`${base}/sounds/b%C3%A4r%20call?v=2`)).toMatchObject({ name: "bär call", mediaType: "audio/x-own", size: 3 });
    expect(await file(new URL(`${base}/%E0%A4%A`))).toMatchObject({ name: "%E0%A4%A" });
    expect(await file(`${base}/`)).toMatchObject({ name: null });
  });

  test("it follows to where the server sends it, but not out of HTTP", async () => {
    answer = (request, response) =>
      request.url === "/a.png" ? response.writeHead(302, { location: "/b.png" }).end() : response.end(Buffer.from(PNG));
    expect(await file(`${base}/a.png`)).toMatchObject({ mediaType: "image/png" });
    answer = (_request, response) => response.writeHead(302, { location: String(pathToFileURL(photo)) }).end();
    expect((await errorOf(file(`${base}/a.png`))).message).toMatch(/cannot be fetched/);
    answer = (_request, response) => response.writeHead(302, { location: "/again" }).end();
    expect((await errorOf(file(`${base}/again`))).message).toMatch(/cannot be fetched/);
  });

  test.each([404, 403, 500])("an answer of %i is an error that says so", async (status) => {
    answer = (_request, response) => response.writeHead(status).end("<html>an error page</html>");
    const error = await errorOf(file(`${base}/a.png`));
    expect(error).toMatchObject({ code: "file_unreadable", details: { status } });
    expect(error.message).toContain(`answered ${status}`);
  });

  test("a file that says it is too large is not begun, and one that does not say it is broken off", async () => {
    answer = (_request, response) => response.writeHead(200, { "content-length": 1e9 }).write("x");
    expect((await errorOf(file(`${base}/said.bin`))).message).toMatch(/has 1000000000 bytes, and 50000000 are allowed/);
    answer = (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", more);
      more();
    };
    expect((await errorOf(file(`${base}/endless.bin`, { maxBytes: 100_000 }))).message).toMatch(
      /more than the 100000 bytes that are allowed/,
    );
    await expect.poll(() => closed).toEqual(expect.arrayContaining(["/said.bin", "/endless.bin"]));
  });

  test("a connection that breaks in the middle is an error", async () => {
    answer = (_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("x");
      setImmediate(() => response.destroy());
    };
    expect((await errorOf(file(`${base}/broken.bin`))).message).toMatch(/broken\.bin cannot be fetched/);
  });

  test("a server that is silent, or falls silent, is given up, and its connection closed", async () => {
    answer = () => undefined;
    const error = await errorOf(file(`${base}/silent.bin`, { timeoutMs: 30 }));
    expect(error).toMatchObject({
      code: "file_unreadable",
      message: expect.stringMatching(/took longer than 30 ms.*`timeoutMs`/) as string,
    });
    answer = (_request, response) => response.write("x");
    expect((await errorOf(file(`${base}/falls-silent.bin`, { timeoutMs: 30 }))).message).toMatch(/took longer/);
    await expect.poll(() => closed).toEqual(expect.arrayContaining(["/silent.bin", "/falls-silent.bin"]));
  });

  test("whoever gives it up gets the reason it was given up for", async () => {
    const controller = new AbortController();
    answer = () => controller.abort(new RangeError("changed my mind"));
    await expect(file(`${base}/given-up.bin`, { signal: controller.signal })).rejects.toThrow(new RangeError("changed my mind"));
    await expect.poll(() => closed).toContain("/given-up.bin");
    await expect(file(photo, { signal: AbortSignal.abort(new RangeError("before")) })).rejects.toThrow(new RangeError("before"));
  });
});
