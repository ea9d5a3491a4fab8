/** What has to be undone, latest first: at the end of the test, or of the run. */

type Undo = () => void | Promise<void>;

const stacks = { test: [] as Undo[], run: [] as Undo[] };

/** Remembers how to undo what was just done; returns the same function, which undoes it once only. */
function remember(stack: Undo[], undo: Undo): () => Promise<void> {
  let isDone = false;
  const once = async (): Promise<void> => {
    if (isDone) return;
    isDone = true;
    await undo();
  };
  stack.push(once);
  return once;
}

export const atEndOfTest = (undo: Undo): (() => Promise<void>) => remember(stacks.test, undo);
export const atEndOfRun = (undo: Undo): (() => Promise<void>) => remember(stacks.run, undo);

/** Undoes everything; continues after a failure and rejects with the first at the end. */
export async function cleanUp(end: keyof typeof stacks): Promise<void> {
  const failures: unknown[] = [];
  const stack = stacks[end];
  for (let undo = stack.pop(); undo !== undefined; undo = stack.pop()) {
    try {
      await undo();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
