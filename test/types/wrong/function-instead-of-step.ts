import { pipeline } from "../../../src/dsl/index.ts";

const shout = (text: string): string => text.toUpperCase();

export const wrong = pipeline().step(shout);
