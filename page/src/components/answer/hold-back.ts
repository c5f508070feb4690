// A formula is of another size than the TeX that stands for it until the code for formulas has come, once for each page.

/** Shows a block, and those after it, only when what it waits for has come, so that nothing jumps. The style sets a limit. */
export function holdBack(block: Element, coming: Promise<unknown> | null): void {
  if (coming === null) return;
  block.classList.add("held-back");
  void coming.then(() => block.classList.remove("held-back"));
}
