import { z } from "zod";
import type { ToUndo } from "../../../src/index.ts";
import { pipeline, saga, step, withPolicy } from "../../../src/index.ts";
import type { Shape } from "./shapes.ts";

// Programs that fail half-way and are undone.

const text = z.string();
const line = (name: string) => pipeline({ name, input: text });
const books = (name: string) => step(name, (value: string) => `${value} ${name}`);
const cancels = (name: string) => step(`no ${name}`, ({ output }: ToUndo) => `${String(output)} is gone`);
const fails = (name: string) =>
  step(name, (value: string): string => {
    if (value !== "") throw new RangeError(`${name} cannot`);
    return value;
  });
const booked = (name: string) => withPolicy(books(name), { compensate: cancels(name) });

export const SAGA_SHAPES = {
  "a saga that is undone": (): Shape => ({
    program: line("p").step(saga(line("trip").step(booked("flight")).step(booked("hotel")).step(fails("car")))),
  }),
  "a saga that succeeds": (): Shape => ({ program: line("p").step(saga(line("trip").step(booked("flight")).step(booked("hotel")))) }),
  "a saga in a saga, and items that are undone": (): Shape => {
    const items = line("items")
      .step("list", (value) => [value, "b"])
      .map(booked("room"), { concurrency: 1 })
      .step("one", (rooms) => rooms.join());
    const inner = saga(line("inner").step(booked("flight")));
    return { program: line("p").step(saga(line("trip").step(inner).step(items).step(fails("car")))) };
  },
  "a compensation that fails": (): Shape => ({
    program: line("p").step(
      saga(
        line("trip")
          .step(booked("flight"))
          .step(books("hotel"), {
            compensate: step("leave", (): void => {
              throw new RangeError("the hotel is closed");
            }),
          })
          .step(fails("car")),
      ),
    ),
  }),
};
