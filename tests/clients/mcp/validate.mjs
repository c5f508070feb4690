// Judges values by their schemas, with the JSON Schema validator of the official clients. Standard input is a list of
// `{ schema, good: [value], bad: [value] }`; what is wrong is printed as a list of sentences.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const mistakes = [];
for (const { schema, good, bad } of JSON.parse(readFileSync(0, "utf8"))) {
  let validate;
  try {
    validate = ajv.compile(schema);
  } catch (error) {
    mistakes.push(`${JSON.stringify(schema)} is no schema: ${error.message}`);
    continue;
  }
  for (const value of good) {
    if (!validate(value)) {
      mistakes.push(`${JSON.stringify(value)} should be good: ${ajv.errorsText(validate.errors)}`);
    }
  }
  for (const value of bad) {
    if (validate(value)) mistakes.push(`${JSON.stringify(value)} should be bad for ${JSON.stringify(schema)}`);
  }
}
console.log(JSON.stringify(mistakes));
