import assert from "node:assert/strict";
import { test } from "node:test";
import { type Group, grouped } from "../src/store/groups";

/** Turns with these numbers; the same number is the same turn. */
const turns = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const shape = (groups: readonly Group<number>[]) => groups.map((group) => [group.turns[0], group.turns.length]);

test("the groups of a conversation have all of its turns in their order, each at most eight", () => {
  const cases: [string, readonly number[], readonly number[], [number, number][]][] = [
    ["nothing", [], [], []],
    ["the first turns", [], turns(0, 3), [[0, 3]]],
    [
      "many at once",
      [],
      turns(0, 20),
      [
        [0, 8],
        [8, 8],
        [16, 4],
      ],
    ],
    [
      "one more",
      turns(0, 8),
      turns(0, 9),
      [
        [0, 8],
        [8, 1],
      ],
    ],
    ["earlier ones join the first group", turns(30, 33), turns(28, 33), [[28, 5]]],
    [
      "earlier ones than have place in it",
      turns(20, 25),
      turns(10, 25),
      [
        [10, 7],
        [17, 8],
      ],
    ],
    [
      "the last one is taken away",
      turns(0, 12),
      turns(0, 11),
      [
        [0, 8],
        [8, 3],
      ],
    ],
    ["another conversation", turns(0, 12), turns(50, 53), [[50, 3]]],
    ["none", turns(0, 12), [], []],
  ];
  for (const [name, before, now, expected] of cases) {
    const groups = grouped(grouped([], before), now);
    assert.deepEqual(shape(groups), expected, name);
    assert.deepEqual(
      groups.flatMap((group) => group.turns),
      now,
      name,
    );
  }
});

test("a group whose turns are as they were is the same group, and one that gets more keeps its key", () => {
  const before = grouped([], turns(100, 118));
  const after = grouped(before, turns(98, 119));
  assert.deepEqual(shape(after), [
    [98, 2],
    [100, 8],
    [108, 8],
    [116, 3],
  ]);
  assert.equal(after[1], before[0]);
  assert.equal(after[2], before[1]);
  assert.equal(after[3]?.key, before[2]?.key);
  assert.equal(new Set(after.map(({ key }) => key)).size, 4);
});
