import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Json } from "../../../src/base/json.ts";
import { redactGolden } from "../../../src/golden/redact/redact-golden.ts";
import { FlujoFile } from "../../../src/model/flujo-file.ts";
import { sha256 } from "../../../src/base/hash.ts";
import { aGolden, anAgent, anOperation } from "./a-golden.ts";

function withFields(input: unknown, ...fields: readonly string[]): unknown {
  return redactGolden(aGolden({ input }), { fields }).input;
}

describe("fields that are named", () => {
  test.each([
    ["phone", true],
    ["customer.phone", true],
    ["customer/phone", true],
    ["*/phone", true],
    ["ph*", true],
    ["/input/customer/phone", true],
    ["/input/**/phone", true],
    ["/**", true],
    ["customer", true],
    ["input.customer.**", true],
    ["/customer/phone", false],
    ["Phone", false],
    ["hone", false],
    ["phone.customer", false],
    ["/input/*", true],
    ["/input/*/*/phone", false],
    ["", false],
    ["/", false],
  ])("are sensitive by the end of their place: %s", (field, isMeant) => {
    const input = { customer: { phone: "call 7-7-7" } };
    expect(withFields(input, field)).toEqual(isMeant ? { customer: { phone: "[secret-1]" } } : input);
  });

  test("are found in lists, maps, sets, in JSON in a text, and in the writes to the context", () => {
    const secret = "call 7-7-7";
    const golden = aGolden({
      input: [
        { phone: secret },
        new Map([["phone", "other 1"]]),
        JSON.stringify({ a: [{ phone: 77 }] }, null, 2),
        'Here:\n```json\n{"phone":true}\n```\nDone.',
      ],
      operations: [
        anOperation("triage/classify[3]#2", {
          response: {
            status: "succeeded",
            value: null,
            writes: [
              { op: "set", path: ["phone"], value: "third 1" },
              { op: "set", path: ["list"], value: [{ phone: "fourth 1" }] },
              { op: "contribute", field: "phone", value: "fifth 1", after: { value: "sixth 1" } },
            ],
          },
        }),
      ],
    });
    const redacted = redactGolden(golden, { fields: ["phone"] });
    expect(redacted.input).toEqual([
      { phone: "[secret-1]" },
      new Map([["phone", "[secret-2]"]]),
      JSON.stringify({ a: [{ phone: 0 }] }, null, 2),
      'Here:\n```json\n{"phone":false}\n```\nDone.',
    ]);
    expect(redacted.operations[0]?.response).toMatchObject({
      writes: [
        { op: "set", path: ["phone"], value: "[secret-3]" },
        { op: "set", path: ["list"], value: [{ phone: "[secret-4]" }] },
        { op: "contribute", field: "phone", value: "[secret-5]", after: { value: "[secret-6]" } },
      ],
    });
  });

  test("of an operation are named by its path without indices", () => {
    const operation = anOperation("triage/each[3]/classify#2", {
      response: { status: "succeeded", value: { salary: 50_000 }, writes: [] },
    });
    const golden = aGolden({ operations: [operation], input: { salary: 7 } });
    for (const field of ["/operations/triage/each/classify/response/value/salary", "operations/**/salary", "/operations/*/each/**"]) {
      const redacted = redactGolden(golden, { fields: [field] });
      expect(redacted.operations[0]?.response).toMatchObject({ value: { salary: 0 } });
      expect(redacted.input).toEqual({ salary: 7 });
    }
  });

  test("keep the form of what they hold, so that a schema still takes it", () => {
    const values = {
      text: "anything",
      empty: "",
      email: "Anna@x.org",
      card: "4111 1111 1111 1111",
      uuid: "550e8400-e29b-41d4-a716-446655440000",
      day: "1984-05-17",
      moment: "1984-05-17T10:11:12.5+02:00",
      url: "https://acme.org/anna",
      phone: "+49 (170) 123-4567",
      number: 84_500.25,
      big: 12n,
      yes: true,
      none: null,
      nothing: undefined,
      date: new Date(5),
      list: ["one 1", { deep: 3 }],
      bytes: new Uint8Array([1, 2]),
    };
    const bytes = new Uint8Array([1, 2]);
    const file = new FlujoFile({ sha256: sha256(bytes), mediaType: "image/png", name: "anna.png", bytes });
    const redacted = withFields({ customer: { ...values, file } }, "customer");
    expect(redacted).toEqual({
      customer: {
        text: "[secret-1]",
        empty: "",
        email: "person-1@redacted.example",
        card: "4100 0000 0000 0019",
        uuid: "00000000-0000-4000-8000-000000000001",
        day: "2000-01-01",
        moment: "2000-01-01T00:00:00.0+00:00",
        url: "https://redacted.example/1",
        phone: "+10 (000) 000-0001",
        number: 0,
        big: 0n,
        yes: false,
        none: null,
        nothing: undefined,
        date: new Date("2000-01-01T00:00:00Z"),
        list: ["[secret-2]", { deep: 0 }],
        bytes: new Uint8Array(2),
        file: new FlujoFile({ sha256: sha256(new Uint8Array(2)), mediaType: "image/png", name: "[secret-3]", bytes: new Uint8Array(2) }),
      },
    });
    expect(withFields(redacted, "customer")).toBe(redacted);
  });

  test("are looked for everywhere else, as words; but what a machine reads stays what it is", () => {
    const input = {
      notes: "Anna Lee earns 84500, not 845001; AnnaLeeway is not it, nor anna lee.",
      type: "Anna Lee",
      name: "her name is text",
      again: 84_500,
      customer: { name: "Anna Lee", salary: 84_500, kind: "name" },
    };
    expect(withFields(input, "customer")).toEqual({
      notes: "[secret-1] earns 0, not 845001; AnnaLeeway is not it, nor anna lee.",
      type: "Anna Lee",
      name: "her [secret-2] is text",
      again: 0,
      customer: { name: "[secret-1]", salary: 0, kind: "[secret-2]" },
    });
  });
});

describe("fields that a schema marks", () => {
  const person = z.object({
    name: z.string().meta({ sensitive: true }),
    age: z.number().min(18).meta({ sensitive: true }).optional(),
    level: z.enum(["low", "high"]).meta({ "x-sensitive": true }).nullable(),
    team: z.string(),
  });
  const schema = z.object({ people: z.array(person), lead: person.optional() });
  const json = z.toJSONSchema(schema) as Json;
  const value = { people: [{ name: "Anna Lee", age: 44, level: "high", team: "blue" }], lead: { name: "Bob", level: null, team: "red" } };
  const expected = {
    people: [{ name: "[secret-1]", age: 18, level: "low", team: "blue" }],
    lead: { name: "[secret-2]", level: null, team: "red" },
  };

  test("are redacted in an agent's output, in the text it came as, and in what is sent back to the model", () => {
    const text = JSON.stringify(value);
    const turn = {
      text,
      reasoning: "Anna Lee it is",
      toolCalls: [],
      finish: "stop",
      messages: [{ role: "assistant", content: [{ type: "text", text }] }],
      output: { ok: true, value },
    };
    const operation = anOperation("triage/classify/model[0]", {
      kind: "model",
      response: { status: "succeeded", value: turn, writes: [] },
    });
    const redacted = redactGolden(aGolden({ agents: anAgent({ outputSchema: json }), operations: [operation] }), {});
    const told = JSON.stringify(expected);
    expect(redacted.operations[0]?.response).toMatchObject({
      value: {
        text: told,
        reasoning: "[secret-1] it is",
        messages: [{ role: "assistant", content: [{ type: "text", text: told }] }],
        output: { ok: true, value: expected },
      },
    });
    expect(schema.parse(JSON.parse(told))).toEqual(expected);
    expect(redacted.agents).toEqual(anAgent({ outputSchema: json }));
  });

  test("are redacted in the arguments of a tool: where the model calls it, where it is checked, where it runs", () => {
    const call = { callId: "1", name: "save", input: value };
    const turn = {
      text: "",
      reasoning: "",
      toolCalls: [call],
      finish: "tool-calls",
      messages: [{ role: "assistant", content: [{ type: "tool-call", toolName: "save", input: value }] }],
      output: null,
    };
    const golden = aGolden({
      agents: anAgent({ tools: [{ name: "save", description: "Saves.", inputSchema: json }] }),
      operations: [
        anOperation("triage/classify/model[0]", { kind: "model", response: { status: "succeeded", value: turn, writes: [] } }),
        anOperation("triage/classify/?arguments", {
          kind: "decide",
          about: "arguments",
          request: { value: { tool: "save", input: value } },
        }),
        anOperation("triage/classify/tool[0]", { kind: "tool", request: { tool: "save", input: value } }),
      ],
    });
    const text = JSON.stringify(redactGolden(golden, {}).operations);
    expect(text.split(JSON.stringify(expected)).length - 1).toBe(4);
    expect(text).not.toMatch(/Anna|Bob|44|high/);
  });

  test("are redacted in the answers to a question and to a signal", () => {
    for (const kind of ["human", "signal"] as const) {
      const operation = anOperation("triage/ask", {
        kind,
        request: { shown: "For Anna Lee?", answerSchema: json },
        response: { status: "succeeded", value, writes: [] },
      });
      const redacted = redactGolden(aGolden({ operations: [operation] }), {}).operations[0];
      expect(redacted?.request).toEqual({ shown: "For [secret-1]?", answerSchema: json });
      expect(redacted?.response).toMatchObject({ value: expected });
    }
  });

  test("are found through references that lead in a circle, and in the schema's alternatives", () => {
    const circle: Json = {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          type: "object",
          properties: {
            secret: { type: "string", sensitive: true },
            next: { anyOf: [{ type: "null" }, { $ref: "#/$defs/node" }] },
            pair: { prefixItems: [{ type: "string" }, { type: "string", sensitive: true }] },
          },
          additionalProperties: { type: "array", items: { type: "string", "x-sensitive": true } },
        },
      },
    };
    const given = { secret: "one 1", next: { secret: "two 2", next: null, pair: ["open 3", "shut 3"], more: ["three 3"] } };
    const operation = anOperation("triage/ask", {
      kind: "human",
      request: { answerSchema: circle },
      response: { status: "succeeded", value: given, writes: [] },
    });
    expect(redactGolden(aGolden({ operations: [operation] }), {}).operations[0]?.response).toMatchObject({
      value: { secret: "[secret-1]", next: { secret: "[secret-2]", next: null, pair: ["open 3", "[secret-3]"], more: ["[secret-4]"] } },
    });
  });
});
