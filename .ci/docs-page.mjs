// The documentation page of the runnable jar in a real browser: authorize, create, list.
// Usage: node docs-page.mjs JAR DIRECTORY, with playwright-core in DIRECTORY/node_modules.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import assert from 'node:assert/strict';
import { start } from './server.mjs';

const [jar, directory] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = createRequire(join(directory, 'x'))('playwright-core');

const { server, url } = await start(jar);
let browser;
try {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage();
  const problems = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) {
      problems.push(`request to ${request.url()}`);
    }
  });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));

  await page.goto(`${url}/`); // a browser is redirected
  assert.equal(page.url(), `${url}/docs`);
  await page.locator('.authorize.locked').waitFor(); // the token is filled in

  const create = page.locator('.opblock', { hasText: 'Create a snapshot' });
  await create.locator('.opblock-summary-control').click();
  const [created] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    create.locator('button.execute').click(),
  ]);
  assert.equal(created.status(), 200);
  const { id } = (await created.json()).snapshot;
  await create.locator('.live-responses-table', { hasText: id }).waitFor();
  await page.screenshot({ path: join(directory, 'create.png'), fullPage: true });

  const list = page.locator('.opblock', { hasText: 'List the snapshots of a project' });
  await list.locator('.opblock-summary-control').click();
  await list.locator('button.execute').click();
  await list.locator('.live-responses-table', { hasText: id }).waitFor();

  await page.setViewportSize({ width: 400, height: 800 });
  await page.screenshot({ path: join(directory, 'narrow.png') });
  assert.deepEqual(problems, []);
  console.log(`Documentation page: created and listed ${id}`);
} finally {
  server.kill();
  await browser?.close();
}
