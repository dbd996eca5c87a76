// Starts the runnable jar with the demo on a free port, in a new data directory.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Resolves to the server's process and URL. */
export function start(jar) {
  const data = mkdtempSync(join(tmpdir(), 'snapshots-'));
  const log = `${data}.log`; // not a pipe: it fills while a caller waits for another process
  const server = spawn('java', ['-jar', jar, '--listen', '127.0.0.1:0', '--data', data], {
    stdio: ['ignore', 'pipe', openSync(log, 'w')],
  });
  return new Promise((started, failed) => {
    let out = '';
    server.stdout.on('data', (text) => {
      out += text;
      const line = /^Listening on (\S+)\n/.exec(out);
      if (line) started({ server, url: line[1] });
    });
    server.on('exit', () => failed(new Error(`the server did not start: ${readFileSync(log)}`)));
  });
}
