// A formula is of another size than the TeX that stands for it until the code for formulas has come, once for each page.

import { nextFrame } from "../../store/frames";

/**
 * Shows a block, and those after it, only when what it waits for has come, so that nothing jumps. The style sets a limit.
 * It has its new size for a frame before it is shown: the browser takes it for a jump where both happen at once.
 */
export function holdBack(block: Element, coming: Promise<unknown> | null): void {
  if (coming === null) return;
  block.classList.add("held-back");
  void coming.then(() => nextFrame(() => nextFrame(() => block.classList.remove("held-back"))));
}
