import { expect, test } from "vitest";
import { Workshop } from "./harness.ts";

const BILL = {
  "bill.ts": `import { file, pipeline, registerCustomType } from "flujo";
import { z } from "zod";
class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}
registerCustomType(Money, { tag: "bill:Money", serialize: ({ cents }) => cents, deserialize: (cents) => new Money(cents) });
export default pipeline({ name: "bill", input: z.number() })
  .step("price", async (cents) => ({ price: new Money(cents), receipt: await file(new Uint8Array(9_000), { name: "receipt.bin" }) }))
  .human("approve", { show: ({ output }) => output, answer: z.object({ ok: z.boolean() }) })
  .step("pay", ({ input, answer }) => ({ ...input, paid: answer.ok && input.price instanceof Money }));
`,
  "library.ts": `import { Flujo } from "flujo";
import bill from "./bill.ts";
await using flujo = new Flujo({ state: "sqlite:.flujo/state.db" });
console.log((await flujo.run(bill, 100, { runId: "from-library" })).status);
`,
};

test("a run with types and files of its own is listed, shown, traced and answered, each in a process of its own", async () => {
  using workshop = new Workshop(BILL);
  const begun = await workshop.flujo(["run", "bill.ts", "-i", "4200", "--json"]);
  expect(begun.code, begun.stderr).toBe(3);
  const { runId } = JSON.parse(begun.stdout) as { readonly runId: string };
  const shownValue = { price: { cents: 4200 }, receipt: { file: "receipt.bin", mediaType: "application/octet-stream", size: 9000 } };

  const listed = await workshop.flujo(["list", "--json"]);
  expect(listed.code, listed.stderr).toBe(0);
  expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [{ runId, pauses: [{ show: { price: { type: "bill:Money", data: 4200 } } }] }] });

  const shown = await workshop.flujo(["show", runId, "--json"]);
  expect(shown.code, shown.stderr).toBe(0);
  expect(JSON.parse(shown.stdout)).toMatchObject({ pauses: [{ show: shownValue }] });
  expect(shown.stdout.length, "no bytes").toBeLessThan(5_000);
  const read = await workshop.flujo(["show", runId]);
  expect(read.stdout).toMatch(/cents: 4200/);
  expect(read.stdout).toMatch(/file: receipt\.bin/);

  expect((await workshop.flujo(["trace", runId])).code).toBe(0);
  const answered = await workshop.flujo(["answer", runId, "--value", '{"ok":true}', "--json"]);
  expect(answered.code, answered.stderr).toBe(0);
  expect(JSON.parse(answered.stdout)).toMatchObject({ output: { ...shownValue, paid: true } });
});

test("a run whose program is not known is listed all the same, and shown with the type that is missing and what to do", async () => {
  using workshop = new Workshop(BILL);
  const library = await workshop.spawn([process.execPath, "--conditions=flujo-src", "library.ts"], {});
  expect(library.stdout).toBe("paused\n");
  expect((await workshop.flujo(["list"])).stdout).toContain("from-library");
  const shown = await workshop.flujo(["show", "from-library"]);
  expect(shown.code).toBe(2);
  expect(shown.stderr).toMatch(/custom type "bill:Money", version 1/);
  expect(shown.stderr).toContain("registerCustomDeserializer");
  const answered = await workshop.flujo(["answer", "from-library", "--file", "bill.ts", "--value", '{"ok":true}', "--json"]);
  expect(answered.code, answered.stderr).toBe(0);
  expect(JSON.parse(answered.stdout)).toMatchObject({ output: { paid: true } });
});
