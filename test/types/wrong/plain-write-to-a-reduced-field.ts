import { z } from "zod";
import { context, pipeline, step } from "../../../src/dsl/index.ts";

const Notes = z.object({ notes: z.array(z.string()) });
const note = step({
  name: "note",
  context: Notes,
  run: (text: string, { update }) => {
    update((draft) => void draft.notes.push(text));
    return text;
  },
});

export const wrong = pipeline({ input: z.string(), context: context(Notes, { notes: "append" }) }).step(note);
