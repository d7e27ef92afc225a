import { describe, expect, test } from "vitest";
import { lastWords, withoutSecrets } from "./confidential.ts";

describe("a text without secrets", () => {
  test("has the name of the variable in place of its value, wherever it stands", () => {
    expect(withoutSecrets("token t0ken, again t0ken!", { API_TOKEN: "t0ken" })).toBe("token [API_TOKEN], again [API_TOKEN]!");
  });

  test("has none of it where one value holds another", () => {
    expect(withoutSecrets("abcdef and abcd", { SHORT: "abcd", LONG: "abcdef" })).toBe("[LONG] and [SHORT]");
  });

  test("has none of a header's key, with the word before it or without", () => {
    const headers = { authorization: "Bearer k3y-of-mine" };
    expect(withoutSecrets("Bearer k3y-of-mine or k3y-of-mine", headers)).toBe("[authorization] or [authorization]");
  });

  test("keeps what is too short to be a secret", () => {
    expect(withoutSecrets("exit code 1 of a1", { DEBUG: "1", EMPTY: "" })).toBe("exit code 1 of a1");
  });
});

describe("the last words of a text", () => {
  test("are on one line, without control characters", () => {
    expect(lastWords("  one\n\ttwo\u001b[31m three\r\n", 100)).toBe("one two [31m three");
  });

  test("are its end where it is too long", () => {
    expect(lastWords("abcdefghij", 4)).toBe("…hij");
  });
});
