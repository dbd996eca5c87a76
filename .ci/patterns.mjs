// Tries each pattern of the contract in JavaScript, with the strings that ContractPatternsTest tries in Java.
// Usage: node .ci/patterns.mjs CONTRACT.json STRINGS.json
import { readFileSync } from "node:fs";

const [contract, strings] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));

const at = (pointer) =>
  pointer.split("/").slice(1).reduce((node, step) => node[step.replaceAll("~1", "/").replaceAll("~0", "~")], contract);
const finds = (pattern, text) => new RegExp(pattern, "u").test(text);

let wrong = 0;
let tried = 0;
for (const [pointer, { valid, invalid }] of Object.entries(strings)) {
  const { pattern, not } = at(pointer);
  const allows = (text) => finds(pattern, text) && !(not && finds(not.pattern, text));
  for (const text of [...valid, ...invalid]) {
    tried++;
    if (allows(text) !== valid.includes(text)) {
      wrong++;
      console.error(`${pointer}: ${JSON.stringify(text)} is ${allows(text) ? "valid" : "invalid"} in JavaScript`);
    }
  }
}
console.log(`patterns: ${tried - wrong} passed, ${wrong} failed`);
process.exit(wrong === 0 && tried > 0 ? 0 : 1);
