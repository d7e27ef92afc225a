import { expect, test } from "vitest";
import { ManualClock } from "./manual-clock.ts";

test("time stands still until the test moves it", async () => {
  const clock = new ManualClock(1_000);
  let woken = 0;
  clock.after(10, () => woken++);
  await clock.advance(9);
  expect([clock.now(), woken, clock.sleepers]).toEqual([1_009, 0, 1]);
  await clock.advance(1);
  expect([clock.now(), woken, clock.sleepers]).toEqual([1_010, 1, 0]);
});

test("sleepers wake in the order in which they are due, each at its own time, also those that go to sleep meanwhile", async () => {
  const clock = new ManualClock(0);
  const woken: [string, number][] = [];
  clock.after(30, () => woken.push(["late", clock.now()]));
  clock.after(10, () => {
    woken.push(["early", clock.now()]);
    clock.after(5, () => woken.push(["between", clock.now()]));
  });
  clock.after(10, () => woken.push(["early too", clock.now()]));
  await clock.advance(100);
  expect(woken).toEqual([
    ["early", 10],
    ["early too", 10],
    ["between", 15],
    ["late", 30],
  ]);
});

test("a timer that was called off does not go off", async () => {
  const clock = new ManualClock();
  let woken = 0;
  const callOff = clock.after(10, () => woken++);
  callOff();
  await clock.advance(100);
  expect(woken).toBe(0);
});

test("it runs as far as a promise needs, and gives what the promise gives", async () => {
  const clock = new ManualClock(0);
  const work = async (): Promise<string> => {
    await clock.sleep(1_000);
    await clock.sleep(500);
    return "done";
  };
  expect(await clock.until(work())).toBe("done");
  expect(clock.now()).toBe(1_500);
  await expect(clock.until(Promise.reject(new Error("broken")))).rejects.toThrow("broken");
});

test("an idle timer goes off in its turn, is nobody who waits, and never moves time on by itself", async () => {
  const clock = new ManualClock(0);
  let looks = 0;
  const look = (): void => {
    looks++;
    clock.after(100, look, { idle: true });
  };
  clock.after(100, look, { idle: true });
  expect(clock.sleepers).toBe(0);
  expect(await clock.until(new Promise((resolve) => setTimeout(() => resolve("outside"), 1)))).toBe("outside");
  expect([clock.now(), looks]).toEqual([0, 0]);
  await clock.until(clock.sleep(250));
  expect([clock.now(), looks]).toEqual([250, 2]);
  await clock.advance(100);
  expect(looks).toBe(3);
});
