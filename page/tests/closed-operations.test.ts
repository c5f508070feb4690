import "./dom";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { readParameters } from "../src/api/app";
import { parameters } from "../src/store/app";
import { composerRules } from "../src/store/composer";
import { isOpen, OPERATIONS, person } from "../src/store/session";

test("what the endpoint closes to the person is not offered", () => {
  const upload = { enabled: true, allowed_file_types: ["image"], number_limits: 2 };
  const cases: [readonly string[], readonly string[], readonly string[] | undefined][] = [
    [[], ["local_file", "remote_url"], ["local_file", "remote_url"]],
    [["post_text_to_audio"], ["local_file", "remote_url"], ["local_file", "remote_url"]],
    [["post_files_upload"], ["local_file", "remote_url"], ["remote_url"]],
    [["post_text_to_audio", "post_files_upload"], ["local_file"], undefined],
  ];
  for (const [closed, methods, expected] of cases) {
    parameters.value = readParameters({ file_upload: { ...upload, allowed_file_upload_methods: methods } });
    person.value = {
      signed_in: true,
      user: "alice",
      name: null,
      is_admin: false,
      closed_operations: closed,
      check_in: 300,
      provider_reachable: true,
    };
    assert.deepEqual(composerRules.value?.methods, expected, closed.join());
    for (const operation of OPERATIONS) assert.equal(isOpen(operation), !closed.includes(operation), operation);
  }
  person.value = null;
  assert.equal(isOpen("post_files_upload"), true);
});

test("the gateway has every operation that the page knows by its name", () => {
  for (const operation of OPERATIONS) assert.ok(existsSync(`../endpoints/${operation}.py`), operation);
});
