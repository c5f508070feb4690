import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerReader, markdownReader } from "../src/markdown/answer";
import { drawing } from "../src/markdown/drawing";
import { finish, formula, highlight } from "../src/markdown/later";
import { markdown } from "../src/markdown/marked";
import { sanitised } from "../src/markdown/sanitise";
import { BASE, IMAGE_ORIGINS } from "./dom";
import { LEAKS, OWN, SCRIPTS } from "./hostile";

test("Markdown of an answer becomes the elements that it says", () => {
  const cases: [string, string][] = [
    ["a **b** *c* ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>"],
    ["a  \nb", "<p>a<br>b</p>"],
    ["a\nb", "<p>a<br>b</p>"],
    ["# a\n\n#### b", "<h3>a</h3><h6>b</h6>"],
    ["- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"],
    ["3. a", '<ol start="3">\n<li>a</li>\n</ol>'],
    ["> a", "<blockquote>\n<p>a</p>\n</blockquote>"],
    ["---", "<hr>"],
    ["- [x] a", '<ul>\n<li><input type="checkbox" disabled="" checked=""> a</li>\n</ul>'],
    ["```Py x=1\na<b\n```", '<pre><code class="language-py">a&lt;b\n</code></pre>'],
    ["``` {onclick}\na\n```", "<pre><code>a\n</code></pre>"],
    ["[a](https://a.example/b?c=1&d=2)", link("https://a.example/b?c=1&amp;d=2", "a")],
    ["https://a.example/", link("https://a.example/", "https://a.example/")],
    ["a@b.example", link("mailto:a@b.example", "a@b.example")],
    ["[a](tel:+41)", link("tel:+41", "a")],
    ['[a](https://a.example/ "hidden")', link("https://a.example/", "a")],
    ["![a](https://files.example/x.png?sign=1)", image("https://files.example/x.png?sign=1", "a")],
    ["![a](data:image/png;base64,AAAA)", image("data:image/png;base64,AAAA", "a")],
    [
      `![a](${BASE}/files/01234567-89ab-cdef-0123-456789abcdef/preview)`,
      image(`${BASE}/files/01234567-89ab-cdef-0123-456789abcdef/preview`, "a"),
    ],
    ["![a](https://evil.example/?q=1)", link("https://evil.example/?q=1", "a")],
    ["![](https://evil.example/?q=1)", link("https://evil.example/?q=1", "https://evil.example/?q=1")],
    ["[a](b.html)", "<p><span>a</span></p>"],
    ["<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>"],
    ["a &amp; &lt;b&gt;", "<p>a &amp; &lt;b&gt;</p>"],
    ["مرحبا **عالم**", "<p>مرحبا <strong>عالم</strong></p>"],
    ["$a<b$ costs $5 and $6", '<p><code class="math">a&lt;b</code> costs $5 and $6</p>'],
    ["\\(a\\) and \\[b\\]", '<p><code class="math">a</code> and <code class="math display">b</code></p>'],
    ["$$\na\n$$", '<code class="math display">a</code>'],
    ["`$a$` and \\$b\\$", "<p><code>$a$</code> and $b$</p>"],
  ];
  for (const [source, html] of cases) assert.equal(htmlOf(markdownElements(source)).trim(), html, source);
  const table = htmlOf(markdownElements("| a | b |\n|:-:|---|\n| 1 | 2 |"));
  assert.match(table, /^<table><thead><tr><th class="align-center column-0">a<\/th><th class="column-0">b<\/th><\/tr>/);
});

test("nothing in an answer runs, also where marked and the sanitiser stand alone", async () => {
  assert.ok(SCRIPTS.length >= 40);
  for (const source of [...SCRIPTS, ...LEAKS, ...OWN]) {
    const elements = await complete(source);
    assertHarmless(elements, source);
    // What marked writes is right before the sanitiser sees it.
    const alone = document.createElement("template");
    alone.innerHTML = markdown({ base: BASE, imageOrigins: IMAGE_ORIGINS }, false).parse(source, { async: false });
    assertHarmless(alone.content, `marked: ${source}`);
    // And the sanitiser lets nothing through that comes past marked; links it cannot judge by their origin.
    for (const kind of ["text", "math", "code"] as const)
      assertRunsNothing(sanitised(source, kind), `${kind}: ${source}`);
  }
});

test("a formula has no attribute that leads, loads or lays itself over the page", () => {
  const html =
    '<math><mrow href="https://a.example/" src="x" style="position:fixed" id="app" name="x"><mi>x</mi></mrow></math>';
  assert.equal(htmlOf(sanitised(html, "math")), "<math><mrow><mi>x</mi></mrow></math>");
});

test("no part of an answer asks a server that is not configured for anything", async () => {
  for (const source of [...LEAKS, ...OWN, ...SCRIPTS]) {
    for (const element of (await complete(source)).querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (element.localName === "a" && name === "href") continue;
        assert.doesNotMatch(value, /evil\.example|chat\.example|url\(/, `${source}: ${name}`);
      }
    }
  }
});

test("links and images of the gateway's own lead nowhere", async () => {
  for (const source of OWN) {
    const elements = await complete(source);
    assert.equal(elements.querySelectorAll("a, img").length, source.includes("/e/other/") ? 1 : 0, source);
  }
});

test("an answer that grows gives the same blocks as a whole one, and keeps those that are complete", () => {
  const whole = [
    "# Title\n\nA paragraph\nof two lines.\n\n- a\n- b\n\n  still b\n\n1. c\n\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n> quote\n\n```js\nlet a = 1;\n\n# no title\n```\n\n",
    "$$\na\n- b\n\nc\n$$\n\n\\[ d \\]\n\n[e] and [f][1]\r\n\r\n***\r\n\r\n    indented\n\n",
    "[e]: https://e.example/\n[1]: https://f.example/\n\nEnd.",
  ].join("");
  const reader = answerReader();
  for (let length = 1; length < whole.length; length++) reader.read(whole.slice(0, length), false);
  const before = reader.read(whole.slice(0, -1), false);
  const grown = reader.read(whole, true);
  assert.deepEqual(grown, answerReader().read(whole, true));
  const [part] = grown;
  assert.ok(part);
  assert.deepEqual(
    part.blocks.map((block) => block.kind),
    [..."markdown,markdown,markdown,markdown,markdown,markdown".split(","), "code", "formula", "formula"].concat(
      "markdown,markdown,markdown,markdown".split(","),
    ),
  );
  for (const [index, block] of part.blocks.slice(0, -1).entries()) {
    assert.equal(block, before[0]?.blocks[index], `block ${index} is drawn again`);
  }
  const links = part.blocks[9];
  assert.ok(links?.kind === "markdown");
  const html = htmlOf(blockElements(links, part.definitions));
  assert.equal(html.match(/href="https:\/\/[ef]\.example\/"/g)?.length, 2, html);
});

test("Markdown that is no answer has no thoughts in it", () => {
  assert.deepEqual(markdownReader().read("<think>a</think>", true).blocks, [
    { kind: "markdown", source: "<think>a</think>" },
  ]);
});

test("the blocks of an answer have all of its text", () => {
  for (const source of [
    ...SCRIPTS,
    ...LEAKS,
    ...OWN,
    "a\n\n\n\nb",
    "\n\na",
    "- a\n\n\n- b\n",
    "```\na",
    "~~~~\n~~~\n~~~~",
  ]) {
    const parts = answerReader().read(source, true);
    const text = parts.flatMap((part) => part.blocks.map(textOfBlock)).join("");
    for (const word of source.replace(/<\/?think>|`{3,}.*$|~{3,}|^\[\w\]:.*$/gm, " ").match(/\w{3,}/g) ?? []) {
      assert.ok(text.includes(word), `${source}: ${word} is missing in ${text}`);
    }
  }
});

test("code and formulas are complete when their end has come, and not before", () => {
  const cases: [string, boolean, unknown][] = [
    ["```js\na", false, { kind: "code", language: "js", code: "a", closed: false }],
    ["```js\na\n``", false, { kind: "code", language: "js", code: "a\n``", closed: false }],
    ["```js\na\n```", false, { kind: "code", language: "js", code: "a", closed: true }],
    ["~~~~\na\n~~~\n~~~~", false, { kind: "code", language: "", code: "a\n~~~", closed: true }],
    ["```js\na", true, { kind: "code", language: "js", code: "a", closed: false }],
    ["$$\na\n- b", false, { kind: "formula", tex: "a\n- b", closed: false }],
    ["$$\na\n- b\n$$", false, { kind: "formula", tex: "a\n- b", closed: true }],
    ["\\[a", false, { kind: "formula", tex: "a", closed: false }],
    ["$$ is much", true, { kind: "markdown", source: "$$ is much" }],
  ];
  for (const [source, finished, block] of cases) {
    assert.deepEqual(answerReader().read(source, finished)[0]?.blocks[0], block, source);
  }
});

test("thoughts are split off: several, unclosed, and not those that are code", () => {
  const cases: [string, boolean, string[]][] = [
    ["<think>a</think>b", true, ["thought a", "text b"]],
    ["<think>\na\n</think>\n\nb\n<think>c</think>d", true, ["thought a", "text b", "thought c", "text d"]],
    ["<think>a", false, ["thought… a"]],
    ["<think>a", true, ["thought a"]],
    ["<think>", false, ["thought… "]],
    ["<think></think>b", true, ["text b"]],
    ["a\n</think>\n\nb", true, ["thought a", "text b"]],
    ["a\n</think>\nb\n<think>c</think>", true, ["thought a", "text b", "thought c"]],
    ["a </think> b", true, ["text a </think> b"]],
    ["```\n</think>\n```", true, ["text ```\n</think>\n```"]],
    ["<think>a</thi", false, ["thought… a"]],
    ["a\n<thi", false, ["text a"]],
    ["a\n<thi", true, ["text a\n<thi"]],
    ["a <think> b", true, ["text a <think> b"]],
    ["`<think>`", true, ["text `<think>`"]],
    ["```\n<think>a</think>\n```", true, ["text ```\n<think>a</think>\n```"]],
    ["~~~\n```\n<think>\n~~~\n<think>b</think>", true, ["text ```\n```\n<think>\n```", "thought b"]],
    ["<think>\n```\n</think>\nb", true, ["thought ```\n\n```", "text b"]],
  ];
  for (const [source, finished, expected] of cases) {
    const parts = answerReader().read(source, finished);
    const got = parts.map((part) => {
      const name = part.kind === "thought" && !part.finished ? "thought…" : part.kind;
      return `${name} ${part.blocks.map(sourceOf).join("")}`;
    });
    assert.deepEqual(got.map(trimmed), expected.map(trimmed), source);
  }
});

test("blocks that are complete are not compared, read or drawn again", () => {
  const reader = markdownReader();
  const text = "a\n\n".repeat(500);
  reader.read(text, false);
  const before = reader.read(`${text}b`, false).blocks;
  const after = reader.read(`${text}bc`, false).blocks;
  assert.equal(after.length, 501);
  assert.ok(after.slice(0, -1).every((block, index) => block === before[index]));
  assert.notEqual(after.at(-1), before.at(-1));
});

test("an answer of 100 kB costs little more for its last piece than a short one", () => {
  const paragraph = "Words of a paragraph with **emphasis** and `code` and a [link](https://a.example/).\n\n";
  const long = paragraph.repeat(Math.ceil(100_000 / paragraph.length));
  const reader = answerReader();
  reader.read(long, false);
  const whole = cost(() => answerReader().read(long, false));
  const piece = cost(() => reader.read(`${long}More`, false));
  assert.ok(piece * 4 < whole, `the last piece costs ${piece} ms, the whole ${whole} ms`);
});

test("of a list or a table that grows, what was there is not made again, and it ends as the whole one does", () => {
  const cases: [string, string, string, string][] = [
    ["a list", "- **a** b\n- c\n", "- **a** b\n- c\n- [d](https://d.example/)\n", "ul > li"],
    ["an item that grows", "1. a\n2. b", "1. a\n2. b and c\n", "ol > li:first-child"],
    ["a table", "| a |\n|---|\n| 1 |\n", "| a |\n|---|\n| 1 |\n| *2* |\n", "tbody > tr"],
    ["items with lists of their own", "- a\n  - b\n", "- a\n  - b\n- c\n  1. d\n", "ul > li"],
  ];
  for (const [name, before, after, kept] of cases) {
    const into = document.createElement("div");
    const draw = drawing();
    draw(into, { kind: "markdown", source: before }, "");
    const first = into.querySelector(kept);
    assert.ok(first, name);
    draw(into, { kind: "markdown", source: after }, "");
    assert.equal(into.querySelector(kept), first, name);
    assert.equal(spaceless(into.innerHTML), spaceless(htmlOf(markdownElements(after))), name);
  }
});

test("a list that changes as a whole is made again as a whole", () => {
  const cases = [
    ["- a\n- b\n", "- a\n\n- b\n", ""],
    ["- a\n- b\n", "1. a\n2. b\n", ""],
    ["- a\n- [b]\n", "- a\n- [b]\n", "[b]: https://b.example/"],
    ["| a |\n|---|\n| 1 |\n", "| a |\n|--:|\n| 1 |\n", ""],
    ["- a\n- b\n- c\n", "- a\n", ""],
    ["- a\n", "a\n", ""],
  ] as const;
  for (const [before, after, definitions] of cases) {
    const into = document.createElement("div");
    const draw = drawing();
    draw(into, { kind: "markdown", source: before }, "");
    draw(into, { kind: "markdown", source: after }, definitions);
    const expected = htmlOf(blockElements({ kind: "markdown", source: after }, definitions));
    assert.equal(spaceless(into.innerHTML), spaceless(expected), after);
  }
});

test("a list and a table as long as an answer are made in slices", () => {
  for (const line of ["- an item of a list\n", "| a cell | of a table |\n"]) {
    const source = `${line.startsWith("|") ? "| a | b |\n|---|---|\n" : ""}${line.repeat(2000)}`;
    const into = document.createElement("div");
    const draw = drawing();
    const slices: number[] = [];
    for (let isWhole = false; !isWhole; ) {
      const drawn = draw(into, { kind: "markdown", source }, "");
      isWhole = drawn.isWhole;
      slices.push(into.querySelectorAll("li, tbody > tr").length);
    }
    assert.ok(slices.length >= 4 && (slices[0] ?? 0) < 800, slices.join(" "));
    assert.equal(slices.at(-1), 2000);
  }
});

test("code is coloured and formulas are made when they are complete", async () => {
  const code = await highlight("let a = 1;", "javascript");
  assert.match(htmlOf(code), /^<span class="hljs-keyword">let<\/span> a = /);
  assert.match(htmlOf(await highlight("a = 1", "py")), /hljs-number/);
  assert.equal(await highlight("a", ""), null);
  assert.equal(await highlight("a", "of-nobody"), null);
  assert.equal(await highlight("a".repeat(100_001), "js"), null);

  assert.match(htmlOf(await formula("a^2", true)), /^<math [^>]*display="block"[^>]*>.*<msup>.*<mi>a<\/mi>/);
  for (const tex of ["\\frac{", "\\nonsense", "\\def\\a{\\a\\a}\\a", "a".repeat(8193)]) {
    assert.equal(await formula(tex, false), null, tex);
  }
  for (const tex of ["\\href{javascript:alert(1)}{x}", "\\includegraphics{https://evil.example/}", "\\class{a}{x}"]) {
    const elements = await formula(tex, false);
    if (elements !== null) assertHarmless(elements, tex);
  }

  const block = markdownElements("- $a$\n\n  ```js\n  let a\n  ```\n\n- $\\frac{$");
  await finish(block);
  const html = htmlOf(block);
  assert.match(html, /<math>|<math /);
  assert.match(html, /hljs-keyword/);
  assert.match(html, /<code class="math">\\frac\{<\/code>/);
});

/** Each block as marked reads it, also those that the page shows by other means. */
function markdownElements(source: string): DocumentFragment {
  return blockElements({ kind: "markdown", source }, "");
}

function link(href: string, text: string): string {
  return `<p><a href="${href}" target="_blank" rel="noopener noreferrer">${text}</a></p>`;
}

function image(src: string, alt: string): string {
  return `<p><img src="${src}" alt="${alt}" loading="lazy" referrerpolicy="no-referrer"></p>`;
}

function htmlOf(fragment: DocumentFragment | null): string {
  const holder = document.createElement("div");
  if (fragment !== null) holder.append(fragment.cloneNode(true));
  return holder.innerHTML;
}

type MarkdownBlock = Parameters<ReturnType<typeof drawing>>[1];

function blockElements(block: MarkdownBlock, definitions: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const draw = drawing();
  while (!draw(fragment, block, definitions).isWhole);
  return fragment;
}

/** An answer with everything that is made of it later. */
async function complete(source: string): Promise<DocumentFragment> {
  const whole = document.createDocumentFragment();
  for (const part of answerReader().read(source, true)) {
    for (const block of part.blocks) {
      if (block.kind === "markdown") whole.append(blockElements(block, part.definitions));
      else if (block.kind === "code") whole.append((await highlight(block.code, block.language)) ?? block.code);
      else whole.append((await formula(block.tex, true)) ?? block.tex);
    }
  }
  await finish(whole);
  return whole;
}

function assertRunsNothing(root: DocumentFragment, source: string): void {
  for (const element of root.querySelectorAll("*")) {
    const forbidden =
      /^(script|style|link|meta|base|iframe|object|embed|form|button|svg|template|noscript|audio|video)$/;
    assert.doesNotMatch(element.localName, forbidden, source);
    for (const { name, value } of element.attributes) {
      assert.doesNotMatch(name, /^(on|style$|srcdoc|srcset|formaction|action|background|poster|xlink:)/, source);
      assert.doesNotMatch(value, /^\s*(javascript|vbscript|data:text|blob|file):/i, source);
    }
  }
}

function assertHarmless(root: DocumentFragment, source: string): void {
  assertRunsNothing(root, source);
  for (const a of root.querySelectorAll("a")) {
    assert.match(a.getAttribute("href") ?? "", /^(https?|mailto|tel):/, source);
    assert.equal(a.getAttribute("rel"), "noopener noreferrer", source);
  }
  for (const img of root.querySelectorAll("img")) {
    const src = img.getAttribute("src") ?? "";
    assert.match(src, /^(https:\/\/files\.example\/|data:image\/(png|jpeg|gif|webp);base64,)/, source);
  }
}

type AnyBlock = ReturnType<ReturnType<typeof answerReader>["read"]>[number]["blocks"][number];

function textOfBlock(block: AnyBlock): string {
  if (block.kind === "code") return `${block.language} ${block.code}`;
  return block.kind === "formula" ? block.tex : block.source;
}

function sourceOf(block: AnyBlock): string {
  return block.kind === "code" ? `\`\`\`\n${block.code}\n\`\`\`` : textOfBlock(block);
}

/** Markup without the spaces between its elements. */
function spaceless(html: string): string {
  return html.replace(/>\s+</g, "><").trim();
}

function trimmed(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** The least of several runs, in milliseconds. */
function cost(work: () => unknown): number {
  const runs = Array.from({ length: 5 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...runs);
}

test("the head and the first row of a table say how wide its columns are, so it is shown with them", () => {
  const first = "| a | a name of some length |\n| --- | --- |\n| 1 | 2 |\n";
  for (const [source, finished, shown] of [
    ["| a | a name of some length |\n| --- | --- |\n", false, false],
    ["| a | a name of some length |\n| --- | --- |\n| 1 | 2 |", false, false],
    [first, false, true],
    [`${first}| a row that comes later and is much longer |`, false, true],
    ["| a | a name of some length |\n| --- | --- |\n", true, true],
  ] as const) {
    const blocks = answerReader()
      .read(source, finished)
      .flatMap((part) => part.blocks);
    const html = blocks
      .map((block) => (block.kind === "markdown" ? htmlOf(markdownElements(block.source)) : ""))
      .join("");
    const head = '<th class="column-0">a</th><th class="column-2">a name of some length</th>';
    assert.equal(html.includes(head), shown, source);
    assert.equal(html === "", !shown, source);
  }
});

test("the first lines of a table are not text for a moment while they come", () => {
  const table = "| a | b |\n| --- | :-: |\n| 1 | 2 |\n";
  for (const before of ["", "Text:\n", "Text:\n\n", "- item\n\n"]) {
    const reader = answerReader();
    const whole = `${before}${table}\nAfter it.`;
    for (let length = 1; length <= whole.length; length++) {
      for (const part of reader.read(whole.slice(0, length), false)) {
        const drawn = part.blocks.map((block) =>
          block.kind === "markdown" ? htmlOf(markdownElements(block.source)) : "",
        );
        assert.doesNotMatch(drawn.join("").replace(/<table>[\s\S]*/, ""), /\|/, whole.slice(0, length));
      }
    }
  }
  // What has only looked like a table is text, at the latest when the answer ends.
  for (const [source, finished] of [
    ["| a | b |\nand no table", false],
    ["| a | b |", true],
  ] as const) {
    assert.match(JSON.stringify(answerReader().read(source, finished)), /\| a \| b \|/, source);
  }
});
