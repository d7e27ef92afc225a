/** Whole ways to work, ready to be run: written in the public language, for you to use as they are or to take apart. */
export type {
  CheckedItem,
  DefaultRecipeOptions,
  DefaultResult,
  ItemVerdict,
  Reflecting,
  Solving,
  Validating,
} from "./default-recipe.ts";
export { defaultRecipe } from "./default-recipe.ts";
export type { Role, RoleOptions } from "./role.ts";
