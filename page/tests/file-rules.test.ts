import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileUpload, readSizeLimits } from "../src/forms/uploads";
import { acceptedExtensions, problemOf, REQUEST_LIMIT, rulesOf, typeOf, typeOfAddress } from "../src/store/file-rules";

const MIB = 1024 * 1024;

const UPLOAD = readFileUpload({
  enabled: true,
  allowed_file_types: ["image", "document", "custom"],
  allowed_file_extensions: [".ZIP", ".Log"],
  allowed_file_upload_methods: ["local_file"],
  number_limits: 2,
});

function rules() {
  const found = rulesOf(UPLOAD, readSizeLimits({ image_file_size_limit: 10, file_size_limit: 1 }));
  assert.ok(found);
  return found;
}

test("the rules are those of the app, or of images alone in apps of older releases", () => {
  assert.equal(rulesOf(null, null), null);
  assert.equal(rulesOf(readFileUpload({ enabled: false, image: { enabled: false, number_limits: 3 } }), null), null);
  assert.deepEqual(rules().methods, ["local_file"]);
  const image = { enabled: true, number_limits: 5, transfer_methods: ["remote_url"] };
  assert.deepEqual(rulesOf(readFileUpload({ enabled: false, image }), null), {
    types: ["image"],
    extensions: [],
    methods: ["remote_url"],
    count: 5,
    sizes: null,
  });
});

test("a file's type follows from its extension", () => {
  const cases: [string, string | null][] = [
    ["photo.JPG", "image"],
    ["report.final.pdf", "document"],
    ["archive.zip", "custom"],
    ["server.LOG", "custom"],
    ["film.mp4", null],
    ["README", null],
    [".zip", "custom"],
    ["zip", null],
  ];
  for (const [name, expected] of cases) assert.equal(typeOf(name, rules()), expected, name);
});

test("a file that the app would refuse is refused before it is sent", () => {
  const cases: [string, number, number, object | null][] = [
    ["photo.jpg", 9.9 * MIB, 0, null],
    ["photo.jpg", REQUEST_LIMIT, 0, null],
    ["photo.jpg", REQUEST_LIMIT + 1, 0, { kind: "size", name: "photo.jpg", limit: REQUEST_LIMIT }],
    ["photo.jpg", 10.1 * MIB, 0, { kind: "size", name: "photo.jpg", limit: REQUEST_LIMIT }],
    ["text.txt", MIB, 1, null],
    ["text.txt", MIB + 1, 1, { kind: "size", name: "text.txt", limit: MIB }],
    ["text.txt", 0, 0, { kind: "empty", name: "text.txt" }],
    ["film.mp4", 1, 0, { kind: "type", name: "film.mp4" }],
    ["text.txt", 1, 2, { kind: "count", limit: 2 }],
  ];
  for (const [name, size, count, expected] of cases) {
    assert.deepEqual(problemOf({ name, size }, rules(), count), expected, `${name} ${size} ${count}`);
  }
});

test("an address is one that Dify can load, and names a file that the app takes", () => {
  const cases: [string, string | null][] = [
    ["https://example.com/a.png", "image"],
    ["http://example.com/files/a.pdf?x=.mp4", "document"],
    ["https://example.com/download", "image"],
    ["https://example.com/a.mp4", null],
    ["ftp://example.com/a.png", null],
    ["javascript:alert(1)//a.png", null],
    ["data:image/png;base64,AA", null],
    ["example.com/a.png", null],
    ["", null],
  ];
  for (const [address, expected] of cases) assert.equal(typeOfAddress(address, rules()), expected, address);
});

test("the list for the file chooser has each extension once", () => {
  const list = acceptedExtensions(rules());
  assert.deepEqual(list.slice(0, 3), [".jpg", ".jpeg", ".png"]);
  assert.deepEqual(list.slice(-2), [".zip", ".log"]);
  assert.equal(new Set(list).size, list.length);
});
