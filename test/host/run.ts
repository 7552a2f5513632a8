import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import Mocha from 'mocha';

/** What one run of a suite in the extension host came to; written to the file that the runner reads. */
export interface SuiteResult {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly error: string }[];
}

/** VS Code calls this in the extension host. The suite and the file for its result are named in the environment. */
export async function run(): Promise<void> {
  const suite = variable('KUBEFRESH_SUITE');
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000 });
  for (const file of readdirSync(__dirname)) if (file === `${suite}.cjs`) mocha.addFile(path.join(__dirname, file));
  await mocha.loadFilesAsync();
  const passed: string[] = [];
  const failed: { title: string; error: string }[] = [];
  await new Promise<void>((resolve) => {
    mocha
      .run(() => {
        resolve();
      })
      .on('pass', (test) => passed.push(test.fullTitle()))
      .on('fail', (test, error: Error) =>
        failed.push({ title: test.fullTitle(), error: error.stack ?? String(error) }),
      );
  });
  await writeFile(variable('KUBEFRESH_RESULT'), JSON.stringify({ passed, failed } satisfies SuiteResult));
  if (failed.length > 0) throw new Error(`${failed.length} tests failed`);
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
