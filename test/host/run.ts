import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import Mocha from 'mocha';
import type { SuiteResult } from '../harness/extensionHost';
import { measured } from './measuring';

/** VS Code calls this in the extension host. The suite and the file for its result are named in the environment. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000 });
  mocha.addFile(path.join(__dirname, `${variable('KUBEFRESH_SUITE')}.cjs`));
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
  const result: SuiteResult = { passed, failed, measured: measured() };
  await writeFile(variable('KUBEFRESH_RESULT'), JSON.stringify(result));
  if (failed.length > 0) throw new Error(`${failed.length} tests failed`);
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
