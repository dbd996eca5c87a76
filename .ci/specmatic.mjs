// Specmatic's contract and resiliency tests against the runnable jar.
// Usage: node specmatic.mjs JAR CONTRACT.json DIRECTORY, with specmatic in DIRECTORY/node_modules.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { start } from './server.mjs';

const [jar, contractFile, directory] = process.argv.slice(2).map((path) => resolve(path));

// Failures that are Specmatic's, by the request and the response.
const KNOWN = [
  ['creates a name that an earlier test has created', /POST .*\n[^]*REF\.1001/],
  ['sends a character that the pattern excludes', /POST .*\n[^]*description: character \d+ is .* \(not allowed/],
];

const { server, url } = await start(jar);
try {
  // Specmatic needs ids that exist, and one credential.
  const project = '89cd04f168b84af6be287f71730fdb4b';
  const cluster = '44b277eb-39be-4921-be31-3d61b43651d7';
  const created = await fetch(`${url}/v1.0/${project}/snapshots`, {
    method: 'POST',
    headers: { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json' },
    body: JSON.stringify({ snapshot: { name: 'for-specmatic', cluster_id: cluster } }),
  });
  const { id } = (await created.json()).snapshot;
  const contract = JSON.parse(readFileSync(contractFile));
  const { schemas, parameters, securitySchemes } = contract.components;
  schemas.ProjectId = { type: 'string', enum: [project] };
  schemas.ClusterId = { type: 'string', enum: [cluster] };
  parameters.SnapshotId.schema = { type: 'string', enum: [id] };
  contract.security = [{ Token: [] }];
  delete securitySchemes.Signature;
  writeFileSync(join(directory, 'contract.json'), JSON.stringify(contract));

  const run = spawnSync(
    'java',
    ['-jar', 'node_modules/specmatic/specmatic.jar', 'test', `--testBaseURL=${url}`, 'contract.json'],
    {
      cwd: directory,
      env: { ...process.env, Token: 'demo-token', SPECMATIC_GENERATIVE_TESTS: 'true' },
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      timeout: 600_000,
    },
  );
  writeFileSync(join(directory, 'output.txt'), run.stdout);
  const total = /Tests run: (\d+), Successes: (\d+), Failures: (\d+)/.exec(run.stdout);
  const failed = run.stdout.split('--------------------').filter((test) => test.includes('has FAILED'));
  const counts = new Map();
  for (const test of failed) {
    const known = KNOWN.find(([, pattern]) => pattern.test(test));
    const reason = known ? known[0] : `UNKNOWN\n${test}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  for (const [reason, count] of counts) console.log(`Specmatic: ${count} failed: ${reason}`);
  console.log(`Specmatic: ${total?.[0] ?? 'no result'}`);
  // 11 fail; a server that rejected every name would have hundreds.
  const isComplete =
    total && Number(total[1]) > 500 && failed.length === Number(total[3]) && failed.length <= 20;
  if (!isComplete || [...counts.keys()].some((reason) => reason.startsWith('UNKNOWN'))) {
    process.exitCode = 1;
  }
} finally {
  server.kill();
}
