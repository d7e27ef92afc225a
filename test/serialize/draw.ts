import { appendFileSync } from "node:fs";
import { z } from "zod";
import { context, file, FlujoFile, pipeline, step } from "../../src/index.ts";
import { MockImageResult, UsageResponse } from "./test-types.ts";

// A program whose every value holds what only the registry can store: outcomes, context, and what a person is shown.

const Album = context(
  z.object({
    used: z.array(z.instanceof(UsageResponse)).default([]),
    last: z.map(z.string(), z.instanceof(MockImageResult)).default(new Map()),
  }),
  { used: "append" },
);

let effects = "";

/** Each drawing adds a line to this file, so that what is done twice is seen. */
export function countDrawingsIn(path: string): void {
  effects = path;
}

const draw = step({
  name: "draw",
  context: Album,
  run: async (order: { readonly prompt: string; readonly paper: FlujoFile }, { contribute }) => {
    appendFileSync(effects, `${order.prompt}\n`);
    const usage = UsageResponse.of(order.prompt.length, 7);
    contribute("used", usage);
    const pixels = new Uint8Array(20_000).fill(order.prompt.length);
    return new MockImageResult({
      prompt: order.prompt,
      image: await file(pixels, { name: `${order.prompt}.png`, mediaType: "image/png" }),
      usage,
    });
  },
});

export const drawAll = pipeline({
  name: "drawAll",
  input: z.object({ prompts: z.array(z.string()), paper: z.instanceof(FlujoFile) }),
  context: Album,
})
  .step("orders", ({ prompts, paper }) => prompts.map((prompt) => ({ prompt, paper })))
  .map(draw)
  .step(
    step({
      name: "keep",
      context: Album,
      run: (images: readonly MockImageResult[], { update }) => {
        update((draft) => {
          for (const image of images) draft.last.set(image.prompt, image);
        });
        return images;
      },
    }),
  )
  .human("choose", {
    show: ({ output }) => output[0]?.image,
    answer: z.object({ prompt: z.string() }),
  })
  .step(
    step({
      name: "frame",
      context: Album,
      run: ({ answer }: { readonly answer: { readonly prompt: string } }, { context: album }) => ({
        chosen: album.last.get(answer.prompt),
        tokens: album.used.reduce((sum, usage) => sum + usage.total, 0n),
      }),
    }),
  );
