import { Flujo } from "flujo";
import { ManualClock } from "flujo/testing";
import { refund } from "./refund.ts";

// A week in a second: the same pipeline on a clock that is moved by hand. Between the lines, nothing of the run is in
// memory; each is a process of its own, as far as Flujo is concerned.

const clock = new ManualClock(Date.UTC(2030, 0, 7, 9));
const flujo = new Flujo({ clock });
const today = () => new Date(clock.now()).toISOString().slice(0, 10);

let result = await flujo.run(refund, { order: "4471", customer: "Ada", cents: 24_900 });
while (result.status === "paused" && result.wakeAtMs !== null) {
  console.log(today(), "waits:", result.pauses[0]?.show);
  await clock.advance(result.wakeAtMs - clock.now());
  result = await flujo.resume(refund, result.runId);
}
console.log(today(), "waits:", result.status === "paused" ? result.pauses[0]?.show : result.status);

await clock.advance(26 * 3_600_000);
const done = await flujo.answer(refund, result.runId, { pause: "manager", value: { ok: true } });
console.log(today(), done.unwrap());
for (const line of (done.context as { sent: string[] }).sent) console.log("  sent", line);
await flujo.close();
