import { z } from "zod";
import { context, pipeline, step } from "../../../src/dsl/index.ts";

const Desk = context(z.object({ name: z.string() }));
const greet = step("greet", (text: string) => `Hello, ${text}.`);

// The field is called `name`.
pipeline({ input: z.string(), context: Desk }).parallel({ greet }, { include: ["nam"] });
