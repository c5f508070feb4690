// The turns of a conversation in groups, so that what the browser and Preact do for each of thousands is done for each group.

/** Turns of a group at most: so many are laid out in a frame when they come into sight. */
const SIZE = 8;

/** Turns that follow each other: the same object for as long as they are the same turns. */
export interface Group<T> {
  /** Stays when turns join the group. */
  readonly key: number;
  readonly turns: readonly T[];
}

let nextKey = 0;

/** The groups of a list. Those that it had `before` stay, as far as their turns do. */
export function grouped<T>(before: readonly Group<T>[], list: readonly T[]): readonly Group<T>[] {
  const start = Math.max(0, list.indexOf(before[0]?.turns[0] as T));
  const kept = matching(before, list.slice(start));
  const end = start + kept.reduce((sum, { turns }) => sum + turns.length, 0);
  return withAfter(withBefore(kept, list.slice(0, start)), list.slice(end));
}

/** The groups that a list begins with; of the one in which it turns to something else, what comes before that. */
function matching<T>(groups: readonly Group<T>[], list: readonly T[]): readonly Group<T>[] {
  const kept: Group<T>[] = [];
  let at = 0;
  for (const group of groups) {
    const other = group.turns.findIndex((turn, index) => turn !== list[at + index]);
    if (other === 0) return kept;
    if (other > 0) return [...kept, { ...group, turns: group.turns.slice(0, other) }];
    kept.push(group);
    at += group.turns.length;
  }
  return kept;
}

function withBefore<T>(groups: readonly Group<T>[], turns: readonly T[]): readonly Group<T>[] {
  if (turns.length === 0) return groups;
  const [first, ...others] = groups;
  const room = SIZE - (first?.turns.length ?? SIZE);
  if (first !== undefined && room > 0) {
    const joined = { ...first, turns: [...turns.slice(-room), ...first.turns] };
    return withBefore([joined, ...others], turns.slice(0, -room));
  }
  return withBefore([newGroup(turns.slice(-SIZE)), ...groups], turns.slice(0, -SIZE));
}

function withAfter<T>(groups: readonly Group<T>[], turns: readonly T[]): readonly Group<T>[] {
  if (turns.length === 0) return groups;
  const last = groups.at(-1);
  const room = SIZE - (last?.turns.length ?? SIZE);
  if (last !== undefined && room > 0) {
    const joined = { ...last, turns: [...last.turns, ...turns.slice(0, room)] };
    return withAfter([...groups.slice(0, -1), joined], turns.slice(room));
  }
  return withAfter([...groups, newGroup(turns.slice(0, SIZE))], turns.slice(SIZE));
}

function newGroup<T>(turns: readonly T[]): Group<T> {
  return { key: nextKey++, turns };
}
